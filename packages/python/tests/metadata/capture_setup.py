"""Runs setup.py files with a `setup()` that notes what it is given, and prints it. Input: directories, one a line."""

import json
import os
import runpy
import sys
from types import ModuleType
from unittest.mock import MagicMock

READ = ("name", "version", "description", "python_requires", "install_requires", "extras_require")
calls = []
setuptools, core, errors = ModuleType("setuptools"), ModuleType("distutils.core"), ModuleType("distutils.errors")
setuptools.setup = core.setup = lambda **given: calls.append(given)
setuptools.find_packages, setuptools.Extension = MagicMock(), MagicMock()
setuptools.__version__ = "80.9.0"
errors.CompileError = OSError
stubs = {"setuptools": setuptools, "distutils": ModuleType("distutils"), "distutils.core": core}
stubs.update({"distutils.errors": errors, "numpy_like_helper": MagicMock()})
found = []
sys.argv = ["setup.py", "egg_info"]
for directory in sys.stdin.read().split("\n"):
    os.chdir(directory)
    sys.path.insert(0, directory)
    before = dict(sys.modules)
    sys.modules.update(stubs)
    del calls[:]
    runpy.run_path(os.path.join(directory, "setup.py"), run_name="__main__")
    sys.modules.clear()
    sys.modules.update(before)
    sys.path.remove(directory)
    found.append({key: value for key, value in calls[0].items() if key in READ})
print("\0" + json.dumps(found))
