import ast, re
from setuptools import setup
_version_re = re.compile(r"__version__\s+=\s+(.*)")
with open("pkg/__init__.py", "rb") as f:
    version = str(ast.literal_eval(_version_re.search(f.read().decode("utf-8")).group(1)))
setup(name="a",version=version)
