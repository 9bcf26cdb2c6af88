"""Settings: one file, everything that differs between machines from the environment (.env.example).

Without `SECRET_KEY` in the environment this is a rehearsal machine; `make serve` and the WSGI
entry ask for production, which refuses to start without the key.
"""

import os
import sys
from pathlib import Path
from typing import Any

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from wanzhou_eval import embedded
from wanzhou_eval.database import connection_settings

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
if (BASE_DIR / ".env").exists():
    env.read_env(BASE_DIR / ".env")

TESTING = "PYTEST_VERSION" in os.environ or "pytest" in sys.modules
REHEARSAL = env.bool("WANZHOU_REHEARSAL", default="SECRET_KEY" not in os.environ)
"""演练 mode: rehearsal accounts may exist, plain HTTP on this machine only."""
DEBUG = env.bool("DEBUG", default=False) and REHEARSAL
HTTPS = env.bool("WANZHOU_HTTPS", default=not REHEARSAL)

PROXIES = env.int("WANZHOU_PROXIES", default=0)
"""Reverse proxies of ours in front: each appends one address to X-Forwarded-For."""

REHEARSAL_KEY = "rehearsal-only: sessions of invented people on a machine of one's own 2022"
SECRET_KEY = env.str("SECRET_KEY", default=REHEARSAL_KEY if REHEARSAL else "")
if not SECRET_KEY:
    raise ImproperlyConfigured(
        "正式运行必须设置 SECRET_KEY（至少 50 个随机字符）。请运行 "
        '.venv/bin/python -c "import secrets; print(secrets.token_urlsafe(50))" '
        "生成一个，写进环境变量或 .env 文件后再启动；说明见 .env.example。"
    )
ALLOWED_HOSTS: list[str] = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]"])
CSRF_TRUSTED_ORIGINS: list[str] = env.list("CSRF_TRUSTED_ORIGINS", default=[])

# The house

INSTALLED_APPS = [
    "wanzhou_eval.admin_config.HouseAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "import_export",
    "csp",
    "wanzhou_eval",
    "cases",
    "experts",
    "evaluations",
    "appeals",
]
MIDDLEWARE = [
    "wanzhou_eval.middleware.client_address",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "wanzhou_eval.middleware.private_pages",
    "wanzhou_eval.middleware.lost_forms",
    "wanzhou_eval.middleware.idle_timeout",
    "wanzhou_eval.middleware.new_password_first",
    "wanzhou_eval.middleware.refusals",
    "wanzhou_eval.middleware.handouts",
    "wanzhou_eval.reader_role.reader_role",
]
if TESTING:  # the live server serves static files itself; reading them at each start is slow
    MIDDLEWARE.remove("whitenoise.middleware.WhiteNoiseMiddleware")
ROOT_URLCONF = "wanzhou_eval.urls"
WSGI_APPLICATION = "wanzhou_eval.wsgi.application"
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "wanzhou_eval.context.session",
                "evaluations.context.page",
            ],
        },
    }
]
FIXTURE_DIRS = [BASE_DIR / "fixtures"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# The database: two doors, the application's and the owner's (see database.py)

_cluster = embedded.TEST if TESTING else embedded.MAIN
DATABASE_URL = env.str("DATABASE_URL", default="")
EMBEDDED = not DATABASE_URL
DATABASES = connection_settings(
    app=DATABASE_URL or _cluster.url(user="wanzhou_app", database="wanzhou"),
    owner=env.str("DATABASE_OWNER_URL", default="")
    or (_cluster.url(user="wanzhou_owner", database="wanzhou") if EMBEDDED else ""),
    test_name=env.str("TEST_DATABASE_NAME", default="test_wanzhou") if TESTING else "",
)

# People

AUTH_USER_MODEL = "wanzhou_eval.User"
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "/"
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
if TESTING:
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
_VALIDATION = "django.contrib.auth.password_validation"
AUTH_PASSWORD_VALIDATORS: list[dict[str, Any]] = [
    {
        "NAME": f"{_VALIDATION}.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("username", "name", "unit")},
    },
    {"NAME": f"{_VALIDATION}.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": f"{_VALIDATION}.CommonPasswordValidator"},
    {"NAME": f"{_VALIDATION}.NumericPasswordValidator"},
]

# Sessions, cookies, transport

_prefix = "__Host-" if HTTPS else ""
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_NAME = f"{_prefix}wanzhou_session"
SESSION_COOKIE_AGE = 8 * 60 * 60
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_NAME = f"{_prefix}wanzhou_csrf"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SECURE = HTTPS
CSRF_FAILURE_VIEW = "wanzhou_eval.views.csrf_failed"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "object-src": [NONE],
    }
}

# Mail: reminders to offices, only where somebody asked for them (manage.py remind)

globals().update(env.email_url("EMAIL_URL", default="dummymail://"))
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.str("EMAIL_FROM", default="wanzhou-eval@localhost")
REMINDERS_TO: dict[str, list[str]] = {
    owner: addresses.split("|") for owner, addresses in env.dict("REMINDERS_TO", default={}).items()
}
"""Office (科室, 中心, 局领导, 系统管理员, 各组组长) to its mailboxes."""

# Language and time

LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_I18N = True
USE_TZ = True

# Static files and uploads

STATIC_URL = "static/"
WHITENOISE_USE_FINDERS = REHEARSAL or TESTING
STATIC_ROOT = None if WHITENOISE_USE_FINDERS else BASE_DIR / "staticfiles"
WHITENOISE_AUTOREFRESH = DEBUG
_PLAIN = "django.contrib.staticfiles.storage.StaticFilesStorage"
_MANIFEST = "whitenoise.storage.CompressedManifestStaticFilesStorage"
STORAGES: dict[str, dict[str, Any]] = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": _PLAIN if WHITENOISE_USE_FINDERS else _MANIFEST},
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 2**20
FILE_UPLOAD_MAX_MEMORY_SIZE = 20 * 2**20
IMPORT_EXPORT_IMPORT_PERMISSION_CODE = "import"
IMPORT_EXPORT_EXPORT_PERMISSION_CODE = "export"
IMPORT_EXPORT_USE_TRANSACTIONS = True

# Log: one line per event to standard error; never a request's body

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": env.str("LOG_LEVEL", default="WARNING")},
    "loggers": {"django": {"handlers": [], "level": "NOTSET", "propagate": True}},
}
