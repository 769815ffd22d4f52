"""The two stories of a school secretary: a file is uploaded, its sync report is read, and the corrected file uploaded.

A real browser, and the worker's part in this process. (1) The report is downloaded while the banner is there. (2) The
banner is gone: Options, View File Upload Status, sync report.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from pytest_django import Settings

from homeroom.districts import scope
from homeroom.roster.models import Person
from homeroom.syncs.models import Kind, State, Sync, Upload
from tests import people
from tests.journeys.browser import SignedIn, assert_is_fine, axe_violations, is_wider_than_the_screen, keep_picture
from tests.journeys.test_by_keyboard import focused, tab_to
from tests.people import Cast
from tests.syncs.conftest import data
from tests.syncs.self_serve import ANA, BEN, CLEO, DAN, STAFF, STUDENTS, TESS, Uploads, self_serve, uploads, work

__all__ = ["data", "self_serve", "uploads"]  # fixtures are found where they are imported

Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes a file as the secretary has it on her own machine."""

    def written(content: str = STUDENTS + ANA + BEN + CLEO + DAN, name: str = "students.csv") -> Path:
        path = tmp_path / name
        path.write_text(content, encoding="utf-8")
        return path

    return written


def last_upload(cast: Cast) -> Sync:
    with scope.within(cast.ferndale.pk):
        return Upload.objects.select_related("sync").latest("sync_id").sync


def in_processing(sync: Sync, *, done: int, of: int) -> None:
    """As a worker leaves it in the middle."""
    with scope.within(sync.district_id):
        Sync.objects.filter(pk=sync.pk).update(state=State.PROCESSING, steps=of, steps_done=done)
        Upload.objects.filter(sync=sync).update(rows=of)


def to_students_of_oak(page: Page, *, has_many_schools: bool) -> None:
    """Manage, then Schools and the school, which who has one school need not choose; then Students."""
    page.goto("/d/ferndale/")
    if has_many_schools:
        page.get_by_role("link", name="Schools").click()
        page.get_by_role("link", name="Oak Elementary").click()
    page.get_by_role("link", name="Students").first.click()
    expect(page.get_by_role("heading", name="Students", exact=True)).to_be_visible()


def choose(page: Page, option: str) -> Locator:
    """One of the Options; the modal that it opens."""
    page.locator("summary", has_text="Options").click()
    page.get_by_role("link", name=option).click()
    modal = page.get_by_role("dialog")
    expect(modal).to_be_visible()
    return modal


def upload(page: Page, file: Path, option: str = "Upload Students") -> None:
    modal = choose(page, option)
    modal.get_by_label("Select File").set_input_files(file)
    modal.get_by_role("button", name="Upload", exact=True).click()


def report_of(page: Page, link: Locator) -> list[list[str]]:
    with page.expect_download() as download:
        link.click()
    assert download.value.suggested_filename == "students_sync_report.csv"
    content = Path(download.value.path()).read_text(encoding="utf-8-sig")
    return list(csv.reader(io.StringIO(content, newline="")))


def students(cast: Cast) -> list[str]:
    with scope.within(cast.ferndale.pk):
        return sorted(Person.objects.values_list("source_id", flat=True))


@pytest.mark.parametrize(
    ("who", "has_many_schools", "size"),
    [
        ("district_admin", True, "wide"),
        ("oak_admin", False, "phone"),
        ("oak_admin", False, "wide"),
        ("oak_and_elm_admin", True, "phone"),
    ],
)
def test_report_is_downloaded_while_the_banner_is_there(
    self_serve: Cast, write: Write, signed_in: SignedIn, who: str, has_many_schools: bool, size: str
) -> None:
    page = signed_in(getattr(self_serve, who))
    to_students_of_oak(page, has_many_schools=has_many_schools)

    modal = choose(page, "Upload Students")
    with page.expect_download() as template:
        modal.get_by_role("link", name="Download").click()
    assert template.value.suggested_filename == "student-upload.csv"
    keep_picture(page, f"upload-modal-{size}")
    assert axe_violations(page) == []
    modal.get_by_label("Select File").set_input_files(write())
    expect(modal.get_by_text("students.csv")).to_be_visible()
    keep_picture(page, f"upload-selected-{size}")
    assert axe_violations(page) == []
    modal.get_by_role("button", name="Upload", exact=True).click()

    expect(modal).to_be_hidden()
    banner = page.get_by_role("region", name="Upload of students.csv")
    expect(banner).to_contain_text("File is waiting to be processed.")
    assert_is_fine(page, "upload-waiting", size, heading="Students")
    sync = last_upload(self_serve)
    in_processing(sync, done=420, of=1_000)
    expect(banner).to_contain_text("Processing file: 420 of 1,000 rows.")
    assert_is_fine(page, "upload-processing", size, heading="Students")
    work(sync)

    expect(banner).to_contain_text("File processed with errors.")
    assert_is_fine(page, "upload-with-errors", size, heading="Students")
    page.reload()
    report = report_of(page, banner.get_by_role("link", name="sync report"))
    assert [row[:3] for row in report[1:]] == [
        ["4", "S3", "grade"], ["5", "S4", "lastName"], ["5", "S4", "grade"], ["5", "S4", "username"],
    ]  # fmt: skip
    banner.get_by_role("button", name="Dismiss").click()
    expect(banner).to_have_count(0)
    page.reload()
    expect(banner).to_have_count(0)


def test_banner_is_gone_and_the_report_is_found_in_the_status(
    self_serve: Cast, uploads: Uploads, signed_in: SignedIn, size: str
) -> None:
    sync = uploads.done(STUDENTS + ANA + BEN + CLEO + DAN)
    page = signed_in(self_serve.district_admin)  # it was somebody else's upload
    to_students_of_oak(page, has_many_schools=True)
    expect(page.locator(".banner")).to_have_count(0)

    modal = choose(page, "View File Upload Status")
    row = modal.locator(f"#upload-{sync.pk}")
    expect(row).to_contain_text("Completed with Errors")
    keep_picture(page, f"upload-status-{size}")
    assert axe_violations(page) == []
    assert not is_wider_than_the_screen(page)
    report = report_of(page, row.get_by_role("link", name="sync report"))
    assert report[0] == ["Row Number", "sourcedId", "Column Name", "Error"]
    with page.expect_download() as download:
        row.get_by_role("link", name="students.csv").click()

    assert download.value.suggested_filename == "students.csv"
    assert "secret-word" not in Path(download.value.path()).read_text()
    modal.get_by_role("button", name="Close this window").click()
    expect(modal).to_be_hidden()


def test_corrected_file_closes_the_errors(
    self_serve: Cast, uploads: Uploads, signed_in: SignedIn, size: str, tmp_path: Path
) -> None:
    uploads.done(STUDENTS + ANA + BEN + CLEO + DAN)
    page = signed_in(self_serve.oak_admin)
    to_students_of_oak(page, has_many_schools=False)
    page.get_by_role("link", name="See what to correct").click()
    assert_is_fine(page, "upload-to-correct", size, heading="students.csv")

    with page.expect_download() as download:
        page.get_by_role("link", name="students_to_correct.csv").click()
    mended = tmp_path / download.value.suggested_filename
    content = Path(download.value.path()).read_text(encoding="utf-8-sig")
    content = content.replace(",5,cleo.rue,", ",05,cleo.rue,secret-word-3")
    content = content.replace("S4,Dan,,,,99,dan,", "S4,Dan,,Day,,06,dan.day,secret-word-4")
    mended.write_text(content, encoding="utf-8-sig")
    page.get_by_role("link", name="Back to Students").click()
    upload(page, mended)
    banner = page.get_by_role("region", name="Upload of students_to_correct.csv")
    expect(banner).to_contain_text("File is waiting to be processed.")
    work(last_upload(self_serve))

    expect(banner).to_contain_text("File processed successfully.")
    expect(banner).to_contain_text("4 of 4 errors closed")
    assert_is_fine(page, "upload-corrected", size, heading="Students")
    assert students(self_serve) == ["S1", "S2", "S3", "S4"]


def test_faults_of_the_file_are_listed_and_it_is_removed(
    self_serve: Cast, write: Write, signed_in: SignedIn, size: str
) -> None:
    page = signed_in(self_serve.oak_admin)
    page.goto(f"/d/ferndale/schools/{self_serve.oak.pk}/students/")
    upload(page, write(STUDENTS.replace("studentId", "Student ID").replace(",middleName", "") + "1,a,b,c,05,e,f\n"))

    modal = page.get_by_role("dialog")
    expect(modal.get_by_role("alert")).to_contain_text("The column studentId is missing.")
    expect(modal.get_by_role("alert")).to_contain_text("The column middleName is missing.")
    expect(modal.get_by_role("alert")).to_be_focused()
    expect(modal.get_by_label("Select File")).to_be_hidden()
    keep_picture(page, f"upload-faulty-{size}")
    assert axe_violations(page) == []
    modal.get_by_role("link", name="Remove File").click()

    expect(modal.get_by_label("Select File")).to_be_focused()
    expect(modal.get_by_role("alert")).to_have_count(0)
    assert students(self_serve) == []


def test_same_file_is_asked_about_and_confirmed_without_selecting_it_again(
    self_serve: Cast, uploads: Uploads, write: Write, signed_in: SignedIn, size: str
) -> None:
    uploads.done(STUDENTS + ANA)
    page = signed_in(self_serve.district_admin)
    page.goto(f"/d/ferndale/schools/{self_serve.oak.pk}/students/")
    upload(page, write(STUDENTS + ANA))

    modal = page.get_by_role("dialog")
    expect(modal.get_by_text("This file was already uploaded on")).to_be_visible()
    keep_picture(page, f"upload-again-{size}")
    assert axe_violations(page) == []
    modal.get_by_role("button", name="Upload It All the Same").click()

    expect(page.get_by_text("File is waiting to be processed.")).to_be_visible()


def test_file_is_dropped_and_removed(self_serve: Cast, signed_in: SignedIn) -> None:
    page = signed_in(self_serve.oak_admin)
    page.goto(f"/d/ferndale/schools/{self_serve.oak.pk}/students/")
    modal = choose(page, "Upload Students")
    dropped = page.evaluate_handle(
        """(content) => {
            const dropped = new DataTransfer();
            dropped.items.add(new File([content], "dropped.csv", {type: "text/csv"}));
            return dropped;
        }""",
        STUDENTS + ANA,
    )

    page.dispatch_event("form.upload", "drop", {"dataTransfer": dropped})
    expect(modal.get_by_text("dropped.csv")).to_be_visible()
    modal.get_by_role("button", name="Remove File").click()
    expect(modal.get_by_text("dropped.csv")).to_have_count(0)
    page.dispatch_event("form.upload", "drop", {"dataTransfer": dropped})
    modal.get_by_role("button", name="Upload", exact=True).click()

    expect(page.get_by_role("region", name="Upload of dropped.csv")).to_be_visible()


def test_too_much_is_told_before_it_is_sent(
    self_serve: Cast, write: Write, signed_in: SignedIn, settings: Settings
) -> None:
    settings.HOMEROOM_SELF_SERVE_BYTES = 1_000
    page = signed_in(self_serve.oak_admin)
    page.goto(f"/d/ferndale/schools/{self_serve.oak.pk}/students/")

    upload(page, write(STUDENTS + ANA * 3_000))

    expect(page.get_by_text("This is more than 1 KB, the most that one upload may have.")).to_be_visible()


def test_mistake_of_the_server_is_said(
    self_serve: Cast, write: Write, signed_in: SignedIn, complaints: list[str]
) -> None:
    page = signed_in(self_serve.oak_admin)
    page.goto(f"/d/ferndale/schools/{self_serve.oak.pk}/students/")
    page.route(
        "**/new/", lambda route: route.fulfill(status=500) if route.request.method == "POST" else route.continue_()
    )

    upload(page, write())

    expect(page.get_by_text("Something went wrong in the server.")).to_be_visible()
    complaints.clear()  # the browser complains, too


def test_classes_are_uploaded_into_a_school_year(
    self_serve: Cast, uploads: Uploads, write: Write, signed_in: SignedIn, size: str
) -> None:
    uploads.done(STAFF + TESS, Kind.STAFF, "staff.csv")
    page = signed_in(self_serve.oak_admin)
    page.goto(f"/d/ferndale/schools/{self_serve.oak.pk}/classes/")
    modal = choose(page, "Upload Classes")
    modal.get_by_label("School Year").select_option("This year")
    keep_picture(page, f"upload-classes-{size}")
    assert axe_violations(page) == []
    modal.get_by_label("Select File").set_input_files(
        write("className,primaryTeacher,grade,subject\nAlgebra,tess@ferndale.example,09,Mathematics\n", "classes.csv")
    )
    modal.get_by_role("button", name="Upload", exact=True).click()
    expect(page.get_by_text("File is waiting to be processed.")).to_be_visible()
    work(last_upload(self_serve))

    expect(page.get_by_text("File processed successfully.")).to_be_visible()
    page.reload()
    expect(page.get_by_role("link", name="Algebra")).to_be_visible()


def test_rows_of_the_status_follow_by_themselves(self_serve: Cast, uploads: Uploads, signed_in: SignedIn) -> None:
    sync = uploads.queued()
    page = signed_in(self_serve.oak_and_elm_admin)
    page.goto(f"/d/ferndale/schools/{self_serve.oak.pk}/students/")
    row = choose(page, "View File Upload Status").locator(f"#upload-{sync.pk}")
    expect(row).to_contain_text("Queued")

    work(sync)

    expect(row).to_contain_text("Completed")


def test_by_keyboard_from_the_options_to_the_report(self_serve: Cast, write: Write, signed_in: SignedIn) -> None:
    page = signed_in(self_serve.oak_admin)
    page.goto(f"/d/ferndale/schools/{self_serve.oak.pk}/students/")
    tab_to(page, "Options")
    page.keyboard.press("Enter")
    tab_to(page, "Upload Students")
    page.keyboard.press("Enter")
    modal = page.get_by_role("dialog")
    expect(modal).to_be_visible()
    page.keyboard.press("Escape")
    expect(modal).to_be_hidden()
    assert focused(page) == "Options"

    page.keyboard.press("Enter")
    tab_to(page, "Upload Students")
    page.keyboard.press("Enter")
    tab_to(page, "Select File")
    page.locator("#id_file").set_input_files(write())  # the chooser is the system's own
    tab_to(page, "Upload")
    page.keyboard.press("Enter")
    expect(page.get_by_text("File is waiting to be processed.")).to_be_visible()
    work(last_upload(self_serve))
    expect(page.get_by_text("File processed with errors.")).to_be_visible()

    tab_to(page, "sync report")
    with page.expect_download():
        page.keyboard.press("Enter")
    tab_to(page, "Dismiss")
    page.keyboard.press("Enter")
    expect(page.locator(".banner")).to_have_count(0)


@pytest.fixture
def without_javascript(browser: Browser, self_serve: Cast, live_server: object) -> Iterator[Page]:
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)  # type: ignore[attr-defined]
    session = people.signed_in(self_serve.oak_admin).cookies["sessionid"].value
    context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])  # type: ignore[attr-defined]
    yield context.new_page()
    context.close()


def test_without_javascript(self_serve: Cast, write: Write, without_javascript: Page) -> None:
    page = without_javascript
    page.goto(f"/d/ferndale/schools/{self_serve.oak.pk}/students/")
    page.locator("summary", has_text="Options").click()
    page.get_by_role("link", name="Upload Students").click()
    page.get_by_label("Select File").set_input_files(write("a,b\n1,2\n"))
    page.get_by_role("button", name="Upload", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("students.csv was not uploaded")
    page.get_by_role("link", name="Remove File").click()
    page.get_by_label("Select File").set_input_files(write())
    page.get_by_role("button", name="Upload", exact=True).click()
    expect(page.get_by_text("File is waiting to be processed.")).to_be_visible()
    work(last_upload(self_serve))

    page.get_by_role("link", name="Load this page again").click()

    expect(page.get_by_text("File processed with errors.")).to_be_visible()
    page.get_by_role("button", name="Dismiss").click()
    expect(page.locator(".banner")).to_have_count(0)
    page.locator("summary", has_text="Options").click()
    page.get_by_role("link", name="View File Upload Status").click()
    expect(page.get_by_role("link", name="sync report")).to_be_visible()
