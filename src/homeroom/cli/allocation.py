"""How memory is given out and taken back, told before polars is loaded.

It comes out of one arena for two processors, not out of four for each. What one thread has given back serves the next
one then, instead of new pages that the kernel must first clear: a large roster takes a quarter less of the kernel's
time (docs/benchmarks.md), and no more memory.

Python looks for cycles seldom. A page of a provider's is a hundred thousand small objects without any, and to look
through them again and again while they come would take a third of the time of a pull.
"""

import gc
import os

# polars brings jemalloc, which reads this when it is loaded; elsewhere nobody reads it. Who has set it knows better.
os.environ.setdefault("_RJEM_MALLOC_CONF", f"narenas:{max(1, (os.cpu_count() or 1) // 2)}")
gc.set_threshold(100_000, 20, 20)
