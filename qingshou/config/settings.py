"""Django settings. What differs between installations comes from ``environment``."""

import os
from pathlib import Path

from qingshou.config import environment

PACKAGE = Path(__file__).resolve().parent.parent
HOME = environment.home()
MODE = environment.mode()
DEMO = MODE == "demo"
DEBUG = False
SECRET_KEY = environment.secret("secret_key")
DATA_KEY = environment.secret("data_key")
ALLOWED_HOSTS = ["*"] if MODE != "production" else os.environ.get(
    "QINGSHOU_HOSTS", "127.0.0.1,localhost").split(",")
CSRF_TRUSTED_ORIGINS = [origin for origin in os.environ.get("QINGSHOU_ORIGINS", "").split(",") if origin]

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "axes",
    "django_htmx",
    "ninja",  # its documentation page then needs no network
    "qingshou.store",
    "qingshou.web",
    "qingshou.access",
    "qingshou.calculators",
    "qingshou.portfolio",
    "qingshou.casework",
    "qingshou.contact",
    "qingshou.people",
    "qingshou.dayend",
    "qingshou.insight",
    "qingshou.api",
    "qingshou.cli",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "qingshou.web.middleware.BrowserRules",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "qingshou.web.middleware.ChosenLanguage",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "qingshou.access.middleware.SignInAtTheTop",
    "qingshou.access.middleware.IdleSession",
    "qingshou.access.middleware.PasswordChange",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",
    "qingshou.web.middleware.WrongMethod",
]

ROOT_URLCONF = "qingshou.config.urls"
WSGI_APPLICATION = "qingshou.config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "qingshou.web.context.shell",
            ],
            "builtins": ["qingshou.web.templatetags.qingshou", "qingshou.portfolio.templatetags.portfolio"],
        },
    }
]
DATABASES = {"default": environment.database(os.environ.get("QINGSHOU_DATABASE_URL"))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "access.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "qingshou.access.validators.LongEnough"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
if MODE == "test":
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
LOGIN_URL = "access:sign_in"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "access:sign_in"
AXES_FAILURE_LIMIT = 8
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_LOCKOUT_CALLABLE = "qingshou.access.pages.sign_in.locked_out"
AXES_ENABLED = MODE != "test"
AXES_DISABLE_ACCESS_LOG = True  # signing in and out is in the audit trail
SESSION_COOKIE_AGE = 12 * 3600
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_IDLE_SECONDS = 12 * 3600 if DEMO else 60 * environment.number("QINGSHOU_IDLE_MINUTES", default=30, least=1, most=720)
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
# Set QINGSHOU_HTTPS=1 behind a TLS proxy that sets X-Forwarded-Proto: cookies then travel by HTTPS only, and browsers are
# told to come by HTTPS from now on.
HTTPS = os.environ.get("QINGSHOU_HTTPS") == "1"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if HTTPS else 0
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "qingshou.web.pages.csrf_failure"

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]  # each in its own words
LOCALE_PATHS = [PACKAGE / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"

STATIC_URL = "/static/"
STATIC_ROOT = None  # nothing is collected: whitenoise serves the files where the packages keep them
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True
WHITENOISE_ALLOW_ALL_ORIGINS = False
MEDIA_ROOT = HOME / "files"
DATA_UPLOAD_MAX_MEMORY_SIZE = 16 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
MAX_IMPORT_BYTES = 2 * 1024**3

BANK_POLICY = HOME / "policy"  # the bank's own dated values, laid over the law's (docs/policy.md)
HISTORY = HOME / "history"  # Parquet by business date
PROFILES = PACKAGE.parent / "profiles"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {"qingshou": {"level": "INFO"}, "axes": {"level": "ERROR"}},
}
