"""What the tests change: plain static files, cheap passwords, the owner's role while the database is made."""

import os
import tempfile
from pathlib import Path

os.environ.setdefault("DEVELOPMENT", "1")
os.environ.setdefault("SECRET_KEY", "for the tests only, never for anything that anyone relies upon")
os.environ.setdefault("PERSONAL_DATA_KEY", "Zm9yIHRoZSB0ZXN0cyBvbmx5LCBuZXZlciBmb3IgdXM=")
os.environ.setdefault("REDIS_URL", "redis://127.0.0.1:6379/9")
os.environ.setdefault("DATABASE_URL", "postgresql://goldidea_app@127.0.0.1/goldidea")
os.environ.setdefault("DATABASE_OWNER_URL", "postgresql://goldidea_owner@127.0.0.1/goldidea")
os.environ.setdefault("MEDIA_ROOT", tempfile.mkdtemp(prefix="goldidea-media-"))
os.environ.setdefault(
    "SIGNING_KEY_FILE", str(Path(tempfile.mkdtemp(prefix="goldidea-secrets-")) / "signing_key")
)

from goldidea.settings import env
from goldidea.settings.base import *  # noqa: F403

# The tests' database is made by the owner; conftest.py then becomes the application's role.
# A server whose template1 is not to be touched names a template of its own, in which both roles have their rights.
DATABASE_TEMPLATE = os.environ.get("DATABASE_TEMPLATE", "template1")
DATABASES = {"default": {**env.database("DATABASE_OWNER_URL"), "TEST": {"TEMPLATE": DATABASE_TEMPLATE}}}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
ALLOWED_HOSTS = ["*"]
SECURE_SSL_REDIRECT = False
CELERY_TASK_ALWAYS_EAGER = False
