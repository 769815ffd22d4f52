"""On what was it measured?"""

from __future__ import annotations

import datetime
import os
import platform
from importlib.metadata import version
from pathlib import Path

import psutil

_PACKAGES = ("homeroom", "polars", "isal", "frictionless", "pandera")
_BUSY_SHARE = 0.25


def described() -> str:
    """One line: processors, memory, system, versions, day."""
    memory = psutil.virtual_memory().total / 1_000_000_000
    versions = ", ".join(f"{name} {version(name)}" for name in _PACKAGES)
    return (
        f"{os.cpu_count()} cores ({_processor()}), {memory:.0f} GB of memory, {platform.system()} {platform.release()}, "
        f"Python {platform.python_version()}, {versions}; {datetime.datetime.now(datetime.UTC):%Y-%m-%d}."
    )


def _processor() -> str:
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        for line in cpuinfo.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def disturbance() -> str | None:
    """A sentence if the machine has other things to do right now."""
    load = psutil.getloadavg()[0]
    if load <= _BUSY_SHARE * (os.cpu_count() or 1):
        return None
    return f"The machine was busy with other work when this began (load {load:.1f}): trust the ratios, not the seconds."
