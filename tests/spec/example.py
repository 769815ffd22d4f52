"""An example of a rule: the tables that somebody sends, and exactly what is found in them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

BOTH = ("1.1", "1.2")


@dataclass(frozen=True)
class Found:
    """One expected finding.

    file: as delivered. line: as a spreadsheet shows it; null, as the others, where it is about none. rule: "" is the
    rule of the example.
    """

    file: str | None
    line: int | None
    field: str | None
    message: str
    consequence: str
    rule: str = ""

    def of(self, rule: str) -> Found:
        """The same, with the rule of its example filled in."""
        return replace(self, rule=self.rule or rule)


def stops(file: str | None, line: int | None, field: str | None, message: str, rule: str = "") -> Found:
    return Found(file, line, field, message, "stops the sync", rule)


def refuses(file: str | None, line: int | None, field: str | None, message: str, rule: str = "") -> Found:
    return Found(file, line, field, message, "refuses the row", rule)


def clears(file: str | None, line: int | None, field: str | None, message: str, rule: str = "") -> Found:
    return Found(file, line, field, message, "clears the value", rule)


def notes(file: str | None, line: int | None, field: str | None, message: str, rule: str = "") -> Found:
    return Found(file, line, field, message, "notes", rule)


@dataclass(frozen=True)
class Example:
    """One clause of the rule reference.

    rule: the id of the rule that it is about. title: what happens and when, as a sentence.

    given: what somebody sends: by table a text table of the columns that matter (see ``district``), by file name (with
    a dot) the whole content of that file. alone: nothing is delivered but that. without: tables that are left out, or
    "manifest". whole: tables that hold what is given and nothing else of the district; deltas: the same, and they come
    as changes only. folder, junk: the delivery is a zip archive, its files in this folder, beside these other entries.
    known: the roster as accepted before, given in the same way; null: there is none. onboarded: the schools that are;
    null: nobody says. profile, settings: a shipped profile and what is changed in it. versions: of OneRoster, in each
    of which it is so.

    finds: all that is found, in any order; finds_in_1_2: what comes in version 1.2 besides. accepted: by table the
    source ids that are accepted, all of them. left_out: by table how many rows are left out. roster: by table the
    source ids in the proposed roster, once this is applied to the one before. Other tables are left open.
    """

    rule: str
    title: str
    given: Mapping[str, str | bytes]
    finds: tuple[Found, ...] = ()
    finds_in_1_2: tuple[Found, ...] = ()
    versions: tuple[str, ...] = ("1.1",)
    alone: bool = False
    without: tuple[str, ...] = ()
    deltas: tuple[str, ...] = ()
    whole: tuple[str, ...] = ()
    folder: str = ""
    junk: tuple[str, ...] = ()
    known: Mapping[str, str] | None = None
    onboarded: tuple[str, ...] | None = None
    profile: str = "publisher"
    settings: Mapping[str, object] = field(default_factory=dict)
    accepted: Mapping[str, str] = field(default_factory=dict)
    left_out: Mapping[str, int] = field(default_factory=dict)
    roster: Mapping[str, str] = field(default_factory=dict)

    def expected(self, version: str) -> list[Found]:
        """All that is found in this version."""
        return [found.of(self.rule) for found in (*self.finds, *(self.finds_in_1_2 if version == "1.2" else ()))]

    @property
    def breaks_its_rule(self) -> bool:
        return any(found.rule in ("", self.rule) for found in (*self.finds, *self.finds_in_1_2))

    @property
    def leaves_something_alone(self) -> bool:
        """Nothing in it breaks the rule, or in a table where some rows do, others stand beside them that do not."""
        found = [one for one in (*self.finds, *self.finds_in_1_2) if one.rule in ("", self.rule)]
        if not found:
            return True
        for name, content in self.given.items():
            broken = {one.line for one in found if one.file == file_of(name) and one.line is not None}
            if broken and set(lines_of(content)) - broken:
                return True
        return False


def file_of(name: str) -> str:
    """The file that a key of ``given`` becomes."""
    return name if "." in name else f"{name}.csv"


def lines_of(content: str | bytes) -> range:
    """The lines on which the given rows stand; in a text table and in a file alike the header is line 1."""
    text = content if isinstance(content, str) else content.decode(errors="replace")
    return range(2, len([line for line in text.split("\n") if line.strip()]) + 1)
