"""What runs in production, in `make run` and, through `test`, in the tests. Everything that differs comes from the environment."""

from pathlib import Path
from typing import Any

from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from goldidea.lib import logs
from goldidea.settings import env

BASE_DIR = Path(__file__).resolve().parent.parent.parent

# `make run` serves plain HTTP on this machine: Secure and __Host- cookies would not come back.
DEVELOPMENT = env.flag("DEVELOPMENT", default=False)
DEBUG = False
# Part of the public pages' ETags: a new version of the pages is a new page.
RELEASE = env.secret("RELEASE", default="development")
SECRET_KEY = env.secret("SECRET_KEY")
# Former keys, one a line or with spaces between: what they signed is still believed while they stand here.
SECRET_KEY_FALLBACKS = env.secret("SECRET_KEY_FALLBACKS", default="").split()
# Encrypts phones at rest and keys the hashes by which they are found (goldidea/lib/personal.py).
PERSONAL_DATA_KEY = env.secret("PERSONAL_DATA_KEY")
# Signs checkpoints and receipts (goldidea/lib/signing.py). Made at the first use, mode 0600, where there is none.
SIGNING_KEY_FILE = env.text(
    "SIGNING_KEY_FILE", str(BASE_DIR / "var" / "secrets" / "signing_key") if DEVELOPMENT else None
)
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
CSRF_TRUSTED_ORIGINS = env.words("CSRF_TRUSTED_ORIGINS")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "django.forms",
    "django_htmx",
    "django_filters",
    "rest_framework",
    "drf_spectacular",
    "csp",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "goldidea.lib",
    "accounts",
    "communities",
    "organizations",
    "judges",
    "evaluations",
]

MIDDLEWARE = [
    "goldidea.lib.middleware.RequestIdMiddleware",
    "goldidea.lib.observed.ObservedMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "goldidea.lib.middleware.SignInMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "goldidea.lib.middleware.RefusalMiddleware",
    "accounts.middleware.IdleMiddleware",
    "communities.middleware.SecondFactorMiddleware",
    "communities.middleware.DistrictMiddleware",
]

ROOT_URLCONF = "goldidea.urls"
WSGI_APPLICATION = "goldidea.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "goldidea.lib.context.page",
                "communities.context.place",
            ],
        },
    }
]
FORM_RENDERER = "goldidea.lib.forms.Renderer"

DATABASES = {"default": env.database("DATABASE_URL")}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["accounts.backends.AccountBackend", "accounts.backends.JudgeBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "after_sign_in"
LOGOUT_REDIRECT_URL = "start"
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_USER_MODEL_EMAIL_FIELD = "email"
ACCOUNT_USER_MODEL_USERNAME_FIELD = "username"
ACCOUNT_FORMS = {
    "login": "accounts.forms.sign_in.SignInForm",
    "change_password": "accounts.forms.sign_in.ChangePasswordForm",
    "reauthenticate": "accounts.forms.sign_in.ReauthenticateForm",
}
# Counted in accounts.models.SignInFailure instead, by account and by address (one hall shares one address).
ACCOUNT_RATE_LIMITS = False
ACCOUNT_SESSION_REMEMBER = False

# One-time codes: who delivers them (accounts/gateways.py): console, file, smtp, a class of the district's, or nobody.
PHONE_GATEWAY = env.text("PHONE_GATEWAY", "console" if DEVELOPMENT else "")
EMAIL_GATEWAY = env.text("EMAIL_GATEWAY", "console" if DEVELOPMENT else "")
OUTBOX = Path(env.text("OUTBOX", str(BASE_DIR / "var" / "outbox")))
EMAIL_HOST = env.text("EMAIL_HOST", "localhost")
EMAIL_PORT = env.number("EMAIL_PORT", 25, least=1)
EMAIL_HOST_USER = env.text("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = env.secret("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = env.flag("EMAIL_USE_TLS", default=False)
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.text("EMAIL_FROM", "gold-idea@localhost")

# A sign-in service that the district runs already (OpenID Connect); accounts/oidc.py says whom it lets in.
OIDC_ISSUER = env.issuer("OIDC_ISSUER", plain=DEVELOPMENT)
OIDC_NAME = env.text("OIDC_NAME", "OpenID Connect")
# Other origins to which the service leads on while somebody signs in.
OIDC_ORIGINS = env.words("OIDC_ORIGINS")
SOCIALACCOUNT_ADAPTER = "accounts.oidc.OidcAdapter"
SOCIALACCOUNT_STORE_TOKENS = False


def oidc_providers(issuer: str, client: str, client_secret: str, name: str) -> dict[str, Any]:
    """django-allauth's description of the one service, or of none."""
    app = {
        "provider_id": "district",
        "name": name,
        "client_id": client,
        "secret": client_secret,
        "settings": {"server_url": issuer, "scope": ["openid", "profile", "email", "phone"]},
    }
    return {"openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": [app] if issuer else []}}


SOCIALACCOUNT_PROVIDERS = oidc_providers(
    OIDC_ISSUER, env.text("OIDC_CLIENT_ID", ""), env.secret("OIDC_CLIENT_SECRET", ""), OIDC_NAME
)

# Staff sign in with a second factor; without one they are led to set one up, and nothing else opens.
REQUIRE_SECOND_FACTOR = env.flag("REQUIRE_SECOND_FACTOR", default=not DEVELOPMENT)
MFA_ADAPTER = "accounts.factors.FactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_FORMS = {
    "authenticate": "accounts.forms.factors.FactorForm",
    "activate_totp": "accounts.forms.factors.AppForm",
    "add_webauthn": "accounts.forms.factors.PasskeyForm",
}
MFA_TOTP_ISSUER = "金点子"
MFA_TOTP_TOLERANCE = 1
# A printed list may be somebody's only factor: two months of sign-ins on one sheet.
MFA_RECOVERY_CODE_COUNT = 40
MFA_RECOVERY_CODES_SHOW_ONCE = True
# Accounts' addresses are the office's business, not django-allauth's.
MFA_ALLOW_UNVERIFIED_EMAIL = True
# Browsers let passkeys work on http://localhost.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = DEVELOPMENT

SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_AGE = 60 * 60 * 24 * 14
# Minutes without a request after which a person proves again who it is (0: never). Judges' cards have no such limit.
SESSION_IDLE_MINUTES = env.number("SESSION_IDLE_MINUTES", 30)
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = not DEVELOPMENT
SESSION_COOKIE_NAME = "session" if DEVELOPMENT else "__Host-session"
CSRF_COOKIE_NAME = "csrf" if DEVELOPMENT else "__Host-csrf"
CSRF_FAILURE_VIEW = "goldidea.lib.refusals.csrf_failure"
LANGUAGE_COOKIE_NAME = "language"
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_AGE = 60 * 60 * 24 * 365
SECURE_SSL_REDIRECT = not DEVELOPMENT
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^metrics$"]
SECURE_HSTS_SECONDS = 0 if DEVELOPMENT else 60 * 60 * 24 * 365
SECURE_HSTS_INCLUDE_SUBDOMAINS = not DEVELOPMENT
SECURE_HSTS_PRELOAD = not DEVELOPMENT
# Who may read /metrics; without it nobody.
METRICS_TOKEN = env.secret("METRICS_TOKEN", default="")
# Only then are X-Request-ID, X-Forwarded-Proto and the last hop of X-Forwarded-For believed.
BEHIND_PROXY = env.flag("BEHIND_PROXY", default=False)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        # Browsers hold the redirect after a form to this too.
        "form-action": [SELF, *filter(None, [env.origin(OIDC_ISSUER), *OIDC_ORIGINS])],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "manifest-src": [SELF],
    }
}
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
FILE_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("Simplified Chinese")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"

STATIC_URL = "/static/"
STATIC_ROOT = Path(env.text("STATIC_ROOT", str(BASE_DIR / "var" / "static")))
STATICFILES_DIRS = [BASE_DIR / "goldidea" / "static"]
MEDIA_URL = "/media/"
MEDIA_ROOT = Path(env.text("MEDIA_ROOT", str(BASE_DIR / "var" / "media")))
# The signed heads of the audit trail, one an hour: copy this file to where the database's administrators cannot write.
AUDIT_HEADS_FILE = Path(env.text("AUDIT_HEADS_FILE", str(MEDIA_ROOT / "evidence" / "audit-heads.txt")))
# Where published results lie as files for the front server (evaluations/actions/public_files.py); empty: nowhere.
PUBLISHED_ROOT = env.text("PUBLISHED_ROOT", "")
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

CELERY_BROKER_URL = env.broker("REDIS_URL")
CELERY_RESULT_BACKEND = None
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_ACKS_LATE = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = "Asia/Shanghai"
CELERY_BROKER_TRANSPORT_OPTIONS = {"unacked_restore_interval": 10, "unacked_restore_throttle": 1}
CELERY_BEAT_SCHEDULE = {
    # Finds what a lost message left behind: rounds past their deadline, closed rounds without a tally.
    "tick": {"task": "evaluations.tasks.tick", "schedule": 2.0, "options": {"expires": 2.0}},
    # Chains what was written since to the rounds' logs and to the audit trail.
    "seal": {"task": "evaluations.tasks.seal", "schedule": 5.0, "options": {"expires": 5.0}},
    "checkpoint": {"task": "evaluations.tasks.checkpoint", "schedule": 3600.0},
    # Finds uploaded tables whose message was lost; empties those that nobody wrote.
    "read-imports": {
        "task": "communities.tasks.read_waiting_imports",
        "schedule": 10.0,
        "options": {"expires": 10.0},
    },
    # Writes the files of published results that are missing: after an upgrade, a kill, a lost message.
    "public-files": {
        "task": "evaluations.tasks.write_public_files",
        "schedule": 60.0,
        "options": {"expires": 60.0},
    },
    "forget-imports": {"task": "communities.tasks.forget_imports", "schedule": 86400.0},
    # Finds codes whose message was lost.
    "send-codes": {
        "task": "accounts.tasks.send_codes",
        "schedule": 5.0,
        "options": {"expires": 5.0},
    },
    "forget-old-attempts": {"task": "accounts.tasks.forget_old_attempts", "schedule": 86400.0},
    "lapse-decisions": {"task": "communities.tasks.lapse_decisions", "schedule": 600.0},
}

# Who knows the pages on which a person's roles work (communities/desks.py).
DESKS = [
    "communities.desks.of_appointments",
    "organizations.desks.of_organizations",
    "judges.desks.of_judges",
]

# Under which role somebody acts (goldidea/lib/audit.py).
ACTING_ROLE = "communities.desks.acting_role"

# Tables of appointments: an account belongs where its appointments are (communities/accounts.py).
APPOINTMENTS = [
    "communities.accounts.DivisionAppointments",
    "organizations.accounts.OrganizationAppointments",
]

# Registers that take tables (communities/registers.py), and who follows when a division is continued by another.
REGISTERS = {
    "communities": "communities.resources.CommunityRegister",
    "organizations": "organizations.resources.OrganizationRegister",
    "judges": "judges.resources.JudgeRegister",
    "social_workers": "communities.grid_tables.WorkerRegister",
    "grids": "communities.grid_tables.GridRegister",
}
DIVISION_FOLLOWERS = [
    "communities.actions.divisions.appointments_follow",
    "communities.actions.grids.grids_follow",
    "organizations.actions.engagements.organizations_follow",
    "judges.actions.divisions.judges_follow",
]
# What is counted in working days, for the page that changes them (communities/views/calendar.py).
CALENDAR_READERS = ["evaluations.notices.notices_running"]
# Who knows the sealed logs besides the audit trail (manage.py verify_audit).
SEALED_LOGS = ["evaluations.actions.sealing.sealed_logs"]
# Who knows the seats of a judge (judges/seating.py).
JUDGE_SEATS = ["evaluations.rules.held_seats.held_seats"]

# Who knows what operators watch (goldidea/lib/metrics.py).
FIGURES = ["accounts.figures.sign_ins", "evaluations.figures.rounds"]
# Who keeps something under PERSONAL_DATA_KEY beside encrypted fields (goldidea/lib/rotation.py).
KEY_ROTATION = ["accounts.rotation.turn", "evaluations.rotation.turn"]

# Which decisions need a second person, and who carries each out (communities/decisions.py).
DECISIONS = {
    "grant_staff": "communities.grants.GrantStaff",
    "grant_administrator": "communities.grants.GrantAdministrator",
    "end_administrator": "communities.grants.EndAdministrator",
    "reset_sign_in": "communities.grants.ResetSignIn",
    "open_round": "evaluations.decisions.rounds.OpenRound",
    "extend_round": "evaluations.decisions.rounds.ExtendRound",
    "close_round": "evaluations.decisions.results.CloseRoundEarly",
    "cancel_round": "evaluations.decisions.rounds.CancelRound",
    "count_plain": "evaluations.decisions.results.CountPlain",
    "publish_provisional": "evaluations.decisions.results.PublishProvisional",
    "publish_final": "evaluations.decisions.results.PublishFinal",
    "correct_round": "evaluations.decisions.corrections.CorrectRound",
    "decide_objection": "evaluations.decisions.objections.DecideObjection",
    "decide_funding": "evaluations.decisions.funding.DecideFunding",
    "void_sheet": "evaluations.decisions.results.VoidSheet",
    "adjust_entry": "evaluations.decisions.adjustments.AdjustEntry",
    "replace_seat": "evaluations.decisions.rounds.ReplaceSeat",
    "seat_guests": "evaluations.decisions.rounds.SeatGuests",
    "assign_late": "evaluations.decisions.rounds.AssignLate",
}

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "accounts.api.TokenAuthentication",
        "accounts.api.PersonAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["goldidea.lib.api.scopes.Signed"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["goldidea.lib.api.parsing.Json"],
    "DEFAULT_SCHEMA_CLASS": "goldidea.lib.api.schema.Operation",
    "EXCEPTION_HANDLER": "goldidea.lib.api.problems.answer_exception",
    "URL_FORMAT_OVERRIDE": None,
    "FORMAT_SUFFIX_KWARG": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Gold Idea",
    "VERSION": "1",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SERVE_INCLUDE_SCHEMA": False,
    "POSTPROCESSING_HOOKS": [
        "goldidea.lib.api.schema.named",
    ],
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "COMPONENT_SPLIT_REQUEST": True,
    "PATH_CONVERTER_OVERRIDES": {
        "code": {"type": "string", "pattern": "^[0-9a-hjkmnp-tv-z]{10}$"},
        "slug": {"type": "string", "pattern": "^[-a-zA-Z0-9_]{1,20}$"},
    },
}

LOGGING = logs.configuration(development=DEVELOPMENT)
