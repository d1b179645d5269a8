"""The product's settings in a home of this process's own; the database's address comes later, from `conftest.py`."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

_HOME = Path(tempfile.mkdtemp(prefix="ihala-test-"))
atexit.register(shutil.rmtree, _HOME, ignore_errors=True)
for _name in [name for name in os.environ if name.startswith("IHALA_")]:
    del os.environ[_name]
os.environ["IHALA_HOME"] = str(_HOME)
os.environ["IHALA_DEMO"] = "1"
os.environ["IHALA_AGENT"] = "inside"  # a test's rows are never committed, and the agent reads nothing else
os.environ["IHALA_DATABASE_URL"] = "postgresql://ihala_app@127.0.0.1:1/not-yet"

from config.settings import *  # noqa: E402, F403

del DATABASES["default"]["OPTIONS"]["pool"]  # noqa: F405  pytest-django holds one connection per test
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # the real one is tested by itself
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}  # noqa: F405
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "testserver"]
IHALA_LIKENESS = "ihala.vault.likeness.exact"  # the product's starts a process; tests/matching asks that one
DOOR = LOGIN_URL  # noqa: F405  the door of production; the demo's is tested by itself


class _Undefined(str):
    """What an undefined variable becomes in a template: an error that names it, instead of silence."""

    def __contains__(self, part: object) -> bool:
        return part == "%s"

    def __mod__(self, name: object) -> str:
        raise LookupError(f"undefined variable in a template: {name}")


TEMPLATES[0]["OPTIONS"]["string_if_invalid"] = _Undefined("undefined %s")  # noqa: F405
LOGGING = {"version": 1, "disable_existing_loggers": False}
