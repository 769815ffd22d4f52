"""What does it cost to start Python and unpack a zip, one file after the other, with isal in place of zlib and no
question asked? Run with the zip and the folder to write into.
"""

import shutil
import sys
import zipfile
from pathlib import Path
from unittest import mock

from isal import isal_zlib

_BLOCK = 1 << 20

to = Path(sys.argv[2])
to.mkdir()
with mock.patch.object(zipfile, "zlib", isal_zlib), zipfile.ZipFile(sys.argv[1]) as archive:
    for name in archive.namelist():
        with archive.open(name) as packed, (to / name).open("wb") as unpacked:
            shutil.copyfileobj(packed, unpacked, _BLOCK)
shutil.rmtree(to)
