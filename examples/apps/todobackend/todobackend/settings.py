"""Django's settings. The README lists the environment variables that they come from."""

import os

from django.core.management.utils import get_random_secret_key

from todobackend.environment import read_database, read_flag, read_list

# Nothing that outlives a process is signed, so a key made at start is enough where none is given.
SECRET_KEY = os.environ.get("SECRET_KEY") or get_random_secret_key()
DEBUG = read_flag(os.environ, "DEBUG", False)
ALLOWED_HOSTS = read_list(os.environ, "ALLOWED_HOSTS", ["localhost", "127.0.0.1"])

INSTALLED_APPS = [
    "django.contrib.staticfiles",
    "corsheaders",
    "rest_framework",
    "todo",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "corsheaders.middleware.CorsMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "todobackend.urls"
WSGI_APPLICATION = "todobackend.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {"context_processors": ["django.template.context_processors.request"]},
    },
]

DATABASES = {"default": read_database(os.environ)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

if DATABASES["default"]["ENGINE"] == "django.db.backends.mysql":
    import pymysql

    pymysql.install_as_MySQLdb()

STATIC_URL = "static/"
STATIC_ROOT = os.environ.get("STATIC_ROOT") or "static"

USE_I18N = False
USE_TZ = True

_origins = read_list(os.environ, "CORS_ALLOWED_ORIGINS", [])
CORS_ALLOW_ALL_ORIGINS = "*" in _origins
CORS_ALLOWED_ORIGINS = [origin for origin in _origins if origin != "*"]

REST_FRAMEWORK = {
    # The service knows no users.
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "UNAUTHENTICATED_USER": None,
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
