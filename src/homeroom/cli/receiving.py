"""``homeroom sftp``: the server for the districts' drop boxes, until it is told to stop."""

from __future__ import annotations

import asyncio

from homeroom.cli import installation, preparation, stopping
from homeroom.cli.stopping import Told
from homeroom.cli.wrong_use import WrongUseError
from homeroom.environment import Environment


def receive(told: Told) -> int:
    with installation.opened():
        preparation.set_up()
        read = installation.check_settings()
        if not read.sftp_port:
            raise WrongUseError(
                "HOMEROOM_SFTP_PORT is not set. Name the port by which districts reach their drop boxes."
            )
        try:
            asyncio.run(_serve(read, read.sftp_port, told))
        except OSError as error:
            raise WrongUseError(
                f"The SFTP server cannot listen on {read.sftp_address}:{read.sftp_port}: {error.strerror}. "
                "Name another port with HOMEROOM_SFTP_PORT, or another address with HOMEROOM_SFTP_ADDRESS."
            ) from None
    return 0


async def _serve(read: Environment, port: int, told: Told) -> None:
    from homeroom.feeds import host_keys, receiving  # noqa: PLC0415 — after set_up

    stop = asyncio.Event()
    for number in stopping.SIGNALS:
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    if told.to_stop:  # before anybody listened
        return
    host_key = str(host_keys.own_host_key())
    accepting = await receiving.listen(read.sftp_address, port, host_key=host_key, door=receiving.Door())
    await stop.wait()
    accepting.close()
