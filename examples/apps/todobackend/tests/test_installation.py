"""What the wheel puts into an environment, used as an operator uses it."""

import sqlite3
from pathlib import Path
from wsgiref.util import setup_testing_defaults

import pytest
from django.core.management import call_command

import todo
import todobackend
from todobackend.wsgi import application


@pytest.mark.parametrize("package", [todo, todobackend])
def test_the_packages_under_test_are_the_installed_ones(package, installed_files):
    assert Path(package.__file__).resolve() in installed_files


def test_the_tests_are_not_installed(installed_files):
    assert not [file for file in installed_files if "tests" in file.parts]


@pytest.mark.django_db
def test_the_models_have_no_change_without_a_migration():
    call_command("makemigrations", "--check", "--dry-run", verbosity=0)


def test_manage_checks_the_project(manage):
    done = manage("check", "--fail-level", "WARNING")
    assert done.returncode == 0, done.stderr
    assert done.stdout == "System check identified no issues (0 silenced).\n"


def test_manage_makes_the_database_that_the_environment_names(manage, tmp_path):
    done = manage("migrate", "--noinput", DATABASE_NAME=str(tmp_path / "items.db"))
    assert done.returncode == 0, done.stderr
    database = sqlite3.connect(tmp_path / "items.db")
    columns = [row[1] for row in database.execute("pragma table_info(todo_todoitem)")]
    database.close()
    assert columns == ["id", "title", "completed", "order"]


def test_mysql_is_reached_through_pymysql(manage):
    code = "from django.db import connection; print(connection.vendor, connection.Database.__name__)"
    done = manage("shell", "--no-imports", "--command", code, DATABASE_ENGINE="mysql")
    assert done.returncode == 0, done.stderr
    assert done.stdout == "mysql pymysql\n"


def test_an_unknown_engine_stops_the_start_with_its_name(manage):
    done = manage("check", DATABASE_ENGINE="oracle")
    assert done.returncode != 0
    assert "DATABASE_ENGINE must be sqlite or mysql, not `oracle`" in done.stderr


@pytest.mark.django_db(transaction=True)
def test_a_server_reaches_the_list_through_wsgi():
    request, answers = {"PATH_INFO": "/todos"}, []
    setup_testing_defaults(request)
    response = application(request, lambda status, headers: answers.append(status))
    body = b"".join(response)
    response.close()
    assert (answers, body) == (["200 OK"], b"[]")
