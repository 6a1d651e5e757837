"""Settings read from environment variables. The environment is always an argument."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ImproperlyConfigured

Environment = Mapping[str, str]

_FLAGS = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}


def read_flag(environment: Environment, name: str, default: bool) -> bool:
    """Return a yes or no; an empty variable counts as absent.

    Raises ImproperlyConfigured for any other word than 1, true, yes, 0, false and no.
    """
    value = environment.get(name, "").strip()
    if not value:
        return default
    try:
        return _FLAGS[value.lower()]
    except KeyError:
        raise ImproperlyConfigured(f"{name} must be 1 or 0, not `{value}`") from None


def read_list(environment: Environment, name: str, default: list[str]) -> list[str]:
    """Return the items between the commas, without empty ones; an empty variable counts as absent."""
    items = [item.strip() for item in environment.get(name, "").split(",")]
    return [item for item in items if item] or default


def read_database(environment: Environment) -> dict[str, Any]:
    """Return the settings of Django's default database.

    Raises ImproperlyConfigured for an engine that is neither sqlite nor mysql and for a port that is
    no number.
    """
    engine = environment.get("DATABASE_ENGINE") or "sqlite"
    if engine == "sqlite":
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": environment.get("DATABASE_NAME") or "todobackend.sqlite3",
        }
    if engine == "mysql":
        port = environment.get("DATABASE_PORT") or "3306"
        if not port.isdecimal():
            raise ImproperlyConfigured(f"DATABASE_PORT must be a number, not `{port}`")
        return {
            "ENGINE": "django.db.backends.mysql",
            "NAME": environment.get("DATABASE_NAME") or "todobackend",
            "HOST": environment.get("DATABASE_HOST") or "localhost",
            "PORT": int(port),
            "USER": environment.get("DATABASE_USER") or "todobackend",
            "PASSWORD": environment.get("DATABASE_PASSWORD", ""),
            "OPTIONS": {"charset": "utf8mb4", "sql_mode": "STRICT_TRANS_TABLES"},
        }
    raise ImproperlyConfigured(f"DATABASE_ENGINE must be sqlite or mysql, not `{engine}`")
