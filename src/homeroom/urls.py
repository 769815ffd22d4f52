"""Every page on one screen."""

from __future__ import annotations

from django.urls import include, path, register_converter

from homeroom import health, metrics
from homeroom.districts.views import audit, home, invitations, manage, onboarding, operator, people, schools, settings
from homeroom.feeds import box_views
from homeroom.feeds import views as feeds
from homeroom.notices import views as notices
from homeroom.roster.addresses import KeyConverter
from homeroom.roster.views import class_changes, people_changes
from homeroom.roster.views import classes as roster_classes
from homeroom.roster.views import people as roster_people
from homeroom.syncs.uploads.views import banners as upload_banners
from homeroom.syncs.uploads.views import downloads as upload_downloads
from homeroom.syncs.uploads.views import new as upload_new
from homeroom.syncs.uploads.views import one as upload_one
from homeroom.syncs.uploads.views import status as upload_status
from homeroom.syncs.views import changes, decisions, downloads, errors, explained, now, one, reports, uploading

register_converter(KeyConverter, "key")

handler400 = "homeroom.pages.bad_request"
handler500 = "homeroom.pages.server_error"

_SCHOOL = "d/<slug:district>/schools/<int:school>/"
_SOURCE = "operator/districts/<slug:district>/source/"

# Under /d/ and /operator/districts/<district>/ DistrictMiddleware lets in who belongs there, and takes the district and
# the school out of the address.
urlpatterns = [
    path("", home.home, name="home"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", metrics.metrics, name="metrics"),
    path("accounts/", include("allauth.urls")),
    path("invitations/<slug:of>/", invitations.accept_invitation, name="accept-invitation"),
    path("help/errors/<slug:rule>/", explained.explained, name="explained"),
    # one district
    path("d/<slug:district>/", manage.manage, name="manage"),
    path("d/<slug:district>/schools/", schools.schools, name="schools"),
    path("d/<slug:district>/schools/<int:school>/", schools.school, name="school"),
    # one school of it
    path(_SCHOOL + "students/", roster_people.students, name="students"),
    path(_SCHOOL + "students/new/", people_changes.create_student, name="student-new"),
    path(_SCHOOL + "students/<key:student_key>/", roster_people.student, name="student"),
    path(_SCHOOL + "students/<key:student_key>/edit/", people_changes.edit_student, name="student-edit"),
    path(_SCHOOL + "students/<key:student_key>/archive/", people_changes.archive_student, name="student-archive"),
    path(_SCHOOL + "students/<key:student_key>/restore/", people_changes.restore_student, name="student-restore"),
    path(
        _SCHOOL + "students/<key:student_key>/password/", people_changes.reset_student_password, name="student-password"
    ),
    path(_SCHOOL + "staff/", roster_people.staff, name="staff"),
    path(_SCHOOL + "staff/new/", people_changes.create_staff_user, name="staff-user-new"),
    path(_SCHOOL + "staff/<key:staff_key>/", roster_people.staff_user, name="staff-user"),
    path(_SCHOOL + "staff/<key:staff_key>/edit/", people_changes.edit_staff_user, name="staff-user-edit"),
    path(_SCHOOL + "staff/<key:staff_key>/archive/", people_changes.archive_staff_user, name="staff-user-archive"),
    path(_SCHOOL + "staff/<key:staff_key>/restore/", people_changes.restore_staff_user, name="staff-user-restore"),
    path(_SCHOOL + "staff/<key:staff_key>/password/", people_changes.reset_staff_password, name="staff-user-password"),
    path(_SCHOOL + "classes/", roster_classes.classes, name="classes"),
    path(_SCHOOL + "classes/new/", class_changes.create_class, name="class-new"),
    path(_SCHOOL + "classes/<key:class_key>/", roster_classes.one_class, name="class"),
    path(_SCHOOL + "classes/<key:class_key>/edit/", class_changes.edit_class, name="class-edit"),
    path(_SCHOOL + "classes/<key:class_key>/archive/", class_changes.archive_class, name="class-archive"),
    path(_SCHOOL + "classes/<key:class_key>/restore/", class_changes.restore_class, name="class-restore"),
    path(_SCHOOL + "classes/<key:class_key>/enroll/", class_changes.enroll, name="class-enroll"),
    path(_SCHOOL + "classes/<key:class_key>/teachers/", class_changes.add_co_teachers, name="class-teachers"),
    path(_SCHOOL + "classes/<key:class_key>/remove/<key:enrollment_key>/", class_changes.remove, name="class-remove"),
    # its uploads
    path(_SCHOOL + "uploads/<slug:kind>/", upload_status.status, name="upload-status"),
    path(_SCHOOL + "uploads/<slug:kind>/new/", upload_new.new, name="upload-new"),
    path(_SCHOOL + "uploads/<slug:kind>/template/", upload_downloads.template, name="upload-template"),
    path(_SCHOOL + "uploads/<slug:kind>/<int:upload>/", upload_one.upload, name="upload"),
    path(_SCHOOL + "uploads/<slug:kind>/<int:upload>/progress/", upload_one.progress, name="upload-progress"),
    path(_SCHOOL + "uploads/<slug:kind>/<int:upload>/row/", upload_status.row, name="upload-row"),
    path(_SCHOOL + "uploads/<slug:kind>/<int:upload>/banner/", upload_banners.banner, name="upload-banner"),
    path(_SCHOOL + "uploads/<slug:kind>/<int:upload>/dismiss/", upload_banners.dismiss, name="upload-dismiss"),
    path(_SCHOOL + "uploads/<slug:kind>/<int:upload>/report/", upload_downloads.report, name="upload-report"),
    path(_SCHOOL + "uploads/<slug:kind>/<int:upload>/correct/", upload_downloads.to_correct, name="upload-to-correct"),
    path(_SCHOOL + "uploads/<slug:kind>/<int:upload>/file/", upload_downloads.uploaded, name="upload-file"),
    # who can sign in, and the district itself
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
    path("d/<slug:district>/notices/", notices.notices, name="notices"),
    path("d/<slug:district>/notices/expected/", notices.expectation, name="notices-expected"),
    path("d/<slug:district>/notices/webhooks/new/", notices.add_webhook, name="webhook-new"),
    path("d/<slug:district>/notices/webhooks/<int:webhook>/", notices.webhook, name="webhook"),
    path("d/<slug:district>/notices/webhooks/<int:webhook>/test/", notices.send_test, name="webhook-test"),
    path("d/<slug:district>/notices/webhooks/<int:webhook>/secret/", notices.renew_secret, name="webhook-secret"),
    path("d/<slug:district>/notices/webhooks/<int:webhook>/remove/", notices.remove_webhook, name="webhook-remove"),
    path("d/<slug:district>/sync-reports/", reports.sync_reports, name="sync-reports"),
    path("d/<slug:district>/sync-reports/upload/", uploading.upload, name="sync-upload"),
    path("d/<slug:district>/sync-reports/upload/<slug:ticket>/", uploading.again, name="sync-upload-again"),
    path("d/<slug:district>/sync-reports/<int:sync>/", one.sync, name="sync"),
    path("d/<slug:district>/sync-reports/<int:sync>/row/", reports.row, name="sync-row"),
    path("d/<slug:district>/sync-reports/<int:sync>/progress/", one.progress, name="sync-progress"),
    path("d/<slug:district>/sync-reports/<int:sync>/changes/", changes.list_of_changes, name="sync-changes"),
    path("d/<slug:district>/sync-reports/<int:sync>/errors/", errors.errors, name="sync-errors"),
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
    path(_SOURCE, feeds.source, name="source"),
    path(_SOURCE + "connect/", feeds.connect, name="source-connect"),
    path(_SOURCE + "classlink/", feeds.classlink, name="source-classlink"),
    path(_SOURCE + "credentials/", feeds.credentials, name="source-credentials"),
    path(_SOURCE + "nights/", feeds.nights, name="source-nights"),
    path(_SOURCE + "drop-box/", box_views.drop_box, name="source-drop-box"),
    path(_SOURCE + "drop-box/password/", box_views.password, name="source-drop-box-password"),
    path(_SOURCE + "host-key/", feeds.host_key, name="source-host-key"),
    path(_SOURCE + "test/", feeds.test, name="source-test"),
    path(_SOURCE + "pause/", feeds.pause, name="source-pause"),
    path(_SOURCE + "resume/", feeds.resume, name="source-resume"),
    path(_SOURCE + "sync-now/", now.sync_now, name="sync-now"),
]
