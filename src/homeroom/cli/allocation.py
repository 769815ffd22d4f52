"""How memory is given out and taken back, told before polars is loaded.

It comes out of one arena for two processors, not out of four for each. What one thread has given back serves the next
one then, instead of new pages that the kernel must first clear: a large roster takes a quarter less of the kernel's
time (docs/benchmarks.md), and no more memory.

What C's own allocator gives out, to Python and numpy, is kept likewise: the pieces of a file come and go by the
hundred, and so do the rows made of them. To have their pages cleared anew each time cost two seconds of the kernel's
for ten million rows on their way to PostgreSQL.

Python looks for cycles seldom. A page of a provider's is a hundred thousand small objects without any, and to look
through them again and again while they come would take a third of the time of a pull.
"""

import ctypes
import gc
import os
from contextlib import suppress

_ARENAS = max(1, (os.cpu_count() or 1) // 2)
_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD, _M_ARENA_MAX = -1, -3, -8  # glibc's malloc.h
_KEPT = {_M_MMAP_THRESHOLD: 32 << 20, _M_TRIM_THRESHOLD: 64 << 20, _M_ARENA_MAX: _ARENAS}

# polars brings jemalloc, which reads this when it is loaded; elsewhere nobody reads it. Who has set it knows better.
os.environ.setdefault("_RJEM_MALLOC_CONF", f"narenas:{_ARENAS}")
gc.set_threshold(100_000, 20, 20)
if not any(name.startswith("MALLOC_") for name in os.environ):
    with suppress(AttributeError, OSError, TypeError):  # of another C library
        for option, value in _KEPT.items():
            ctypes.CDLL(None).mallopt(option, value)
