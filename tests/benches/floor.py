"""What does it cost to start Python and let polars read the files as text, and nothing more?

    python -m tests.benches.floor FOLDER
"""

import sys
from pathlib import Path

import polars as pl

frames = [pl.read_csv(path, infer_schema=False, row_index_name="row") for path in sorted(Path(sys.argv[1]).glob("*.csv"))]
