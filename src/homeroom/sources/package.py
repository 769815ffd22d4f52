"""Which of the names in a package are roster files, and what was odd about them?

Zip archives and folders on disk are judged alike here. Only names are looked at, never bytes.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from homeroom.engine.delivery import Oddity
from homeroom.engine.oneroster import TABLES
from homeroom.sources import RefusedError

NAME_MAX_LENGTH = 255  # characters, folders included; rosters' names have 32 at most
_ROSTER_NAMES = {name.casefold(): name for name in ("manifest.csv", *(f"{table.name}.csv" for table in TABLES))}
MOST_FILES = len(_ROSTER_NAMES)
"""As many as OneRoster 1.2 knows, which has every table that 1.1 has: 21 of data, and the manifest."""

_LEFT_BY_SYSTEMS = frozenset({".ds_store", "thumbs.db", "desktop.ini", "__macosx"})
_DRIVE = re.compile(r"[A-Za-z]:")
_SEPARATOR = re.compile(r"[/\\]")


@dataclass(frozen=True)
class Contents:
    """What a package holds, by its names."""

    files: dict[str, str]
    """Entry as delivered ("roster/users.csv") to name of the file ("users.csv"), in the order delivered."""
    junk: tuple[str, ...]
    """Entries that are read around and were put there by somebody, so that it pays to look at what they are."""
    oddities: tuple[Oddity, ...]


@dataclass(frozen=True)
class _Entry:
    whole: str
    folders: tuple[str, ...]
    name: str
    """Empty for a folder."""

    @property
    def is_left_by_system(self) -> bool:
        return any(map(is_left_by_system, (*self.folders, self.name)))

    @property
    def is_csv(self) -> bool:
        return is_csv(self.name) and not self.is_left_by_system


def sort_out(entries: Sequence[str], *, origin: str, most_files: int = MOST_FILES) -> Contents:
    """The CSV files among these entries; `origin` is the package's own name, for the sentences.

    Entries are names with slashes or backslashes between folders; a folder's name ends in one. Raises RefusedError
    for a name that leads out of the package or cannot be shown, for two files of one name, for files that do not lie
    together, and for too many.
    """
    taken = [_taken_apart(entry, origin=origin) for entry in entries]
    csv = [entry for entry in taken if entry.is_csv]
    junk = [entry for entry in taken if entry.name and not entry.is_csv and not entry.is_left_by_system]

    refuse_twins([(entry.whole, entry.name) for entry in csv], origin=origin)
    _refuse_scattered(csv, origin=origin)
    _refuse_too_many(len(csv), origin=origin, most_files=most_files)
    oddities = (*_junk(taken), *_folder(csv), *_backslash(csv), *misnamed([entry.name for entry in csv]))
    return Contents(
        files={entry.whole: entry.name for entry in csv},
        junk=tuple(entry.whole for entry in junk),
        oddities=oddities,
    )


def is_left_by_system(name: str) -> bool:
    """True for files and folders that Windows and macOS leave everywhere, unasked."""
    return name.casefold() in _LEFT_BY_SYSTEMS or name.startswith("._")


def is_csv(name: str) -> bool:
    return name.casefold().endswith(".csv") and not is_left_by_system(name)


def is_roster_file(name: str) -> bool:
    """True for the names of OneRoster's files, whatever their case."""
    return name.casefold() in _ROSTER_NAMES


def refuse_twins(files: Sequence[tuple[str, str]], *, origin: str) -> None:
    """Raises RefusedError if two files, (entry, name) each, would be called the same on some computer."""
    seen: dict[str, tuple[str, str]] = {}
    for entry, name in files:
        # A Mac takes an accent apart and Windows does not tell cases apart: what is one file there must be one here.
        key = unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())
        if key in seen:
            first, first_name = seen[key]
            raise RefusedError(
                f"{origin} holds two files called {first_name}: “{first}” and “{entry}”. Leave only one of them in."
            )
        seen[key] = (entry, name)


def refuse_without_csv(contents: Contents, *, origin: str) -> None:
    """Raises RefusedError if the package holds no CSV file. Asked last: what it holds instead may explain more."""
    if not contents.files:
        raise RefusedError(
            f"{origin} holds no CSV file. Put the roster's files into it, such as users.csv and orgs.csv."
        )


def _refuse_too_many(count: int, *, origin: str, most_files: int) -> None:
    if count > most_files:
        raise RefusedError(
            f"{origin} holds {count} CSV files; a roster has at most {most_files}. "
            "Leave out the files that do not belong to it."
        )


def misnamed(names: Sequence[str]) -> tuple[Oddity, ...]:
    """One oddity for each name that differs from a roster file's name in upper and lower case only."""
    return tuple(
        Oddity("file-name", name, f"“{name}” is read, but its name should be “{right}”: upper and lower case count.")
        for name in names
        if (right := _ROSTER_NAMES.get(name.casefold(), name)) != name
    )


def shown(name: str) -> str:
    """The name as it can be put on a screen: 80 characters at most; what hides or moves text is spelt as a code."""
    safe = "".join(sign if _can_be_shown(sign) else sign.encode("unicode_escape").decode() for sign in name)
    return safe if len(safe) <= 80 else f"{safe[:60]}…{safe[-19:]}"


def _taken_apart(entry: str, *, origin: str) -> _Entry:
    """The entry's folders and name. Raises RefusedError for a name that is not safe, or not fit to be shown."""
    if not entry:
        raise RefusedError(f"An entry in {origin} has no name. {_REZIP}")
    if len(entry) > NAME_MAX_LENGTH:
        raise RefusedError(
            f"The name “{shown(entry)}” in {origin} is {len(entry)} characters long; "
            f"Homeroom takes at most {NAME_MAX_LENGTH}. {_REZIP}"
        )
    if not all(map(_can_be_shown, entry)):
        raise RefusedError(f"The name “{shown(entry)}” in {origin} cannot be shown on a screen. {_REZIP}")
    parts = _SEPARATOR.split(entry)
    if parts[0] == "" or _DRIVE.match(entry) or ".." in parts:
        raise RefusedError(f"The entry “{shown(entry)}” in {origin} points to a place outside of it. {_REZIP}")
    *folders, name = parts
    return _Entry(entry, tuple(folder for folder in folders if folder not in {"", "."}), name)


def _can_be_shown(sign: str) -> bool:
    return sign.isprintable() or unicodedata.category(sign) == "Zs"  # Python counts a no-break space as unprintable


_REZIP = "Put the roster's CSV files, and nothing else, into a new zip archive and send that."


def _refuse_scattered(csv: Sequence[_Entry], *, origin: str) -> None:
    for entry in csv:
        if entry.folders != csv[0].folders:
            raise RefusedError(
                f"The roster's files lie in different folders of {origin}: “{csv[0].whole}” and “{entry.whole}”. "
                "Put all of them side by side; if they are different rosters, send each by itself."
            )
        if len(entry.folders) > 1:
            raise RefusedError(
                f"“{entry.whole}” in {origin} lies in a folder within a folder. Put the CSV files at the top."
            )


def _junk(entries: Sequence[_Entry]) -> tuple[Oddity, ...]:
    return tuple(
        Oddity("package-junk", entry.whole, f"“{entry.whole}” was put there by the computer and is not read.")
        if entry.is_left_by_system
        else Oddity("package-junk", entry.whole, f"“{entry.whole}” is not read, because its name does not end in .csv.")
        for entry in entries
        if entry.is_left_by_system or (entry.name and not entry.is_csv)
    )


def _folder(csv: Sequence[_Entry]) -> tuple[Oddity, ...]:
    if not csv or not csv[0].folders:
        return ()
    folder = csv[0].whole.removesuffix(csv[0].name)
    return (
        Oddity("package-folder", folder, f"The files lie in the folder “{folder}”. Zip the files, not their folder."),
    )


def _backslash(csv: Sequence[_Entry]) -> tuple[Oddity, ...]:
    return tuple(
        Oddity("package-backslash", entry.whole, f"“{entry.whole}” has a “\\” where zip archives have a “/”.")
        for entry in csv
        if "\\" in entry.whole
    )[:1]
