"""Django's settings, every one of them made from the environment (homeroom.environment)."""

from __future__ import annotations

from email.utils import parseaddr
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from csp.constants import NONCE, NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from psycopg.conninfo import conninfo_to_dict

from homeroom import environment, logs

try:
    ENVIRONMENT = environment.read()
except environment.FaultyEnvironmentError as fault:
    raise ImproperlyConfigured(f"Homeroom cannot start with these settings:\n{fault}") from None

PACKAGE = Path(__file__).parent

# What pages, actions and jobs ask for, as settings.HOMEROOM_….
HOMEROOM_DATA = ENVIRONMENT.data
HOMEROOM_FIELD_KEYS = [key.get_secret_value() for key in ENVIRONMENT.field_keys]
HOMEROOM_URL = ENVIRONMENT.own_url
HOMEROOM_SFTP_PORT = ENVIRONMENT.sftp_port
HOMEROOM_DIGEST_HOUR = ENVIRONMENT.digest_hour
HOMEROOM_PRODUCT = ENVIRONMENT.product
HOMEROOM_SUPPORT_TEXT = ENVIRONMENT.support_text
HOMEROOM_SUPPORT_LINK = ENVIRONMENT.support_link
HOMEROOM_DELIVERY_DAYS = ENVIRONMENT.delivery_days
HOMEROOM_SELF_SERVE_ROWS = ENVIRONMENT.self_serve_rows
HOMEROOM_SELF_SERVE_BYTES = ENVIRONMENT.self_serve_bytes
HOMEROOM_STUDENT_ID_COLUMN = ENVIRONMENT.student_id_column
HOMEROOM_STAFF_ID_COLUMN = ENVIRONMENT.staff_id_column
HOMEROOM_EXTRA_GRADES = ENVIRONMENT.extra_grades
HOMEROOM_EXTRA_SUBJECTS = ENVIRONMENT.extra_subjects
HOMEROOM_LOOPBACK_SOURCES = ENVIRONMENT.loopback_sources
HOMEROOM_PRIVATE_SOURCES = ENVIRONMENT.private_sources
HOMEROOM_METRICS_TOKEN = ENVIRONMENT.metrics_token.get_secret_value()
HOMEROOM_CLASSLINK_PARTNER_KEY = ENVIRONMENT.classlink_partner_key.get_secret_value()
HOMEROOM_CLASSLINK_PROXY = ENVIRONMENT.classlink_proxy
HOMEROOM_UPLOAD_LIMIT_BYTES = ENVIRONMENT.upload_limit_bytes

SECRET_KEY = ENVIRONMENT.secret_key.get_secret_value()
DEBUG = ENVIRONMENT.debug
ALLOWED_HOSTS = ENVIRONMENT.hosts
ROOT_URLCONF = "homeroom.urls"
WSGI_APPLICATION = "homeroom.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    # ours first: their templates go before those of other people's apps
    "homeroom.audit",
    "homeroom.accounts",
    "homeroom.districts",
    "homeroom.feeds",
    "homeroom.notices",
    "homeroom.roster",
    "homeroom.syncs",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.google",
    "allauth.socialaccount.providers.microsoft",
    "allauth.socialaccount.providers.openid_connect",  # ClassLink
    "allauth.usersessions",
    "csp",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.postgres",  # the constraint on school years
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "django.forms",
    "django_cotton.apps.SimpleAppConfig",
    "django_htmx",
    "django_structlog",
    "procrastinate.contrib.django",
    "template_partials.apps.SimpleAppConfig",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "homeroom.accounts.middleware.SignInMiddleware",
    "homeroom.districts.middleware.DistrictMiddleware",
    "homeroom.pages.not_allowed",
]

_LOADERS = [
    "django_cotton.cotton_loader.Loader",
    "django.template.loaders.filesystem.Loader",
    "django.template.loaders.app_directories.Loader",
]
_KEPT_LOADERS = _LOADERS if DEBUG else [("django.template.loaders.cached.Loader", _LOADERS)]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [PACKAGE / "templates"],
        "OPTIONS": {
            "loaders": [("template_partials.loader.Loader", _KEPT_LOADERS)],
            "builtins": ["django_cotton.templatetags.cotton", "template_partials.templatetags.partials"],
            "context_processors": [
                "csp.context_processors.nonce",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.request",
                "homeroom.pages.publisher",
            ],
        },
    }
]
COTTON_DIR = "components"
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"  # every form, other people's too, in our look

STATIC_URL = "/static/"
STATIC_ROOT = ENVIRONMENT.data / "static"  # filled anew at each start of `homeroom serve`
STATICFILES_DIRS = [PACKAGE / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}


def connection_settings(url: str, *, pooled: bool) -> dict[str, Any]:
    """What Django calls a database, from its address."""
    options: dict[str, Any] = dict(conninfo_to_dict(url))
    database: dict[str, Any] = {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": options.pop("dbname"),
        "USER": options.pop("user", ""),
        "PASSWORD": options.pop("password", ""),
        "HOST": options.pop("host", ""),
        "PORT": str(options.pop("port", "")),
    }
    database["CONN_HEALTH_CHECKS"] = True  # a database that came back is met as if it had never gone
    if pooled:  # the web server's threads come and go, and a connection kept for each would be lost with it
        options["pool"] = {"min_size": 1, "max_size": 12, "timeout": 10}
    return {**database, "OPTIONS": options}


DATABASES = {"default": connection_settings(ENVIRONMENT.database_url, pooled=True)}
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",  # shared, so that lock-outs hold on every machine
        "LOCATION": "homeroom_cache",
    }
}

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}", "OPTIONS": options}
    for name, options in (
        ("UserAttributeSimilarityValidator", {"user_attributes": ("email", "name")}),
        ("MinimumLengthValidator", {"min_length": 12}),
        ("CommonPasswordValidator", {}),
        ("NumericPasswordValidator", {}),
    )
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",  # of those who signed in before
]
LOGIN_URL = "/accounts/login/"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "homeroom.accounts.adapter.AccountAdapter"
SOCIALACCOUNT_ADAPTER = "homeroom.accounts.adapter.SocialAccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_UNIQUE_EMAIL = True
ACCOUNT_EMAIL_VERIFICATION = "none"  # an invitation reaches a person by the very address it is for
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = f"[{ENVIRONMENT.product}] "
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if ENVIRONMENT.is_https else "http"
MFA_ADAPTER = "homeroom.accounts.adapter.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = ENVIRONMENT.product
USERSESSIONS_TRACK_ACTIVITY = True
SOCIALACCOUNT_EMAIL_AUTHENTICATION = False
SOCIALACCOUNT_PROVIDERS = {
    "google": {
        "APPS": [
            {
                "client_id": ENVIRONMENT.google_client_id,
                "secret": ENVIRONMENT.google_client_secret.get_secret_value(),
            }
        ]
        if ENVIRONMENT.google_client_id
        else [],
        "SCOPE": ["openid", "profile", "email"],
        "OAUTH_PKCE_ENABLED": True,
    },
    "microsoft": {
        "APPS": [
            {
                "client_id": ENVIRONMENT.microsoft_client_id,
                "secret": ENVIRONMENT.microsoft_client_secret.get_secret_value(),
                "settings": {"tenant": ENVIRONMENT.microsoft_tenant},
            }
        ]
        if ENVIRONMENT.microsoft_client_id
        else [],
    },
    "openid_connect": {
        "OAUTH_PKCE_ENABLED": True,
        "APPS": [
            {
                "provider_id": "classlink",
                "name": "ClassLink",
                "client_id": ENVIRONMENT.classlink_client_id,
                "secret": ENVIRONMENT.classlink_client_secret.get_secret_value(),
                "settings": {"server_url": "https://launchpad.classlink.com/.well-known/openid-configuration"},
            }
        ]
        if ENVIRONMENT.classlink_client_id
        else [],
    },
}
ALLAUTH_TRUSTED_PROXY_COUNT = ENVIRONMENT.proxies

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = ENVIRONMENT.is_https
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_SAVE_EVERY_REQUEST = False
CSRF_TRUSTED_ORIGINS = [f"https://{host.lstrip('.')}" for host in ENVIRONMENT.hosts] if ENVIRONMENT.is_https else []
SECURE_SSL_REDIRECT = False  # the proxy's business; the probes of a container come without TLS
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60 if ENVIRONMENT.is_https else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if ENVIRONMENT.proxies else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "homeroom.pages.csrf_failure"
# A browser also holds the redirect after a form against form-action, and single sign-on is such a redirect.
_SIGN_IN_ELSEWHERE = [
    origin
    for origin, client_id in (
        ("https://launchpad.classlink.com", ENVIRONMENT.classlink_client_id),
        ("https://accounts.google.com", ENVIRONMENT.google_client_id),
        ("https://login.microsoftonline.com", ENVIRONMENT.microsoft_client_id),
    )
    if client_id
]
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],  # the picture of the second factor's code
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF, *_SIGN_IN_ELSEWHERE],
        "frame-ancestors": [NONE],
    }
}

FILE_UPLOAD_TEMP_DIR = None
FILE_UPLOAD_PERMISSIONS = 0o600
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000

_MAIL = urlsplit(ENVIRONMENT.email_url)
EMAIL_BACKEND = {
    "": "homeroom.mail_files.EmailBackend",
    "console": "django.core.mail.backends.console.EmailBackend",
}.get(_MAIL.scheme, "django.core.mail.backends.smtp.EmailBackend")
EMAIL_FILE_PATH = ENVIRONMENT.data / "mail"
EMAIL_HOST = _MAIL.hostname or ""  # of a mail server; "" where e-mails reach nobody
EMAIL_PORT = _MAIL.port or (465 if _MAIL.scheme == "smtps" else 587)
EMAIL_HOST_USER = unquote(_MAIL.username or "")
EMAIL_HOST_PASSWORD = unquote(_MAIL.password or "")
EMAIL_USE_SSL = _MAIL.scheme == "smtps"
EMAIL_USE_TLS = _MAIL.scheme == "smtp" and bool(_MAIL.username)
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = ENVIRONMENT.email_from
SERVER_EMAIL = parseaddr(ENVIRONMENT.email_from)[1]

LANGUAGE_CODE = "en-us"
USE_I18N = False
USE_TZ = True
TIME_ZONE = "UTC"

LOGGING = logs.configuration(debug=DEBUG)
LOGGING_CONFIG = "homeroom.logs.configure"
