"""Settings of the test run: the same system with fast passwords, no second process and plain static files."""

import os
import tempfile
from pathlib import Path

# Nothing a test does may touch the office's own files.
os.environ["VAR_DIR"] = tempfile.mkdtemp(prefix="supervision-test-")
os.environ.setdefault("SECRET_KEY", "only-for-the-test-run")
os.environ.setdefault("LOG_FORMAT", "text")
os.environ.setdefault("LOG_LEVEL", "WARNING")
os.environ.setdefault("BROKER_URL", "memory://")

from config.settings.base import *
from config.settings.base import DATABASES, STORAGES, VAR_DIR

ALLOWED_HOSTS = ["testserver", "127.0.0.1", "localhost"]
HTTPS = SECURE_SSL_REDIRECT = SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = False
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
AXES_ENABLED = False  # a test of the lock switches it on
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
CELERY_TASK_ALWAYS_EAGER = True
CELERY_TASK_EAGER_PROPAGATES = True
STORAGES = STORAGES | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
WHITENOISE_AUTOREFRESH = True
STRICT_TEMPLATES = True  # an unknown icon fails the test instead of drawing nothing
# Own to each test process; the queue of the tests that need one is in TEST_REDIS_URL.
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}

if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # A file, because a database in memory is shared badly between a browser test's server and the test itself.
    DATABASES["default"]["TEST"] = {"NAME": str(Path(VAR_DIR) / "test.sqlite3")}
else:
    # Tests make and drop databases, which open pools would hold on to.
    DATABASES["default"]["OPTIONS"].pop("pool", None)
