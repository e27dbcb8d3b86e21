"""Settings. Each has a unit, a bound and a reason, and a default that works alone.

Each is read from the environment, else from `linli.conf` in the data folder (`kernel/engine/configuration.py`).
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from linli.config.hosts import own_hosts
from linli.kernel.engine import configuration
from linli.kernel.engine.database import database

ROOT = Path(__file__).resolve().parents[2]

LINLI_HOME = Path(os.environ.get("LINLI_HOME", ROOT / ".linli")).resolve()
"""Folder of everything that is data: database, files, models, keys. Two checkouts never share one."""

configuration.apply(LINLI_HOME)

LINLI_CLOCK_SPEED = float(os.environ.get("LINLI_CLOCK_SPEED", "1"))
"""How fast the demo clock runs; times real time, 1–10,000. Anything but 1 is for demonstrations."""

LINLI_LIVE_URL = os.environ.get("LINLI_LIVE_URL", "")
"""Address of the live-events process as a browser sees it; empty means pages poll."""

LINLI_DEMO_STREAM = os.environ.get("LINLI_DEMO_STREAM", "0") == "1"
"""Whether the people of a demo sub-district go on reporting and working. `bin/run` asks for it, unless it is told
`--empty`; a worker that is started otherwise knows no demo."""

LINLI_WHOLE_OFFICE = frozenset({"audit.view", "failures.view", "failures.retry", "cases.settings"})
"""Rights that know no place: what they show belongs to everybody, so only somebody with the widest scope gives them."""

LINLI_RESIDENT_RIGHTS = ("cases.report", "files.store")
"""What everybody may do who has not logged in."""

LINLI_CLOCK = "linli.config.clock.now"
LINLI_SUBSCRIPTIONS = "linli.config.subscriptions.SUBSCRIPTIONS"
LINLI_MATTERS = "linli.config.subscriptions.MATTERS"
LINLI_JOBS = "linli.config.subscriptions.JOBS"
LINLI_IMPORTS = "linli.config.subscriptions.IMPORTS"
LINLI_DAILY = "linli.config.subscriptions.DAILY"
LINLI_SMS_ADAPTER = os.environ.get("LINLI_SMS_ADAPTER", "linli.kernel.notify.adapters.sms_to_file")
LINLI_SMS_PER_NUMBER = int(os.environ.get("LINLI_SMS_PER_NUMBER", "10"))
"""SMS to one number in a day; messages, 1–100. A busy matter sends four."""
LINLI_SMS_PER_DAY = int(os.environ.get("LINLI_SMS_PER_DAY", "5000"))
"""SMS of the whole office in a day; messages. Bounds what a flood can cost."""
LINLI_WEBHOOK_ADAPTER = os.environ.get(
    "LINLI_WEBHOOK_ADAPTER", "linli.kernel.notify.adapters.webhook_to_file"
)
LINLI_OPEN311_EXTENSIONS = os.environ.get("LINLI_OPEN311_EXTENSIONS", "") == "1"
"""Whether media, updates and paging are offered beyond GeoReport v2; off, since no standard fixes them."""


LINLI_BACKUP_FOLDER = os.environ.get("LINLI_BACKUP_FOLDER", "")
"""Folder of the daily backups, better on another disk or machine; empty is `backups` in the data folder, `off` is none.
A demonstration makes none unless it is told where."""

LINLI_BACKUP_KEEP = int(os.environ.get("LINLI_BACKUP_KEEP", "14"))
"""Daily backups kept; number, 2–400. A mistake is often noticed only after a week."""

LINLI_BACKUP_HOUR = int(os.environ.get("LINLI_BACKUP_HOUR", "2"))
"""From which local hour on the day's backup is made; 0–23. At night nobody waits for the disk."""

LINLI_BACKUP_PASSPHRASE_FILE = os.environ.get("LINLI_BACKUP_PASSPHRASE_FILE", "")
"""File whose first line encrypts the daily backups; empty leaves them readable by the owner of the files."""


LINLI_AUDIT_KEY = os.environ.get("LINLI_AUDIT_KEY", "")
"""Key of the audit chain where several machines share a database; empty is the file `audit_key` of the data folder."""

LINLI_AUDIT_HEADS = os.environ.get("LINLI_AUDIT_HEADS", "")
"""Folder where the end of the audit chain is published daily; better one that another machine keeps. Empty is
`audit-heads` in the data folder."""

LINLI_AUDIT_HEADS_TO = os.environ.get("LINLI_AUDIT_HEADS_TO", "")
"""Address to which it is also sent, through the webhook adapter; empty is none."""


def _several(name: str) -> list[str]:
    """The parts of a setting that is a list with commas."""
    return [one.strip() for one in os.environ.get(name, "").split(",") if one.strip()]


def _secret_key() -> str:
    """The key of sessions and links; made up for this process alone where there is none. The first start writes it."""
    file = LINLI_HOME / "secret_key"
    given = os.environ.get("LINLI_SECRET_KEY") or (
        file.read_text().strip() if file.exists() else ""
    )
    return given or secrets.token_urlsafe(50)


LINLI_KEY_IS_NEW = (
    not os.environ.get("LINLI_SECRET_KEY") and not (LINLI_HOME / "secret_key").exists()
)
SECRET_KEY = _secret_key()
DEBUG = os.environ.get("LINLI_DEBUG", "") == "1"
LINLI_PUBLIC_URL = os.environ.get("LINLI_PUBLIC_URL", "").rstrip("/")
"""The address under which people reach the site, e.g. https://linli.example.cn: what QR codes and slips carry."""

LINLI_TRUSTED_PROXIES = _several("LINLI_TRUSTED_PROXIES")
"""Addresses or networks of the proxies before the site, e.g. 127.0.0.1,10.0.0.0/8. Only what they say is believed."""

ALLOWED_HOSTS = _several("LINLI_HOSTS") or own_hosts(LINLI_PUBLIC_URL)
CSRF_TRUSTED_ORIGINS = _several("LINLI_ORIGINS") or [
    one for one in [LINLI_PUBLIC_URL] if one.startswith("https://")
]

LINLI_DATABASE_URL = os.environ.get("LINLI_DATABASE_URL", "")
DATABASES = {"default": database(LINLI_DATABASE_URL, LINLI_HOME)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "axes",
    "ninja",
    "linli.kernel.events",
    "linli.kernel.audit",
    "linli.kernel.calendar",
    "linli.kernel.places",
    "linli.kernel.organisations",
    "linli.kernel.people",
    "linli.kernel.access",
    "linli.kernel.files",
    "linli.kernel.jobs",
    "linli.kernel.imports",
    "linli.kernel.notify",
    "linli.kernel.matters",
    "linli.kernel.upkeep",
    "linli.cases",
    "linli.whistles",
    "linli.inspections",
    "linli.insight",
    "linli.hotline",
    "linli.screens.shared",
    "linli.screens.resident",
    "linli.screens.field",
    "linli.screens.console",
    "linli.screens.board",
]

MIDDLEWARE = [
    "linli.screens.shared.proxies.BehindProxies",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "linli.screens.shared.short_way.ShortWay",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "linli.screens.shared.middleware.ContentPolicy",
    "linli.screens.shared.middleware.WhoAndWhen",
    "linli.screens.shared.middleware.PlainErrors",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "linli.config.urls"
WSGI_APPLICATION = "linli.config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "linli" / "screens"],  # "console/rules/list.html" lies beside its view
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "linli.screens.shared.context.page",
            ],
        },
    },
]

AUTH_USER_MODEL = "access.Account"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
PASSWORD_HASHERS = [
    "linli.kernel.access.hashing.QueuedArgon2",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
    {"NAME": "linli.kernel.access.passwords.Varied"},
]
LOGIN_URL = "/login"
LOGIN_REDIRECT_URL = "/"

AXES_FAILURE_LIMIT = 7
"""Failed logins before an account is locked; times. The field's usual figure."""
AXES_COOLOFF_TIME = 0.5
"""How long a locked login stays locked; hours."""
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_VERBOSE = False
AXES_ENABLE_ADMIN = False
AXES_LOCKOUT_CALLABLE = "linli.screens.shared.accounts.locked_out"

SESSION_COOKIE_AGE = 12 * 3600
"""Longest session, however busy; seconds. One long shift."""
LINLI_IDLE_MINUTES = 30
"""A session unused for so long ends; minutes, 5–120."""
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = os.environ.get("LINLI_HTTPS", "") == "1" or LINLI_PUBLIC_URL.startswith(
    "https://"
)
SECURE_HSTS_SECONDS = 180 * 24 * 3600 if SESSION_COOKIE_SECURE else 0
"""How long browsers insist on TLS once they have seen it; seconds. Sent over TLS only."""
CSRF_COOKIE_SECURE = SESSION_COOKIE_SECURE
CSRF_FAILURE_VIEW = "linli.screens.shared.views.csrf_failure"
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"

DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
"""Largest form without files; bytes. A 100 kB message fits many times."""
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2_000

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LOCALE_PATHS = [ROOT / "linli" / "screens" / "shared" / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"

STATIC_URL = "/static/"
STATIC_ROOT = LINLI_HOME / "static"
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": os.environ.get("LINLI_LOG", "WARNING")},
}
