"""``python -m homeroom.cli``: how one Homeroom process starts another."""

from homeroom.cli import main

main()
