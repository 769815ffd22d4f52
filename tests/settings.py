"""The settings under which tests and the type checker run: those of the product, from an environment made up here."""

import os
import tempfile

os.environ.setdefault("DATABASE_URL", "postgresql:///homeroom?host=/nowhere")  # tests.database says where it is
os.environ.setdefault("HOMEROOM_SECRET_KEY", "only-for-tests-" + "0" * 32)
os.environ.setdefault("HOMEROOM_FIELD_KEYS", "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=")
# Of several processes that run tests each has a database and a folder of its own, not that of who started them.
_FOLDER = f"{tempfile.gettempdir()}/homeroom-tests-"
if os.environ.get("HOMEROOM_DATA", _FOLDER).startswith(_FOLDER):
    os.environ["HOMEROOM_DATA"] = f"{_FOLDER}{os.environ.get('PYTEST_XDIST_WORKER', 'gw')}"

from homeroom.settings import *  # noqa: E402, F403 — the environment must be there first

STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # the slow ones are slow on purpose
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
WHITENOISE_AUTOREFRESH = True
