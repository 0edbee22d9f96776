"""Django's settings, in a file of SQLite that ends with the process."""

import tempfile
from pathlib import Path

import django
from django.conf import settings

_FOLDER = tempfile.TemporaryDirectory(prefix="example-django-")


def configure() -> None:
    """Set Django up."""
    settings.configure(
        ALLOWED_HOSTS=["*"],
        ROOT_URLCONF="app",
        SECRET_KEY="of an example",
        USE_TZ=True,
        APPEND_SLASH=False,
        DATA_UPLOAD_MAX_MEMORY_SIZE=1024 * 1024,
        INSTALLED_APPS=["rest_framework"],
        DATABASES={
            "default": {
                "ENGINE": "django.db.backends.sqlite3",
                "NAME": Path(_FOLDER.name) / "data.sqlite3",
                "OPTIONS": {"timeout": 30, "transaction_mode": "IMMEDIATE"},
            }
        },
        REST_FRAMEWORK={
            "DEFAULT_AUTHENTICATION_CLASSES": [],
            "UNAUTHENTICATED_USER": None,
            "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
            "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
            "UNICODE_JSON": False,  # half a character can be escaped, and not be written as UTF-8
            "EXCEPTION_HANDLER": "app.failure",
        },
    )
    django.setup()
