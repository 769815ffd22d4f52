"""What does it cost to start Python and let polars read the files of a folder as text, and nothing more?"""

import sys
from pathlib import Path

import polars as pl

paths = sorted(Path(sys.argv[1]).glob("*.csv"))
frames = [pl.read_csv(path, infer_schema=False, row_index_name="row") for path in paths]
