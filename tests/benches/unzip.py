"""What does it cost to start Python and unpack a zip? Run with the zip and the folder to write into."""

import shutil
import sys
from pathlib import Path

from homeroom.sources.archive import unpack

to = Path(sys.argv[2])
unpack(Path(sys.argv[1]), into=to)
shutil.rmtree(to)
