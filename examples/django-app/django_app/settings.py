"""Django's settings. Those of the webhooks are read from the environment."""

from __future__ import annotations

import os

from .configuration import Configuration

# Read here, so that the project does not start without it.
WEBHOOKS = Configuration.from_environment()

ALLOWED_HOSTS = os.environ.get("DJANGO_ALLOWED_HOSTS", "127.0.0.1,localhost").split(",")
ROOT_URLCONF = "django_app.urls"
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.common.CommonMiddleware",
    # The views of deliveries are exempt from it: signatures prove more.
    "django.middleware.csrf.CsrfViewMiddleware",
]
# A provider that was redirected to a path with a slash would send nothing there.
APPEND_SLASH = False
USE_TZ = True

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(levelname)s %(name)s: %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": "INFO"},
}
