"""One settings file. Every value that differs between machines comes from the environment; see docs/settings.md."""

import json
import os
import tempfile
from hashlib import sha256
from pathlib import Path
from typing import Any

import dj_database_url
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent


def env_flag(name: str, default: str) -> bool:
    """Read a yes/no setting; anything but 0, 1, false and true is refused."""
    value = os.environ.get(name, default).lower()
    if value not in {"0", "1", "false", "true"}:
        raise ImproperlyConfigured(f"{name} is {value!r}; write 1 or 0.")
    return value in {"1", "true"}


def env_whole(name: str, default: str) -> int:
    """Read a whole number from 1 on."""
    value = os.environ.get(name, default).strip()
    if not value.isascii() or not value.isdigit() or int(value) < 1:
        raise ImproperlyConfigured(f"{name} is {value!r}; write a whole number from 1 on.")
    return int(value)


def env_list(name: str, default: str) -> list[str]:
    """Read a comma-separated setting."""
    return [part.strip() for part in os.environ.get(name, default).split(",") if part.strip()]


def env_arguments(name: str) -> dict[str, Any]:
    """Read a setting that is a JSON object; '' is an empty one."""
    text = os.environ.get(name, "").strip() or "{}"
    try:
        value = json.loads(text)
    except ValueError as error:
        raise ImproperlyConfigured(f"{name} is not JSON: {error}.") from error
    if not isinstance(value, dict):
        raise ImproperlyConfigured(f'{name} is {text}; write an object such as {{"dtype": "bfloat16"}}.')
    return value


# Where this installation keeps what it writes: database, queue, secret, uploads, exports.
DATA_DIR = Path(os.environ.get("EVALSITE_DATA_DIR", BASE_DIR / "var")).resolve()
DATA_DIR.mkdir(parents=True, exist_ok=True)
EXPORT_DIR = DATA_DIR / "exports"


def stored_secret() -> str:
    """The key of this installation, made on first use so that nobody runs with a published one."""
    path = DATA_DIR / "secret_key"
    if not path.exists():
        fresh = path.with_suffix(f".{os.getpid()}")
        fresh.touch(mode=0o600)
        fresh.write_text(sha256(os.urandom(64)).hexdigest())
        # link() fails where another process was faster, and then its key counts.
        try:
            os.link(fresh, path)
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    return path.read_text()


DEBUG = env_flag("EVALSITE_DEBUG", "0")
SECRET_KEY = os.environ.get("EVALSITE_SECRET_KEY") or stored_secret()
ALLOWED_HOSTS = env_list("EVALSITE_ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
CSRF_TRUSTED_ORIGINS = env_list("EVALSITE_TRUSTED_ORIGINS", "")

INSTALLED_APPS = [
    "evalsite",
    "judging.apps.JudgingConfig",
    "annotation.apps.AnnotationConfig",
    "training_export.apps.TrainingExportConfig",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django_htmx",
    "django_rq",
    "import_export",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "evalsite.urls"
WSGI_APPLICATION = "evalsite.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "evalsite.context_processors.frame",
            ],
        },
    },
]

# IMMEDIATE, WAL and a busy timeout together: without any one of them two workers lock each other out.
SQLITE_OPTIONS: dict[str, Any] = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;",
}
DATABASE_URL = os.environ.get("DATABASE_URL") or f"sqlite:///{DATA_DIR / 'evalsite.sqlite3'}"
DATABASES: dict[str, Any] = {"default": dj_database_url.parse(DATABASE_URL)}
# SQLite's too: opening it reads the whole schema, and closing the last connection writes its log back.
DATABASES["default"]["CONN_MAX_AGE"] = 60
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["OPTIONS"] = SQLITE_OPTIONS
elif DATABASES["default"]["ENGINE"] == "django.db.backends.postgresql":
    # What judging/prepared asks is planned once by each connection, when it comes a second time.
    DATABASES["default"].setdefault("OPTIONS", {}).setdefault("prepare_threshold", 1)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"


def queue_socket() -> Path:
    """Socket of the embedded queue; outside DATA_DIR where that path is longer than a socket name may be."""
    inside = DATA_DIR / "valkey.sock"
    if len(str(inside).encode()) < 100:
        return inside
    return Path(tempfile.gettempdir()) / f"evalsite-{sha256(str(inside).encode()).hexdigest()[:16]}.sock"


# Empty: evalsite starts and uses its own Valkey (evalsite/services.py).
EMBEDDED_QUEUE = not os.environ.get("REDIS_URL")
REDIS_URL = os.environ.get("REDIS_URL") or f"unix://{queue_socket()}"
RQ_QUEUES = {
    name: {"URL": REDIS_URL, "DEFAULT_TIMEOUT": 3600, "SERIALIZER": "rq.serializers.JSONSerializer"}
    for name in ("default", "gpu")
}
# What a worker calls when it starts and now and then, beside the runs: it puts back what dead workers left.
RESUMED_BY_WORKERS = [
    "annotation.actions.uploads.resume_uploads",
    "training_export.actions.resume_exports",
]

AUTHENTICATION_BACKENDS = ["judging.permissions.MemberBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "login"

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("ja", "日本語"), ("zh-hans", "简体中文")]
LOCALE_PATHS = [BASE_DIR / "evalsite" / "locale"]
FORMAT_MODULE_PATH = ["evalsite.formats"]
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600
TIME_ZONE = os.environ.get("EVALSITE_TIME_ZONE", "UTC")
USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = DATA_DIR / "static"
STATIC_ROOT.mkdir(exist_ok=True)
COLLECTED = (STATIC_ROOT / "staticfiles.json").exists()
STATIC_FILES = "whitenoise.storage.CompressedManifestStaticFilesStorage"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    # The hashed names exist only once collectstatic made them.
    "staticfiles": {"BACKEND": STATIC_FILES if COLLECTED else "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
# Pages must work before collectstatic ran: from the finders then, by plain names.
WHITENOISE_USE_FINDERS = True
WHITENOISE_MANIFEST_STRICT = False

SESSION_ENGINE = "evalsite.sessions"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if env_flag("EVALSITE_HTTPS", "0"):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_SSL_REDIRECT = True
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True

DATA_UPLOAD_MAX_MEMORY_SIZE = 20 * 1024 * 1024
# Files of one import through the browser, together. They go to disk in pieces, not through memory.
DATA_UPLOAD_MAX_NUMBER_FILES = 1000
MAX_UPLOAD_BYTES = env_whole("EVALSITE_MAX_UPLOAD_MB", "2048") * 1024 * 1024

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": os.environ.get("EVALSITE_LOG_LEVEL", "WARNING")},
}

# Engines. The key of an OpenAI-compatible server is read from OPENAI_API_KEY where it is used, and never stored.
OPENAI_BASE_URL = os.environ.get("OPENAI_BASE_URL", "http://127.0.0.1:8000/v1")

# Where MT-Bench's published files are fetched from: FastChat's repository, or a mirror of its folder llm_judge/data.
MT_BENCH_SOURCE = os.environ.get(
    "EVALSITE_MT_BENCH_SOURCE", "https://raw.githubusercontent.com/lm-sys/FastChat/main/fastchat/llm_judge/data"
)

# How hard a server is asked: calls at once, seconds until a silent one is given up, attempts of a call that may pass.
ENGINE_LIMITS: dict[str, dict[str, Any]] = {
    "openai_api": {
        "concurrency": env_whole("EVALSITE_OPENAI_CONCURRENCY", "32"),
        "timeout_seconds": env_whole("EVALSITE_OPENAI_TIMEOUT", "600"),
        "attempts": env_whole("EVALSITE_OPENAI_ATTEMPTS", "6"),
    }
}

# How this machine loads models, by engine; the names are those of vllm.LLM and of from_pretrained.
ENGINE_ARGUMENTS = {
    "vllm_offline": env_arguments("EVALSITE_VLLM_ARGUMENTS"),
    "transformers_local": env_arguments("EVALSITE_TRANSFORMERS_ARGUMENTS"),
}
