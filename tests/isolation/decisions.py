"""Who may open each page. A page that is not listed here fails the tests: decide, and write it down.

The district of every address is Ferndale, a ``oneroster-csv`` district unless the decision says otherwise; what the
rest of the address names belongs to Elm Middle. So ``oak_admin`` is the administrator of the wrong school, ``outsider``
is somebody of another district, and ``nobody`` has an account and no membership. Whoever is not named gets 404.
"""

from __future__ import annotations

from dataclasses import dataclass

from homeroom.districts.models import Method

EVERYBODY = ("operator", "district_admin", "oak_admin", "oak_and_elm_admin", "outsider", "nobody")


@dataclass(frozen=True)
class Decision:
    """may: who of the cast gets an answer. is_public: who is signed out gets one too, instead of being led to sign-in.

    method: the rostering method that Ferndale has when the page is asked for.
    """

    may: tuple[str, ...]
    is_public: bool = False
    method: Method = Method.ONEROSTER_CSV


PUBLIC = Decision(EVERYBODY, is_public=True)
MACHINES_WITH_A_TOKEN = Decision((), is_public=True)
OWN_ACCOUNT = Decision(EVERYBODY)
OPERATORS = Decision(("operator",))
OPERATORS_WHERE_COLLECTED = Decision(OPERATORS.may, method=Method.CLASSLINK)
DISTRICT_ADMINS = Decision(("operator", "district_admin"))
ADMINS_OF_ELM = Decision(("operator", "district_admin", "oak_and_elm_admin"))
ADMINS_OF_ELM_BY_HAND = Decision(ADMINS_OF_ELM.may, method=Method.SELF_SERVE)
ALL_OF_FERNDALE = Decision(("operator", "district_admin", "oak_admin", "oak_and_elm_admin"))
OWN_UPLOADS = Decision(("operator",), method=Method.SELF_SERVE)  # who sent the one that the tests make

DECISIONS = {
    "healthz": PUBLIC,
    "readyz": PUBLIC,
    "metrics": MACHINES_WITH_A_TOKEN,
    "home": OWN_ACCOUNT,
    "accept-invitation": PUBLIC,
    "explained": PUBLIC,
    # one district
    "manage": ALL_OF_FERNDALE,
    "schools": ALL_OF_FERNDALE,
    "school": ADMINS_OF_ELM,
    "students": ADMINS_OF_ELM,
    "student-new": ADMINS_OF_ELM_BY_HAND,
    "student": ADMINS_OF_ELM,
    "student-edit": ADMINS_OF_ELM_BY_HAND,
    "student-archive": ADMINS_OF_ELM_BY_HAND,
    "student-restore": ADMINS_OF_ELM_BY_HAND,
    "student-password": ADMINS_OF_ELM_BY_HAND,
    "staff": ADMINS_OF_ELM,
    "staff-user-new": ADMINS_OF_ELM_BY_HAND,
    "staff-user": ADMINS_OF_ELM,
    "staff-user-edit": ADMINS_OF_ELM_BY_HAND,
    "staff-user-archive": ADMINS_OF_ELM_BY_HAND,
    "staff-user-restore": ADMINS_OF_ELM_BY_HAND,
    "staff-user-password": ADMINS_OF_ELM_BY_HAND,
    "classes": ADMINS_OF_ELM,
    "class-new": ADMINS_OF_ELM_BY_HAND,
    "class": ADMINS_OF_ELM,
    "class-edit": ADMINS_OF_ELM_BY_HAND,
    "class-archive": ADMINS_OF_ELM_BY_HAND,
    "class-restore": ADMINS_OF_ELM_BY_HAND,
    "class-enroll": ADMINS_OF_ELM_BY_HAND,
    "class-teachers": ADMINS_OF_ELM_BY_HAND,
    "class-remove": ADMINS_OF_ELM_BY_HAND,
    "upload-status": ADMINS_OF_ELM_BY_HAND,
    "upload-new": ADMINS_OF_ELM_BY_HAND,
    "upload-template": ADMINS_OF_ELM_BY_HAND,
    "upload": ADMINS_OF_ELM_BY_HAND,
    "upload-progress": ADMINS_OF_ELM_BY_HAND,
    "upload-row": ADMINS_OF_ELM_BY_HAND,
    "upload-report": ADMINS_OF_ELM_BY_HAND,
    "upload-to-correct": ADMINS_OF_ELM_BY_HAND,
    "upload-file": ADMINS_OF_ELM_BY_HAND,
    "upload-banner": OWN_UPLOADS,
    "upload-dismiss": OWN_UPLOADS,
    "people": ALL_OF_FERNDALE,
    "invite": ALL_OF_FERNDALE,
    "person": DISTRICT_ADMINS,
    "person-remove": DISTRICT_ADMINS,
    "invitation-withdraw": ADMINS_OF_ELM,
    "audit": DISTRICT_ADMINS,
    "settings": DISTRICT_ADMINS,
    "time-zone": DISTRICT_ADMINS,
    "school-year-new": DISTRICT_ADMINS,
    "school-year": DISTRICT_ADMINS,
    "notices": DISTRICT_ADMINS,
    "notices-expected": DISTRICT_ADMINS,
    "webhook-new": DISTRICT_ADMINS,
    "webhook": DISTRICT_ADMINS,
    "webhook-test": DISTRICT_ADMINS,
    "webhook-secret": DISTRICT_ADMINS,
    "webhook-remove": DISTRICT_ADMINS,
    "sync-reports": DISTRICT_ADMINS,
    "sync-upload": DISTRICT_ADMINS,
    "sync-upload-again": DISTRICT_ADMINS,
    "sync": DISTRICT_ADMINS,
    "sync-row": DISTRICT_ADMINS,
    "sync-progress": DISTRICT_ADMINS,
    "sync-changes": DISTRICT_ADMINS,
    "sync-errors": DISTRICT_ADMINS,
    "sync-approve": DISTRICT_ADMINS,
    "sync-discard": DISTRICT_ADMINS,
    "sync-retry": OPERATORS,
    "sync-undo": DISTRICT_ADMINS,
    "sync-file": DISTRICT_ADMINS,
    # the publisher's own staff
    "operator-districts": OPERATORS,
    "operator-district-new": OPERATORS,
    "operator-district": OPERATORS,
    "operator-method": OPERATORS,
    "operator-limits": OPERATORS,
    "operator-close": OPERATORS,
    "operator-reopen": OPERATORS,
    "operator-schools": OPERATORS,
    "operator-school-end": OPERATORS,
    "source": OPERATORS_WHERE_COLLECTED,
    "source-connect": OPERATORS_WHERE_COLLECTED,
    "source-classlink": OPERATORS_WHERE_COLLECTED,
    "source-credentials": OPERATORS_WHERE_COLLECTED,
    "source-nights": OPERATORS_WHERE_COLLECTED,
    "source-drop-box": OPERATORS_WHERE_COLLECTED,
    "source-drop-box-password": OPERATORS_WHERE_COLLECTED,
    "source-host-key": OPERATORS_WHERE_COLLECTED,
    "source-test": OPERATORS_WHERE_COLLECTED,
    "source-pause": OPERATORS_WHERE_COLLECTED,
    "source-resume": OPERATORS_WHERE_COLLECTED,
    "sync-now": OPERATORS_WHERE_COLLECTED,
}

# Allauth's pages are about nobody but the person who asks.
OF_ONES_OWN_ACCOUNT = {
    "account_change_password",
    "account_email",
    "account_reauthenticate",
    "account_set_password",
    "mfa_activate_totp",
    "mfa_deactivate_totp",
    "mfa_download_recovery_codes",
    "mfa_generate_recovery_codes",
    "mfa_index",
    "mfa_reauthenticate",
    "mfa_view_recovery_codes",
    "socialaccount_connections",
    "usersessions_list",
}
ON_THE_WAY_IN = {
    "account_confirm_email",
    "account_confirm_login_code",
    "account_email_verification_sent",
    "account_inactive",
    "account_login",
    "account_logout",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key",
    "account_reset_password_from_key_done",
    "account_signup",
    "google_callback",
    "google_login",
    "google_login_by_token",
    "mfa_authenticate",
    "microsoft_callback",
    "microsoft_login",
    "openid_connect_callback",
    "openid_connect_login",
    "socialaccount_login_cancelled",
    "socialaccount_login_error",
    "socialaccount_signup",
    # addresses of earlier versions of allauth, which lead to those above
    "accounts/social/connections/",
    "accounts/social/login/cancelled/",
    "accounts/social/login/error/",
    "accounts/social/signup/",
}
DECIDED = set(DECISIONS) | OF_ONES_OWN_ACCOUNT | ON_THE_WAY_IN
