"""On what was it measured?"""

from __future__ import annotations

import datetime as dt
import os
import platform
from importlib.metadata import version
from pathlib import Path

_PACKAGES = ("homeroom", "polars", "isal", "frictionless", "pandera")
_BUSY_SHARE = 0.25


def described() -> str:
    """One line: processors, memory, system, versions, day."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1_000_000_000
    versions = ", ".join(f"{name} {version(name)}" for name in _PACKAGES)
    return (
        f"{os.cpu_count()} cores ({_processor()}), {memory:.0f} GB of memory, "
        f"{platform.system()} {platform.release()}, "
        f"Python {platform.python_version()}, {versions}; {dt.datetime.now(dt.UTC):%Y-%m-%d}."
    )


def _processor() -> str:
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        for line in cpuinfo.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def disturbance() -> list[str]:
    """A sentence if the machine has other things to do right now."""
    load = os.getloadavg()[0]
    if load <= _BUSY_SHARE * (os.cpu_count() or 1):
        return []
    return [f"The machine had other work when this began (load {load:.1f}), so that even the ratios are not exact."]
