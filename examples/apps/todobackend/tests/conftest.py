import os
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest
from rest_framework.test import APIClient


@pytest.fixture
def api():
    return APIClient()


@pytest.fixture
def add(api, db):
    """Add an item through the service and return it as the service tells it."""

    def add(title, **fields):
        response = api.post("/todos", {"title": title, **fields})
        assert response.status_code == 201, response.content
        return response.json()

    return add


@pytest.fixture
def installed_files():
    """The files that the installed distribution put into the environment."""
    return [Path(file.locate()).resolve() for file in metadata.distribution("todobackend").files]


@pytest.fixture
def manage(installed_files, tmp_path):
    """Run the installed manage.py in a directory of its own and return the finished process."""
    script = next(file for file in installed_files if file.name == "manage.py")

    def manage(*arguments, **environment):
        inherited = {k: v for k, v in os.environ.items() if not k.startswith("DATABASE_")}
        return subprocess.run(
            [sys.executable, str(script), *arguments],
            cwd=tmp_path,
            env={**inherited, **environment},
            capture_output=True,
            text=True,
            check=False,
        )

    return manage
