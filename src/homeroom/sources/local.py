"""What did the person name on the command line: one zip, one folder, or loose files? Each becomes a delivery."""

import os
import stat
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from homeroom.engine.delivery import Delivery, File, Oddity
from homeroom.sources import RefusedError, SettingsError, file_kinds, package
from homeroom.sources.archive import DEFAULT, refused_spreadsheet, unpack
from homeroom.sources.file_kinds import ARCHIVES, SAVE_AS_CSV, Kind
from homeroom.sources.package import is_csv, is_left_by_system, shown

_GIVE = "Give one zip archive, one folder, or the CSV files of one roster"


def collect(paths: Sequence[Path], *, work: Path, unpacked: Callable[[Path], None] | None = None) -> Delivery:
    """The delivery that these paths hold.

    A zip archive (known by its bytes) is unpacked into `work`, which is the caller's to clear; files of a folder (in
    the order of their names) and loose files (in the order given) are used where they lie. Links inside a folder are
    not followed out of it. unpacked: called with each file of an archive, as archive.unpack calls `whole`. Raises
    SettingsError for what is not there or cannot be read, RefusedError for what was found and is no roster's package,
    and what archive.unpack raises.
    """
    if not paths:
        raise SettingsError(f"Nothing was given. {_GIVE}.")
    given = {path.resolve(): path for path in paths if _is_there(path)}
    folders = [path for path in given.values() if path.is_dir()]
    if folders and len(given) > 1:
        raise _not_together(folders[0], "a folder")
    delivery = _folder(folders[0]) if folders else _files(list(given.values()), work=work, unpacked=unpacked)
    return replace(delivery, files=tuple(_with_readable_path(file, work) for file in delivery.files))


def _with_readable_path(file: File, work: Path) -> File:
    """The file under a path that is text. On some systems a path may be any bytes, and polars opens only text."""
    try:
        str(file.path).encode()
    except UnicodeEncodeError:
        work.mkdir(parents=True, exist_ok=True)
        link = work / f"{len(list(work.iterdir()))}.csv"
        link.symlink_to(file.path.resolve())
        return replace(file, path=link)
    return file


def _is_there(path: Path) -> bool:
    """True for a folder or an ordinary file; raises SettingsError for anything else, without opening it."""
    name = shown(str(path))
    try:
        mode = path.stat().st_mode
    except PermissionError as error:
        raise SettingsError(f"{name} cannot be read: {error.strerror}.") from error
    except (OSError, ValueError) as error:  # a path with a NUL in it is a ValueError
        if target := _link_target(path):
            raise SettingsError(f"{name} is a link to {shown(target)}, which is not there.") from error
        raise SettingsError(f"{name} is not there. Check the spelling and the folder.") from error
    if not stat.S_ISDIR(mode) and not stat.S_ISREG(mode):
        raise SettingsError(f"{name} is not an ordinary file. {_GIVE}.")
    return True


def _link_target(path: Path) -> str | None:
    try:
        return str(path.readlink())
    except (OSError, ValueError):
        return None


def _not_together(path: Path, kind: str) -> SettingsError:
    return SettingsError(f"{shown(path.name)} is {kind} and cannot be given together with other files. {_GIVE}.")


def _files(paths: Sequence[Path], *, work: Path, unpacked: Callable[[Path], None] | None) -> Delivery:
    heads = {path: file_kinds.head(path) for path in paths}
    first = shown(paths[0].name)
    if len(paths) == 1 and _is_for_unpacking(paths[0], heads[paths[0]]):
        files, oddities = unpack(paths[0], into=work, whole=unpacked)
        return Delivery(files=files, origin=first, oddities=oddities)
    for path, head in heads.items():
        _refuse_other_kinds(path, file_kinds.kind(path.name, head))
    names = [path.name for path in paths]
    package.refuse_twins([(str(path), path.name) for path in paths], origin="What was given")
    return Delivery(
        files=tuple(File(shown(path.name), path, path.stat().st_size) for path in paths),
        origin=first if len(paths) == 1 else f"{first} and {len(paths) - 1} more",
        oddities=package.misnamed(names),
    )


def _is_for_unpacking(path: Path, head: bytes) -> bool:
    """True for a zip archive, and for what only calls itself so: unpacking can tell best what is wrong with it."""
    return head.startswith(file_kinds.ZIP_BEGINS) or file_kinds.kind_by_name(path.name) is Kind.ZIP


def _refuse_other_kinds(path: Path, kind: Kind | None) -> None:
    """Refuses archives and spreadsheets. The rest goes to the engine, which can tell CSV files from others."""
    if kind in SAVE_AS_CSV:
        raise refused_spreadsheet(shown(path.name), kind)
    if kind is Kind.ZIP:
        raise _not_together(path, kind)
    if kind in ARCHIVES:
        raise RefusedError(f"{shown(path.name)} is {kind}; Homeroom opens zip archives. Unpack it and give the folder.")


@dataclass(frozen=True)
class _Listing:
    """What lies directly in a folder, by name, in the order of the names."""

    files: tuple[str, ...]
    """Everything that is no folder: ordinary files, links and whatever else."""
    folders: tuple[str, ...]
    """Real ones, which are safe to enter, and linked ones, which are not."""
    enterable: frozenset[str]

    @property
    def has_csv(self) -> bool:
        return any(map(is_csv, self.files))


def _folder(path: Path) -> Delivery:
    origin = shown(path.resolve().name or str(path))
    top = _listing(path, origin=origin)
    files, beside = list(top.files), set(top.folders)
    inner = None if top.has_csv else _only_folder_with_csv(path, top, origin=origin)
    if inner is not None:
        inside = _listing(path / inner, origin=origin)
        files += [f"{inner}/{name}" for name in inside.files]
        beside = beside - {inner} | {f"{inner}/{name}" for name in inside.folders}
    elif not top.has_csv:
        _refuse_what_is_not_yet_csv(top, origin=origin)
    contents = package.sort_out([f"{name}/" for name in sorted(beside)] + files, origin=origin)
    package.refuse_without_csv(contents, origin=origin)
    return Delivery(
        files=tuple(_file(path, entry, name, origin=origin) for entry, name in contents.files.items()),
        origin=origin,
        oddities=(*contents.oddities, *_left_alone(beside)),
    )


def _listing(path: Path, *, origin: str) -> _Listing:
    found: list[os.DirEntry[str]] = []
    try:
        with os.scandir(path) as entries:
            for entry in entries:
                found.append(entry)
                if len(found) > DEFAULT.entries:
                    raise RefusedError(
                        f"{origin} holds more than {DEFAULT.entries} files and folders. "
                        "Put the roster's CSV files into a folder of their own and give that."
                    )
        found.sort(key=lambda entry: entry.name)
        return _Listing(
            files=tuple(entry.name for entry in found if not entry.is_dir()),
            folders=tuple(entry.name for entry in found if entry.is_dir()),
            enterable=frozenset(entry.name for entry in found if entry.is_dir(follow_symlinks=False)),
        )
    except OSError as error:
        raise SettingsError(f"{shown(path.name) or origin} cannot be read: {error.strerror}.") from error


def _only_folder_with_csv(path: Path, top: _Listing, *, origin: str) -> str | None:
    """The name of the one folder in there with CSV files; None if there is none. Raises RefusedError for several."""
    candidates = [name for name in top.folders if name in top.enterable and not is_left_by_system(name)]
    with_csv = [name for name in candidates if _listing(path / name, origin=shown(name)).has_csv]
    if len(with_csv) > 1:
        first, second, *_ = map(shown, with_csv)
        raise RefusedError(
            f"{origin} holds CSV files in two folders, “{first}” and “{second}”. Give one of them, or put all together."
        )
    return with_csv[0] if with_csv else None


def _refuse_what_is_not_yet_csv(top: _Listing, *, origin: str) -> None:
    for name in top.files:
        kind = file_kinds.kind_by_name(name)
        if kind in SAVE_AS_CSV:
            raise refused_spreadsheet(shown(name), kind)
        if kind is Kind.ZIP:
            raise RefusedError(f"{origin} holds no CSV file, but {shown(name)}. Give that file itself.")


def _file(folder: Path, entry: str, name: str, *, origin: str) -> File:
    """The file at this entry of the folder. Raises RefusedError for no ordinary file, and for a link out of there."""
    path = folder / entry
    try:
        target = path.resolve(strict=True)
        status = target.stat()
    except (OSError, RuntimeError) as error:  # the latter is Python 3.11's way to say that a link leads to itself
        if path.is_symlink():
            raise RefusedError(f"“{entry}” in {origin} is a link to nowhere. Put the file itself there.") from error
        raise SettingsError(f"“{entry}” in {origin} cannot be read. Is somebody moving files there?") from error
    if not target.is_relative_to(folder.resolve()):
        raise RefusedError(f"“{entry}” in {origin} is a link to a place outside of it. Put the file itself there.")
    if not stat.S_ISREG(status.st_mode):
        raise RefusedError(f"“{entry}” in {origin} is not an ordinary file. Put the CSV file itself there.")
    return File(name, path, status.st_size)


def _left_alone(folders: set[str]) -> tuple[Oddity, ...]:
    """Folders beside the roster's files: reports of an earlier check, perhaps, or another roster."""
    return tuple(
        Oddity("package-junk", f"{name}/", f"“{name}/” is a folder beside the roster's files and is not read.")
        for name in sorted(folders)
        if not is_left_by_system(name)
    )
