"""Every page on one screen."""

from __future__ import annotations

from django.urls import include, path, register_converter

from homeroom import health
from homeroom.districts.views import audit, home, invitations, manage, onboarding, operator, people, schools, settings
from homeroom.roster.addresses import KeyConverter
from homeroom.roster.views import classes as roster_classes
from homeroom.roster.views import people as roster_people
from homeroom.syncs.views import changes, decisions, downloads, one, reports, uploading

register_converter(KeyConverter, "key")

handler400 = "homeroom.pages.bad_request"
handler500 = "homeroom.pages.server_error"

# Under /d/ and /operator/districts/<district>/ DistrictMiddleware lets in who belongs there, and takes the district and
# the school out of the address.
urlpatterns = [
    path("", home.home, name="home"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("accounts/", include("allauth.urls")),
    path("invitations/<slug:of>/", invitations.accept_invitation, name="accept-invitation"),
    # one district
    path("d/<slug:district>/", manage.manage, name="manage"),
    path("d/<slug:district>/schools/", schools.schools, name="schools"),
    path("d/<slug:district>/schools/<int:school>/", schools.school, name="school"),
    path("d/<slug:district>/schools/<int:school>/students/", roster_people.students, name="students"),
    path("d/<slug:district>/schools/<int:school>/students/<key:student_key>/", roster_people.student, name="student"),
    path("d/<slug:district>/schools/<int:school>/staff/", roster_people.staff, name="staff"),
    path("d/<slug:district>/schools/<int:school>/staff/<key:staff_key>/", roster_people.staff_user, name="staff-user"),
    path("d/<slug:district>/schools/<int:school>/classes/", roster_classes.classes, name="classes"),
    path("d/<slug:district>/schools/<int:school>/classes/<key:class_key>/", roster_classes.one_class, name="class"),
    path("d/<slug:district>/people/", people.people, name="people"),
    path("d/<slug:district>/people/invite/", people.invite, name="invite"),
    path("d/<slug:district>/people/<int:membership>/", people.person, name="person"),
    path("d/<slug:district>/people/<int:membership>/remove/", people.remove, name="person-remove"),
    path(
        "d/<slug:district>/people/invitations/<int:invitation>/withdraw/", people.withdraw, name="invitation-withdraw"
    ),
    path("d/<slug:district>/audit/", audit.audit, name="audit"),
    path("d/<slug:district>/settings/", settings.settings, name="settings"),
    path("d/<slug:district>/settings/time-zone/", settings.change_time_zone, name="time-zone"),
    path("d/<slug:district>/settings/school-years/new/", settings.add_school_year, name="school-year-new"),
    path("d/<slug:district>/settings/school-years/<int:year>/", settings.change_school_year, name="school-year"),
    path("d/<slug:district>/sync-reports/", reports.sync_reports, name="sync-reports"),
    path("d/<slug:district>/sync-reports/upload/", uploading.upload, name="sync-upload"),
    path("d/<slug:district>/sync-reports/upload/<slug:ticket>/", uploading.again, name="sync-upload-again"),
    path("d/<slug:district>/sync-reports/<int:sync>/", one.sync, name="sync"),
    path("d/<slug:district>/sync-reports/<int:sync>/row/", reports.row, name="sync-row"),
    path("d/<slug:district>/sync-reports/<int:sync>/progress/", one.progress, name="sync-progress"),
    path("d/<slug:district>/sync-reports/<int:sync>/changes/", changes.list_of_changes, name="sync-changes"),
    path("d/<slug:district>/sync-reports/<int:sync>/approve/", decisions.approve, name="sync-approve"),
    path("d/<slug:district>/sync-reports/<int:sync>/discard/", decisions.discard, name="sync-discard"),
    path("d/<slug:district>/sync-reports/<int:sync>/retry/", decisions.retry, name="sync-retry"),
    path("d/<slug:district>/sync-reports/<int:sync>/undo/", decisions.undo, name="sync-undo"),
    path("d/<slug:district>/sync-reports/<int:sync>/files/<str:name>", downloads.file, name="sync-file"),
    # the publisher's own staff
    path("operator/districts/", operator.districts, name="operator-districts"),
    path("operator/districts/new/", operator.new_district, name="operator-district-new"),
    path("operator/districts/<slug:district>/", operator.district, name="operator-district"),
    path("operator/districts/<slug:district>/method/", operator.method, name="operator-method"),
    path("operator/districts/<slug:district>/limits/", operator.limits, name="operator-limits"),
    path("operator/districts/<slug:district>/close/", operator.close, name="operator-close"),
    path("operator/districts/<slug:district>/reopen/", operator.reopen, name="operator-reopen"),
    path("operator/districts/<slug:district>/schools/", onboarding.onboarding, name="operator-schools"),
    path(
        "operator/districts/<slug:district>/schools/<int:school>/end/",
        onboarding.end_onboarding,
        name="operator-school-end",
    ),
]
