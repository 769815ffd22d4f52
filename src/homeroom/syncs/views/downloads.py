"""Which files of a sync there are to download, who may have them, and the answers that carry them."""

from __future__ import annotations

from pathlib import Path

from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404

from homeroom.districts.permissions import DistrictRequest, allowed
from homeroom.syncs import changes, storage
from homeroom.syncs.forms import ChangeFilters
from homeroom.syncs.models import Sync
from homeroom.syncs.views.changes import wanted

CSV, _ZIP = "text/csv; charset=utf-8", "application/zip"


@allowed("syncs.read")  # all of them: a report, the findings, the changes and the delivery speak of the same records
def file(request: DistrictRequest, sync: int, name: str) -> FileResponse:
    of = get_object_or_404(Sync.of_rosters, pk=sync)
    if name == "changes.csv" and storage.changes_path(of):
        made = changes.as_csv(of, **wanted(ChangeFilters(request.GET)))
        opened = answer(made, f"changes-of-sync-{of.pk}.csv", CSV)
        made.unlink()  # it is open, and goes when it is closed
        return opened
    if name == "findings.csv":
        return answer(storage.findings_file(of), f"findings-of-sync-{of.pk}.csv", CSV)
    if name == "delivery.zip":
        return answer(storage.delivery_as_zip(of), f"delivery-of-sync-{of.pk}.zip", _ZIP)
    return answer(storage.report_file(of, name), name, CSV)


def answer(path: Path | None, name: str, content_type: str) -> FileResponse:
    """The file, to be saved and not shown, and to be kept by nobody on the way."""
    try:
        opened = path.open("rb") if path else None
    except FileNotFoundError:  # its time was over just now
        opened = None
    if opened is None:
        raise Http404
    headers = {"Cache-Control": "private, no-store", "X-Content-Type-Options": "nosniff"}
    return FileResponse(opened, as_attachment=True, filename=name, content_type=content_type, headers=headers)
