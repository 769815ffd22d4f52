"""An upload in words, as the banner, the status list and its own page show it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from homeroom.accounts.models import User
from homeroom.districts.models import District, School
from homeroom.districts.requirements import requirements_of
from homeroom.engine.sync_reports import SUFFIX
from homeroom.engine.words import counted
from homeroom.syncs.models import Kind, State, Sync, Upload
from homeroom.syncs.shown import Shown

HEADINGS = {
    Kind.STUDENTS: "Upload Students",
    Kind.STAFF: "Upload Staff Users",
    Kind.CLASSES: "Upload Classes",
}
TEMPLATE_NAMES = {
    Kind.STUDENTS: "student-upload.csv",
    Kind.STAFF: "staff-upload.csv",
    Kind.CLASSES: "class-upload.csv",
}
_ALERTS = {State.COMPLETED: "success", State.WITH_ERRORS: "warning", State.FAILED: "error"}


def template_of(kind: Kind, district: District) -> bytes:
    """The template to fill in: exactly the header row, as Excel reads it."""
    names = requirements_of(district).templates[kind].names
    return ("\ufeff" + ",".join(names) + "\r\n").encode()


def of_school(school: School, kind: Kind) -> QuerySet[Upload]:
    """The uploads of one kind for the school, newest first."""
    uploads = Upload.objects.filter(school=school, kind=kind)
    return uploads.select_related("sync__started_by", "school_year", "corrects__sync").order_by("-sync_id")


def with_banner(person: User, school: School, kind: Kind) -> QuerySet[Upload]:
    """Those that the person sent and whose banner the person has not dismissed."""
    return of_school(school, kind).filter(sync__started_by=person, dismissed_at=None)


@dataclass(frozen=True)
class ShownUpload:
    """One upload with all that a page says of it."""

    upload: Upload

    @property
    def sync(self) -> Sync:
        return self.upload.sync

    @property
    def kind(self) -> Kind:
        return Kind(self.upload.kind)

    @property
    def status_kind(self) -> str:
        return Shown(self.sync).status_kind

    @property
    def percent(self) -> int:
        """How much of the work is done."""
        return min(99, 100 * self.sync.steps_done // max(1, self.upload.rows))

    @property
    def rows_done(self) -> str:
        """Such as "420 of 1,000 rows"."""
        return f"{self.sync.steps_done:,} of {counted_rows(self.upload.rows)}"

    @property
    def says(self) -> str:
        """How it stands, in the words of product.md 3.1."""
        match State(self.sync.state):
            case State.QUEUED:
                return "File is waiting to be processed."
            case State.PROCESSING:
                return f"Processing file: {self.rows_done}."
            case State.COMPLETED:
                return "File processed successfully."
            case State.WITH_ERRORS:
                return "File processed with errors."
            case _:
                return "File could not be processed."

    @property
    def alert(self) -> str:
        """The kind of alert in which that is said."""
        return _ALERTS.get(State(self.sync.state), "info")

    @property
    def created(self) -> str:
        """Such as "998 students"."""
        return counted(self._count("created"), self.kind)

    @property
    def refused(self) -> int:
        return self._count("refused")

    @property
    def errors(self) -> int:
        """How many there are; a row may have several."""
        return sum(cause["findings"] for cause in self.causes)

    @property
    def causes(self) -> list[dict[str, Any]]:
        """``engine.report.Cause`` as JSON, the costliest first."""
        return list(self.sync.report.get("causes", ()))

    @property
    def remedies(self) -> list[str]:
        """What to do about a file that could not be taken."""
        return list(self.sync.report.get("remedies", ()))

    @property
    def has_report(self) -> bool:
        return self.sync.state == State.WITH_ERRORS and self.sync.has_files

    @property
    def report_name(self) -> str:
        return f"{self.kind}{SUFFIX}"

    @property
    def corrections_name(self) -> str:
        return f"{self.kind}_to_correct.csv"

    @property
    def closed(self) -> str:
        """Such as "37 of 41 errors": of the upload that this one corrects. "" where there is none, or no end yet."""
        if self.upload.corrects is None or self.upload.open_errors is None:
            return ""
        total = ShownUpload(self.upload.corrects).errors
        return f"{total - self.upload.open_errors:,} of {total:,} {'error' if total == 1 else 'errors'}"

    def _count(self, figure: str) -> int:
        return int(self.sync.counts.get(self.kind, {}).get(figure, 0))


def counted_rows(count: int) -> str:
    """Such as "1 row" or "1,000 rows"."""
    return f"{count:,} {'row' if count == 1 else 'rows'}"
