import pytest
from django.core.exceptions import ImproperlyConfigured

from todobackend.environment import read_database, read_flag, read_list


def test_without_variables_the_database_is_a_file_of_sqlite():
    assert read_database({}) == {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": "todobackend.sqlite3",
    }


def test_mysql_is_set_up_from_the_environment():
    settings = read_database(
        {
            "DATABASE_ENGINE": "mysql",
            "DATABASE_NAME": "items",
            "DATABASE_HOST": "db",
            "DATABASE_PORT": "3307",
            "DATABASE_USER": "writer",
            "DATABASE_PASSWORD": "open sesame",
        }
    )
    assert settings == {
        "ENGINE": "django.db.backends.mysql",
        "NAME": "items",
        "HOST": "db",
        "PORT": 3307,
        "USER": "writer",
        "PASSWORD": "open sesame",
        "OPTIONS": {"charset": "utf8mb4", "sql_mode": "STRICT_TRANS_TABLES"},
    }


@pytest.mark.parametrize(
    ("environment", "complaint"),
    [
        ({"DATABASE_ENGINE": "oracle"}, "DATABASE_ENGINE must be sqlite or mysql, not `oracle`"),
        (
            {"DATABASE_ENGINE": "mysql", "DATABASE_PORT": "http"},
            "DATABASE_PORT must be a number, not `http`",
        ),
    ],
)
def test_a_database_that_cannot_be_is_refused(environment, complaint):
    with pytest.raises(ImproperlyConfigured) as caught:
        read_database(environment)
    assert str(caught.value) == complaint


@pytest.mark.parametrize(
    ("value", "expected"),
    [("1", True), ("TRUE", True), ("yes", True), ("0", False), ("no", False), ("", True)],
)
def test_a_flag_is_read(value, expected):
    assert read_flag({"DEBUG": value}, "DEBUG", True) is expected


def test_a_flag_that_says_neither_is_refused():
    with pytest.raises(ImproperlyConfigured) as caught:
        read_flag({"DEBUG": "maybe"}, "DEBUG", False)
    assert str(caught.value) == "DEBUG must be 1 or 0, not `maybe`"


def test_a_list_is_split_at_commas():
    assert read_list({"ALLOWED_HOSTS": " a, b,,"}, "ALLOWED_HOSTS", []) == ["a", "b"]
    assert read_list({"ALLOWED_HOSTS": " ,"}, "ALLOWED_HOSTS", ["localhost"]) == ["localhost"]
