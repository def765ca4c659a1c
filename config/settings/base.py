"""Settings of every installation. What differs between two of them comes from the environment."""

import mimetypes
from datetime import timedelta
from pathlib import Path

from csp.constants import NONE, SELF

from config.schedule import BEAT_SCHEDULE
from config.settings import env
from config.settings.logs import logging_config

BASE_DIR = Path(__file__).resolve().parents[2]
VAR_DIR = Path(env.text("VAR_DIR") or BASE_DIR / "var")

# --- Who may reach it ---------------------------------------------------------------------------------------

DEBUG = env.flag("DEBUG")
# Plain http is for `make run` on one machine; everywhere else the site is https only.
HTTPS = env.flag("HTTPS", default=not DEBUG)
# Behind nginx the client's address and scheme come in headers that nginx overwrites.
BEHIND_PROXY = env.flag("BEHIND_PROXY")
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", "127.0.0.1,localhost,[::1]")
CSRF_TRUSTED_ORIGINS = env.words("CSRF_TRUSTED_ORIGINS")
SECRET_KEY = env.secret_key("SECRET_KEY", VAR_DIR / "secret_key")
SECRET_KEY_FALLBACKS = env.words("SECRET_KEY_FALLBACKS")
# Seal who complained; the first seals, all open. Their own file, so that a new SECRET_KEY does not lock identities away.
SEALING_KEYS = [*env.words("SEALING_KEYS")] or [env.secret_key("SEALING_KEY", VAR_DIR / "sealing_key")]

# --- Parts --------------------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.forms",
    "guardian",
    "axes",
    "csp",
    "django_filters",
    "django_htmx",
    "django_prometheus",
    "django_structlog",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "drf_standardized_errors",
    "policy",
    "accounts",
    "projects",
    "approvals",
    "supervision",
    "reporting",
]

MIDDLEWARE = [
    "django_prometheus.middleware.PrometheusBeforeMiddleware",
    "accounts.middleware.RequestIdMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "reporting.disclosure.fast.PublishedPagesMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "config.middleware.LanguageMiddleware",
    "accounts.type_size.TypeSizeMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "accounts.middleware.PlainTextMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    # Every view asks for a signed-in person unless it says otherwise with @login_not_required.
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "supervision.investors.middleware.TakenBackMiddleware",
    "accounts.middleware.PostingMiddleware",
    "accounts.gate.PasswordGateMiddleware",
    "supervision.investors.middleware.OwnPagesMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",
    "django_prometheus.middleware.PrometheusAfterMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
FORM_RENDERER = "accounts.renderer.PortalRenderer"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "accounts.context.portal",
            ],
        },
    },
]

# --- Data ---------------------------------------------------------------------------------------------------

DATABASES = {"default": env.database(env.text("DATABASE_URL", f"sqlite:///{VAR_DIR / 'db.sqlite3'}"))}

REDIS_URL = env.text("REDIS_URL")
BROKER_URL, _cache_url = env.redis_urls(REDIS_URL)
BROKER_URL = env.text("BROKER_URL", BROKER_URL)
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": _cache_url,
        "OPTIONS": {"socket_timeout": 2, "socket_connect_timeout": 2},
    }
    if _cache_url
    else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
}

MEDIA_ROOT = VAR_DIR / "media"
MEDIA_URL = "media/"  # never served as files: each download is a view that asks the scope
FILE_UPLOAD_TEMP_DIR = VAR_DIR / "uploads"
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700
UPLOAD_MAX_BYTES = 25 * 1024 * 1024  # asked by the upload form; nginx refuses a little above it
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000  # a county's ledger edited in the browser: 500 rows of 30 fields
DATA_UPLOAD_MAX_NUMBER_FILES = 60  # a form takes six; above that its own message is the one seen
for _folder in (MEDIA_ROOT, FILE_UPLOAD_TEMP_DIR):
    _folder.mkdir(parents=True, exist_ok=True, mode=0o700)

# --- Static files -------------------------------------------------------------------------------------------

STATIC_URL = "static/"
STATIC_ROOT = Path(env.text("STATIC_ROOT") or VAR_DIR / "staticfiles")
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
# Slim machine images know neither type; a wrong one is refused under nosniff.
mimetypes.add_type("text/javascript", ".js")
mimetypes.add_type("font/woff2", ".woff2")

# --- Language and time --------------------------------------------------------------------------------------

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
USE_I18N = True
# Duties counted from an earlier day (signings before the system was in use) are not kept.
DUTIES_SINCE = env.day("DUTIES_SINCE", "2026-01-01")

# --- People, sign-in, sessions ------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
    "guardian.backends.ObjectPermissionBackend",
]
LOGIN_URL = "accounts:login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = LOGIN_URL
GUARDIAN_MONKEY_PATCH_USER = False
ANONYMOUS_USER_NAME = None

PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
_VALIDATION = "django.contrib.auth.password_validation"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"{_VALIDATION}.UserAttributeSimilarityValidator"},
    {"NAME": f"{_VALIDATION}.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": f"{_VALIDATION}.CommonPasswordValidator"},
    {"NAME": f"{_VALIDATION}.NumericPasswordValidator"},
]

SESSION_COOKIE_AGE = 30 * 60  # seconds of idleness: each request starts the half hour anew
SESSION_SAVE_EVERY_REQUEST = True
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"

# Locked is one name from one address, so that nobody can lock a whole office out from elsewhere.
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_TEMPLATE = "accounts/locked.html"
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False
AXES_IPWARE_META_PRECEDENCE_ORDER = ("HTTP_X_REAL_IP", "REMOTE_ADDR") if BEHIND_PROXY else ("REMOTE_ADDR",)

# --- What a browser is told ---------------------------------------------------------------------------------

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],  # Tabler draws select arrows and ticks as data addresses
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^metrics$"]  # asked on the loopback, without TLS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
# Sub-domains and preloading bind the office's whole domain: its owner's choice, not this system's.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]

# Shown in the bar and at the foot of each page; the office's own words.
PORTAL_NAME = env.text("PORTAL_NAME", "黑龙江省签约项目监管系统")
PORTAL_SPONSOR = env.text("PORTAL_SPONSOR", "黑龙江省营商环境建设监督局")
PORTAL_HELP_PHONE = env.text("PORTAL_HELP_PHONE")
STRICT_TEMPLATES = DEBUG  # a wrong icon name is an error while developing, nothing is drawn in production

# --- Queue --------------------------------------------------------------------------------------------------
# The database is the truth and the queue a doorbell; see config/schedule.py. Settings below are the ones that
# keep a killed worker, a frozen broker or a poison task from losing or multiplying work.

QUEUES = ("import", "report", "warn", "mail")
CELERY_BROKER_URL = BROKER_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TIMEZONE = TIME_ZONE
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_SOFT_TIME_LIMIT = 14 * 60
CELERY_TASK_TIME_LIMIT = 15 * 60
CELERY_TASK_DEFAULT_QUEUE = "default"
# A task goes where the first word of its name says, unless it names its queue itself.
CELERY_TASK_ROUTES = {f"*.tasks.{queue}_*": {"queue": queue} for queue in QUEUES}
CELERY_BEAT_SCHEDULE = BEAT_SCHEDULE
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_MAX_TASKS_PER_CHILD = 200
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# A web request that rings the doorbell of a dead broker gives up after about a second, and the row stays due.
CELERY_TASK_PUBLISH_RETRY_POLICY = {
    "max_retries": 1,
    "interval_start": 0,
    "interval_step": 0.2,
    "interval_max": 0.2,
}
CELERY_BROKER_TRANSPORT_OPTIONS = env.broker_options(BROKER_URL, visibility_timeout=20 * 60)

# --- Interface for programs ---------------------------------------------------------------------------------

REST_FRAMEWORK = {
    # Tokens first: their header makes a missing one a 401. The session serves the page that describes the interface.
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "accounts.tokens.authentication.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser", "rest_framework.parsers.MultiPartParser"],
    "DEFAULT_THROTTLE_CLASSES": ["rest_framework.throttling.UserRateThrottle"],
    "DEFAULT_THROTTLE_RATES": {"user": "600/min", "upload": "20/min"},
    "DEFAULT_SCHEMA_CLASS": "accounts.api.schema.ProblemSchema",
    "EXCEPTION_HANDLER": "drf_standardized_errors.handler.exception_handler",
    "URL_FORMAT_OVERRIDE": None,
}
_PROBLEM = "accounts.api.problems.Problem"
_PROBLEM_STATUSES = ["400", "401", "403", "404", "405", "406", "415", "429"]
DRF_STANDARDIZED_ERRORS = {
    "ALLOWED_ERROR_STATUS_CODES": _PROBLEM_STATUSES,
    "ERROR_SCHEMAS": dict.fromkeys(_PROBLEM_STATUSES, _PROBLEM),
    "EXCEPTION_HANDLER_CLASS": "accounts.api.problems.Handler",
    "EXCEPTION_FORMATTER_CLASS": "accounts.api.problems.Formatter",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "签约项目监管系统",
    "VERSION": "1.0.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.IsAuthenticated"],
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "ENUM_NAME_OVERRIDES": {
        "ProjectState": "projects.models.ProjectState",
        "HandInState": "reporting.ledgers.models.AttemptState",
        "ReportState": "reporting.reports.models.ReportState",
        "DatePrecision": "projects.models.DatePrecision",
        "MilestoneCode": "projects.models.MilestoneCode",
    },
}

# --- Mail, logs, figures ------------------------------------------------------------------------------------

EMAIL_BACKEND = env.text("EMAIL_BACKEND", "django.core.mail.backends.console.EmailBackend")
EMAIL_HOST = env.text("EMAIL_HOST", "localhost")
EMAIL_PORT = env.number("EMAIL_PORT", 25)
EMAIL_HOST_USER = env.text("EMAIL_HOST_USER")
EMAIL_HOST_PASSWORD = env.text("EMAIL_HOST_PASSWORD")
EMAIL_USE_TLS = env.flag("EMAIL_USE_TLS")
EMAIL_USE_SSL = env.flag("EMAIL_USE_SSL")
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.text("DEFAULT_FROM_EMAIL", "webmaster@localhost")
# Years after its end that a complaint keeps words, files and who sent it; the counts stay for ever.
COMPLAINT_KEEP_YEARS = env.number("COMPLAINT_KEEP_YEARS", 3)
# Years that a named rating keeps who gave it, and any what was noted on the telephone; the rating stays for ever.
RATING_KEEP_YEARS = env.number("RATING_KEEP_YEARS", 3)
# Address of the portal as people outside reach it, for links in mails and on paper: https://… without a slash at the end.
PORTAL_URL = env.text("PORTAL_URL", "").rstrip("/")

LOGGING_CONFIG = None
logging_config(level=env.text("LOG_LEVEL", "INFO").upper(), as_json=env.text("LOG_FORMAT", "json") == "json")
DJANGO_STRUCTLOG_CELERY_ENABLED = True
PROMETHEUS_EXPORT_MIGRATIONS = False
PROMETHEUS_METRIC_NAMESPACE = "supervision"
