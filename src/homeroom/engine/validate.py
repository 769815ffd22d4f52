"""What of a snapshot can be taken, and what is wrong with the rest? The order of judgement, and its outcome.

Fixed order: organizations, sessions, courses, users and roles, classes, enrollments (product.md 4.3), each after what
it points at. Nothing here is a rule; the rules are in ``rules``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

import polars as pl

from homeroom.engine.findings import WHOLE_ROW, Findings, Gathering, of_tally
from homeroom.engine.first_pass import index
from homeroom.engine.formats import selfserve as selfserve_format
from homeroom.engine.hashes import hashed
from homeroom.engine.ledger import NO_IDS, Known, Ledger, Page, rows_where
from homeroom.engine.profile import Profile
from homeroom.engine.roster import Records, Roster, text_of
from homeroom.engine.rules.catalogue import LOCAL
from homeroom.engine.rules.classes import judge_stays, judge_teachers, rows_that_left_a_class_without_teacher
from homeroom.engine.rules.corrected import NOT_FILLED_IN, rows_not_filled_in
from homeroom.engine.rules.counts import tallies
from homeroom.engine.rules.files import BULK_FILLED, SAID_TO_BE_MISSING
from homeroom.engine.rules.keys import judge_enrollments, judge_keys, shared_seats
from homeroom.engine.rules.onboarding import judge_onboarding, leave_out_lost_schools, leave_out_users
from homeroom.engine.rules.people import judge_people, judge_roles
from homeroom.engine.rules.references import judge_cycles, judge_references
from homeroom.engine.rules.selfserve import (
    AskTaken,
    Taken,
    class_of,
    judge_upload,
    lines_with_nothing_but_a_password,
    refuse_left_out,
)
from homeroom.engine.second_pass import explain
from homeroom.engine.snapshot import Part, Remark, Snapshot
from homeroom.engine.templates import PASSWORD

Progress = Callable[[str], None]
_FILES_AT_A_TIME = 2


@dataclass(frozen=True)
class Checked:
    """The outcome of a judgement.

    findings: everything that was found, see ``findings``. stopped: the delivery as a whole cannot be taken, and nothing
    of it is; the reasons are findings that stop the sync. pages: per table how each row stands, in the order of
    judgement.
    """

    snapshot: Snapshot
    profile: Profile
    findings: Findings
    stopped: bool
    pages: Mapping[str, Page] = field(default_factory=dict)

    @property
    def of_passwords(self) -> pl.DataFrame:
        """The findings about passwords, for a later judgement of the same file without them: ``findings.SCHEMA``.

        And those about rows with nothing but a password, which will look blank then.
        """
        alone = [lines_with_nothing_but_a_password(page) for page in self.pages.values()]
        lines = pl.concat([pl.Series("line", [], dtype=pl.UInt32), *alone])
        return self.findings.rows.filter(
            (pl.col("field") == PASSWORD) | pl.col("line").is_in(lines.implode())
        ).collect()

    def accepted(self, table: str) -> Records:
        """The rows of a table that were accepted, as the roster keeps them: faulty values that a rule clears are null.
        Rows that end a record are not among them. Their index has no ``content`` if the judgement was without a roster.
        """
        page = self.pages[table]
        rows, index = (page.accepted & ~page.frame["deleted"]).arg_true(), page.hand_over()
        return Records(page.setting.table, page.part.content, index.lazy(), text_of(page, rows, index))


def validate(
    snapshot: Snapshot,
    *,
    profile: Profile,
    work: Path,
    onboarded: frozenset[str] | None = None,
    known: Roster | None = None,
    ask: AskTaken | None = None,
    withheld: pl.DataFrame | None = None,
    progress: Progress = lambda _: None,
) -> Checked:
    """Judges every row of a snapshot by all rules.

    onboarded: source ids of the schools that the publisher has onboarded; null: every school is. known: the roster as
    accepted before. taken: of an upload, what is there already; null: what ``known`` tells of it. withheld: of an
    upload whose passwords were taken out, the findings about them while they were there (``Checked.of_passwords``).
    work: a folder lent for what does not fit into memory. Never raises for what was delivered.
    """
    gathering = Gathering(work, profile)
    if snapshot.format == selfserve_format.NAME:
        return _validate_upload(snapshot, gathering, ask or (partial(_taken, known) if known else None), withheld)
    if gathering.add_remarks((*snapshot.remarks, *_missing_files(snapshot, known))):
        return Checked(snapshot, profile, gathering.done(), stopped=True)
    certain = known is not None or profile.self_contained_deltas
    whole = {name for name, part in snapshot.parts.items() if part.mode == "bulk" or certain}
    resolvable = frozenset(whole | set(known.tables if known else ()))
    look = partial(index, rules=LOCAL, profile=profile, resolvable=resolvable, compare=known is not None, work=work)
    pages = _read(snapshot.parts, look, progress)
    if gathering.add_remarks(_without_rows(pages)):
        return Checked(snapshot, profile, gathering.done(), stopped=True)
    ledger = Ledger(pages, Known(known.tables if known else {}), roster_given=known is not None)
    _judge(ledger, onboarded, progress)
    with ThreadPoolExecutor(1) as beside:
        counting = beside.submit(lambda: list(tallies(ledger, known)))
        _explain(ledger, gathering, progress)
    for tally in counting.result():
        gathering.add(of_tally(tally))
    # A profile may say of any rule that it stops the sync.
    return Checked(snapshot, profile, gathering.done(), stopped=gathering.stops, pages={} if gathering.stops else pages)


def _read(parts: Mapping[str, Part], look: Callable[[Part], Page], progress: Progress) -> dict[str, Page]:
    """The page of each table. Two files are read at a time, the largest first: so while the last rows of one are put
    together, the processors have another to read.
    """
    with ThreadPoolExecutor(_FILES_AT_A_TIME) as readers:
        by_size = sorted(parts, key=lambda name: parts[name].size_bytes, reverse=True)
        reading = {name: readers.submit(look, parts[name]) for name in by_size}
        for name, page in reading.items():
            progress(f"Reading {parts[name].file}")
            page.result()
    return {name: reading[name].result() for name in parts}


def _validate_upload(
    snapshot: Snapshot, gathering: Gathering, ask: AskTaken | None, withheld: pl.DataFrame | None
) -> Checked:
    """As ``validate``, of a template. All that is wrong with the file as a whole is said at once (product.md 3.3)."""
    profile, work = gathering.profile, gathering.work
    snapshot = selfserve_format.named(snapshot, profile)
    pages = {}
    for name, part in snapshot.parts.items():
        there = part if withheld is None else replace(part, columns=tuple(map(_withheld_name, part.columns)))
        pages[name] = index(there, LOCAL, profile, resolvable=frozenset(), compare=False, work=work)
    limits = [remark for page in pages.values() for remark in _upload_limits(page, profile)]
    if gathering.add_remarks((*snapshot.remarks, *limits)):
        return Checked(snapshot, profile, gathering.done(), stopped=True)
    for page in pages.values():
        judge_upload(page, ask)
        if withheld is not None:
            gathering.add(withheld)
        explain(page, {}, gathering)
        if withheld is not None:
            refuse_left_out(page, withheld["line"])
        _tell_not_filled_in(page, gathering)
    for tally in tallies(Ledger(pages, Known({})), None):
        gathering.add(of_tally(tally))
    return Checked(snapshot, profile, gathering.done(), stopped=gathering.stops, pages={} if gathering.stops else pages)


def _tell_not_filled_in(page: Page, gathering: Gathering) -> None:
    """One error for the row as a whole, not one for each of its empty cells."""
    rows, file = rows_not_filled_in(page), page.part.file
    gathering.add_remarks(
        [
            Remark(NOT_FILLED_IN.id, file=file, table=page.name, column=WHOLE_ROW, line=line, value=named)
            for named, line in rows.select("named", "line").iter_rows()
        ]
    )
    if NOT_FILLED_IN.consequence_for(None, gathering.profile).is_error:
        refuse_left_out(page, rows["line"])


def _withheld_name(column: str) -> str:
    """Under another name a column is there, and no rule asks for its cells."""
    return f"{column}, withheld" if column == PASSWORD else column


def _missing_files(snapshot: Snapshot, known: Roster | None) -> list[Remark]:
    """Tables that complete files point at and that are neither delivered nor known from before."""
    there = set(snapshot.parts) | set(known.tables if known else ())
    there |= {
        remark.table for remark in snapshot.remarks if remark.rule in SAID_TO_BE_MISSING and remark.table is not None
    }
    wanted: dict[str, list[str]] = {}
    for part in snapshot.parts.values():
        for name in part.table.needs if part.mode == "bulk" else ():
            if name not in there:
                wanted.setdefault(name, []).append(part.file)
    return [
        Remark("file-missing", table=name, value=f"{name}.csv", detail=", ".join(files))
        for name, files in wanted.items()
    ]


def _without_rows(pages: Mapping[str, Page]) -> list[Remark]:
    empty = [page for page in pages.values() if page.frame.is_empty() and not page.unreadable_rows]
    remarks = [
        Remark("file-without-rows", file=page.part.file, table=page.name, value=page.part.file) for page in empty
    ]
    if pages and len(empty) == len(pages):
        remarks.append(Remark("delivery-without-records"))
    return remarks


def _judge(ledger: Ledger, onboarded: frozenset[str] | None, progress: Progress) -> None:
    hashes = (
        None
        if onboarded is None
        else pl.Series("id", sorted(onboarded), dtype=pl.String).to_frame().select(hashed("id")).to_series()
    )
    leave_out_lost_schools(ledger, hashes)
    with ThreadPoolExecutor(1) as beside:
        # Nothing looks at enrollments before classes are judged, and they are as many as all others together.
        enrollments = ledger.pages.get("enrollments")
        seats = None if enrollments is None else beside.submit(_judge_enrollments_alone, enrollments)
        for name, page in ledger.pages.items():
            if name != "enrollments":
                _judge_alone(page)
        _judge_together(ledger, hashes, progress, seats)


def _judge_alone(page: Page) -> None:
    """What the rows of a table tell without any other."""
    judge_keys(page)
    if "filled" in page.frame.columns and BULK_FILLED.consequence_for(None, page.setting.profile).is_error:
        page.blame(rows_where(page.frame["filled"]), BULK_FILLED, "status")


def _judge_enrollments_alone(page: Page) -> pl.Series:
    _judge_alone(page)
    return shared_seats(page)


def _judge_together(
    ledger: Ledger, onboarded: pl.Series | None, progress: Progress, seats: Future[pl.Series] | None
) -> None:
    """onboarded: hashes. seats: those shared, when enrollments were judged alone; null if there are none."""
    for name, page in ledger.pages.items():
        progress(f"Checking {page.part.file}")
        if "parentSourcedId" in page.frame.columns:
            judge_cycles(page)
        if name == "orgs":
            judge_onboarding(page, onboarded)
        if name == "users":
            leave_out_users(page, ledger)
            judge_people(page, ledger)
        if name == "roles":
            judge_roles(page, ledger)
        if name == "classes":
            _judge_classes(page, ledger, seats)
        elif name != "enrollments":
            judge_references(page, ledger)
        elif seats is not None and "classes" not in ledger.pages:
            shared = seats.result()
            judge_references(page, ledger)
            judge_enrollments(page, shared)
        if name == "enrollments":
            judge_stays(page, ledger)


def _upload_limits(page: Page, profile: Profile) -> list[Remark]:
    """What is wrong with an upload as a whole, once its rows were seen (product.md 3.3)."""
    file, bad = page.part.file, page.measured.bad_rows
    rows, size = len(page.frame) - int(page.frame["blank"].sum()) + page.unreadable_rows, page.part.size_bytes
    remarks = [] if rows else [Remark("upload-without-rows", file=file, table=page.name, value=file)]
    if size > profile.max_bytes:
        remarks.append(
            Remark("upload-too-large", file=file, value=file, detail=f"{size:,}", expected=f"{profile.max_bytes:,}")
        )
    if rows > profile.max_rows:
        remarks.append(
            Remark("upload-too-many-rows", file=file, value=file, detail=f"{rows:,}", expected=f"{profile.max_rows:,}")
        )
    foreign = bad.filter(pl.col("rule") == "row-not-utf8")["line"]
    if len(foreign):
        remarks.append(Remark("upload-not-utf8", file=file, value=file, detail=str(foreign.min())))
    return remarks


def _taken(known: Roster, _: pl.DataFrame) -> Taken:
    """What a roster tells of what is in use; it is taken for that of one school and one year."""
    if "users" not in known.tables:
        return Taken()
    login, address = (hashed(pl.col(name).str.to_lowercase()) for name in ("username", "email"))
    people = known.tables["users"].rows.select("key", "role", "email", login=login, address=address).collect()
    return Taken(
        ids=people["key"],
        usernames=people["login"],
        emails=people["address"],
        teachers=people.filter(pl.col("role") == "teacher")["address"],
        classes=_classes_of(known, people) if {"classes", "enrollments"} <= known.tables.keys() else NO_IDS,
    )


def _classes_of(known: Roster, people: pl.DataFrame) -> pl.Series:
    """``class_of`` each class and each of its teachers."""
    of_teachers = known.tables["enrollments"].rows.filter(pl.col("role") == "teacher")
    pairs = of_teachers.select(key=hashed("classSourcedId"), user=hashed("userSourcedId")).collect()
    classes = known.tables["classes"].rows.select("key", "title").collect()
    named = pairs.join(classes, on="key").join(people.select("email", user="key"), on="user")
    return named.select(class_of("title", "email")).to_series()


def _judge_classes(page: Page, ledger: Ledger, seats: Future[pl.Series] | None) -> None:
    """Classes need teachers, and enrollments need classes: so enrollments are judged by all but their class first."""
    enrollments = ledger.pages.get("enrollments")
    judge_references(page, ledger)
    if enrollments is not None and seats is not None:
        shared = seats.result()
        others = tuple(c for c in enrollments.setting.table.references if c.name != "classSourcedId")
        judge_references(enrollments, ledger, others)
        judge_enrollments(enrollments, shared)
    judge_teachers(page, ledger)
    if enrollments is not None:
        judge_references(
            enrollments,
            ledger,
            (enrollments.setting.table["classSourcedId"],),
            but=rows_that_left_a_class_without_teacher(ledger),
        )


def _explain(ledger: Ledger, gathering: Gathering, progress: Progress) -> None:
    causes: dict[str, pl.DataFrame] = {}
    for name, page in ledger.pages.items():
        progress(f"Writing down what was found in {page.part.file}")
        causes[name] = explain(page, causes, gathering)
