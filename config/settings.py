"""Django's settings. What differs between machines comes from the environment; the rest stands here.

| Variable | Meaning |
|---|---|
| `IHALA_HOME` | folder of keys, salts, passwords and the embedded database; `var/` without it |
| `IHALA_DATABASE_URL`, `IHALA_OWNER_DATABASE_URL` | a PostgreSQL server ≥ 16 instead of the embedded one |
| `IHALA_ORIGIN` | the address people type, `https://ihala.example`; production |
| `IHALA_PROXIES` | how many proxies stand before the server in production, 1 without it |
| `IHALA_DEMO` | `1` only from `ihala demo`: the demo's sign-in page, plain http on localhost |
| `IHALA_PRODUCTION` | `1` from `ihala serve` and `ihala worker`; never together with the demo |
| `IHALA_AGENT_SOCKET` | where the key agent listens, if not in a folder of the home's own |
| `IHALA_AGENT` | `inside`: the agent is an object of this process; tests and the demo's story, never production |
| `IHALA_AGENT_PEERS` | accounts besides the agent's own whose processes may ask it, separated by commas |
| `IHALA_CUSTODY_…` | what seals the private keys: passphrase file, or OpenBao/Vault transit (docs/keys.md) |
| `IHALA_SEARCH_QUOTAS` | searches for people within an hour / a day: at the box, and while a form is typed |
| `IHALA_QUOTAS`, `IHALA_STEP_UP_MINUTES` | how much may be opened, and how fresh a sign-in must be for class safety |
| `IHALA_SMTP_URL`, `IHALA_MAIL_FROM` | where e-mail leaves, `smtp://user:password@host:587` |
"""

import os
from urllib.parse import urlsplit

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from . import databases, mail, needs
from .home import ROOT, folder, home, secret
from .keyagent import places

DEMO = os.environ.get("IHALA_DEMO") == "1"
PRODUCTION = os.environ.get("IHALA_PRODUCTION") == "1"
ORIGIN = os.environ.get("IHALA_ORIGIN", "")
if _UNMET := needs.unmet(os.environ):
    raise ImproperlyConfigured(_UNMET)

DEBUG = False
SECRET_KEY = secret("django-secret-key")
ALLOWED_HOSTS = [urlsplit(ORIGIN).hostname or ""] if ORIGIN else ["localhost", "127.0.0.1", "[::1]"]
CSRF_TRUSTED_ORIGINS = [ORIGIN] if ORIGIN else []
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "csp",
    "django_htmx",
    "procrastinate.contrib.django",
    "config.apps.ConfigConfig",
    "ihala.core",
    "ihala.vault",
    "ihala.audit",
    "ihala.accounts",
    "ihala.organisations",
    "ihala.notifications",
    "ihala.cases",
    "ihala.consent",
    "ihala.matching",
    "ihala.shelter",
    "ihala.referrals",
    "ihala.erasure",
    "ihala.reporting",
    "ihala.desk",
    "ihala.demo",
]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

MIDDLEWARE = [
    "config.middleware.PrivateResponses",
    "config.middleware.BodyLimit",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "ihala.organisations.middleware.ActorMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "ihala.core.middleware.RefusalMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "templates"],
        "OPTIONS": {
            "loaders": [
                (
                    "ihala.core.folding.Loader",
                    [
                        "django.template.loaders.filesystem.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.messages.context_processors.messages",
                "ihala.notifications.context.bell",
                "ihala.desk.context.navigation",
            ],
        },
    }
]

DATABASES = {"default": databases.django_settings()}
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "ihala_cache",
        "TIMEOUT": 600,
        "OPTIONS": {"MAX_ENTRIES": 20_000},
    }
}

# Keys and salts are read by the key agent alone; everything else asks it over its socket.
KEY_AGENT = (
    "inside"
    if os.environ.get("IHALA_AGENT") == "inside" or os.environ.get("IHALA_ROLE") == "agent"
    else str(places.socket_path())
)
VAULT_DIR = folder(home() / "keys")
SALTS_DIR = folder(home() / "salts")
LOG_DIR = folder(home() / "log")  # the operator's key and last word; never in backups of the database
WITNESS_DIR = folder(home() / "witness")  # only the demo's witnesses live on this machine
INSTALLATION_KEY = secret(
    "installation-key"
)  # seals what belongs to no organisation: secrets of authenticators

CUSTODY = {
    name: os.environ.get(variable, "")
    for name, variable in {
        "passphrase_file": "IHALA_CUSTODY_PASSPHRASE_FILE",
        "credentials": "CREDENTIALS_DIRECTORY",
        "url": "IHALA_CUSTODY_URL",
        "token_file": "IHALA_CUSTODY_TOKEN_FILE",
        "mount": "IHALA_CUSTODY_MOUNT",
        "ca_file": "IHALA_CUSTODY_CA_FILE",
    }.items()
}  # only the key agent is told these (`processes.key_agent`)
# How many different cases and referrals are opened, within an hour and a day, by one person, by an organisation's own
# jobs, and in the whole installation. A shelter's day is some twenty; visitors of the demo click faster.
_QUOTAS = os.environ.get("IHALA_QUOTAS") or (
    "5000/9000 5000/9000 9000/20000" if DEMO else "60/240 60/240 300/1500"
)
OPENING_QUOTAS = [tuple(map(int, rates.split("/"))) for rates in _QUOTAS.split()]
# Searches for people by one person within an hour and a day: at the search box, and by forms while they are typed.
_SEARCHES = os.environ.get("IHALA_SEARCH_QUOTAS") or ("2000/9000 4000/20000" if DEMO else "60/240 240/960")
SEARCH_QUOTAS = {
    purpose: tuple(map(int, rates.split("/")))
    for purpose, rates in zip(("search", "intake"), _SEARCHES.split(), strict=True)
}
STEP_UP_MINUTES = int(os.environ.get("IHALA_STEP_UP_MINUTES") or ("30" if PRODUCTION else "0"))
KEY_GRACE_MINUTES = float(os.environ.get("IHALA_KEY_GRACE_MINUTES") or "15")

# People
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["ihala.accounts.backends.PasswordBackend"]
PASSWORD_HASHERS = ["config.hashers.Argon2id"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "ihala.accounts.passwords.LongEnough", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
DOOR = "demo_sign_in" if DEMO else LOGIN_URL  # where somebody who has not signed in is sent
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/"
SESSION_ENGINE = "ihala.accounts.sessions"
SESSION_COOKIE_NAME = "ihala_session" if not PRODUCTION else "__Host-ihala_session"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_SAVE_EVERY_REQUEST = False
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"  # Strict loses the session on the way back from single sign-on
SESSION_COOKIE_SECURE = PRODUCTION
CSRF_COOKIE_NAME = "ihala_csrf" if not PRODUCTION else "__Host-ihala_csrf"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SECURE = PRODUCTION
CSRF_FAILURE_VIEW = "config.errors.forbidden_form"
MESSAGE_STORAGE = "django.contrib.messages.storage.cookie.CookieStorage"  # signed; short words, no names

# Language and place
LANGUAGE_CODE = "ar"
LANGUAGES = [("ar", "العربية"), ("en", "English")]
LANGUAGE_COOKIE_NAME = "ihala_language"
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_SECURE = PRODUCTION
LOCALE_PATHS = [ROOT / "locale"]
FORMAT_MODULE_PATH = ["config.formats"]
TIME_ZONE = "Asia/Dubai"
USE_TZ = True
USE_I18N = True
USE_THOUSAND_SEPARATOR = False

# What the browser may do
STATIC_URL = "/static/"
STATIC_ROOT = folder(home() / "static")
STATICFILES_DIRS = [ROOT / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_KEEP_ONLY_HASHED_FILES = False
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_REFERRER_POLICY = "same-origin"  # with "no-referrer" a form is sent with "Origin: null" and refused
SECURE_SSL_REDIRECT = PRODUCTION
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if PRODUCTION else None
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = PRODUCTION
SECURE_HSTS_PRELOAD = PRODUCTION
X_FRAME_OPTIONS = "DENY"

# What a request may bring
MEGABYTE = 1024 * 1024
BODY_LIMIT = MEGABYTE + 256 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = MEGABYTE
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
DATA_UPLOAD_MAX_NUMBER_FILES = 10
UPLOAD_LIMIT = 9 * MEGABYTE  # a file of 8 MB with the form around it
UPLOADS = "/files/"  # how the addresses end that take files
FILE_UPLOAD_MAX_MEMORY_SIZE = (
    UPLOAD_LIMIT  # uploads stay in memory: nothing of a survivor in a temporary file
)
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.MemoryFileUploadHandler"]

# What leaves: content-free e-mail, and logs without what people wrote
ADMINS: list[str] = []
MANAGERS: list[str] = []
EMAIL_BACKEND = mail.backend()
EMAIL_HOST, EMAIL_PORT, EMAIL_HOST_USER, EMAIL_HOST_PASSWORD, EMAIL_USE_TLS, EMAIL_USE_SSL = mail.server()
EMAIL_TIMEOUT = 10
# Who is the same person in a comparison before acceptance; compared by the key agent in a process without keys.
IHALA_LIKENESS = "ihala.matching.spellings.spelled"

DEFAULT_FROM_EMAIL = os.environ.get("IHALA_MAIL_FROM", "ihala@localhost")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"quiet": {"()": "config.logs.QuietFormatter"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "quiet"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "django": {"handlers": ["console"], "level": "WARNING", "propagate": False},
        "ihala": {"handlers": ["console"], "level": "INFO", "propagate": False},
        "django.request": {"handlers": ["console"], "level": "ERROR", "propagate": False},
        "django.security": {"handlers": ["console"], "level": "ERROR", "propagate": False},
        "procrastinate": {"handlers": ["console"], "level": "WARNING", "propagate": False},
    },
}

# Jobs
PROCRASTINATE_ON_APP_READY = None
PROCRASTINATE_IMPORT_PATHS: list[str] = []

# django-allauth
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = False
# Per address only: a limit per name would let a stranger lock a duty officer out. A whole shelter may come from one
# address, and allauth counts attempts that are under way as failed, so the limits leave room for a shift that begins.
ACCOUNT_RATE_LIMITS = {"login_failed": "40/5m/ip", "login": "120/m/ip"}
# Behind the proxy everybody comes from its address. It adds whom it heard from at the end of X-Forwarded-For, and only
# that is believed: what stands before it was said by whoever asked.
ALLAUTH_TRUSTED_PROXY_COUNT = int(os.environ.get("IHALA_PROXIES") or 1) if PRODUCTION else 0
ACCOUNT_ADAPTER = "ihala.organisations.sign_in.RecordedSignIn"
ACCOUNT_PRESERVE_USERNAME_CASING = False
ACCOUNT_FORMS = {
    "login": "ihala.accounts.forms.LoginForm",
    "reauthenticate": "ihala.accounts.forms.ReauthenticateForm",
    "change_password": "ihala.accounts.forms.ChangePasswordForm",
}
MFA_ADAPTER = "ihala.accounts.adapters.MFAAdapter"
MFA_FORMS = {
    "activate_totp": "ihala.accounts.forms.ActivateTOTPForm",
    "authenticate": "ihala.accounts.forms.AuthenticateForm",
    "reauthenticate": "ihala.accounts.forms.ReauthenticateCodeForm",
    "add_webauthn": "ihala.accounts.forms.AddPasskeyForm",
    "edit_webauthn": "ihala.accounts.forms.EditPasskeyForm",
}
MFA_SUPPORTED_TYPES = ["webauthn", "totp", "recovery_codes"]
# One step of 30 s to either side: a telephone's clock drifts, and typing takes time (RFC 6238, 5.2 and 6).
MFA_TOTP_TOLERANCE = 1
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = DEMO  # http://localhost
