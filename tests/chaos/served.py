"""``homeroom serve`` with two differences: its database connections say which process they belong to, and a part that
dies is started again after a second, each time. The pause otherwise grows to half a minute for what dies again and
again, which here everything does.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping

from homeroom.cli import children, serving


class Named(children.Child):
    def __init__(self, name: str, command: list[str], env: Mapping[str, str], *, finishes: bool = False) -> None:
        super().__init__(name, command, {**env, "PGAPPNAME": name}, finishes=finishes)


if __name__ == "__main__":
    children.LONGEST_PAUSE_SECONDS = 1.0
    serving.Child = Named  # type: ignore[misc]
    sys.exit(serving.serve(workers=int(sys.argv[1])))
