import setuptools
from setuptools import setup, find_packages

tests_require = ["pytest", "mock; python_version < '3'"]
extras = {":python_version<'3'": ["enum34"], "x:sys_platform=='win32'": ["colorama"]}
if int(setuptools.__version__.split(".", 1)[0]) < 18:
    extras["old"] = ["never"]
if "test" not in extras:
    extras["test"] = tests_require
extras["all"] = [each for name, reqs in extras.items() if not name.startswith(":") for each in reqs]
extras.pop("nothing", None)
setup(
    name="conditional",
    version="1",
    packages=find_packages(exclude=["tests"]),
    setup_requires=["wheel"],
    tests_require=tests_require,
    extras_require=extras,
    **{"zip_safe": False, "description": "d"}
)
