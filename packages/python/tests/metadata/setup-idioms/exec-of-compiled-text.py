import os
from setuptools import setup
here = os.path.abspath(os.path.dirname(__file__))
about = {}
with open(os.path.join(here, "pkg", "version.py")) as f:
    exec(compile(f.read(), "v", "exec"), about)
packages = ["pkg"]
setup(name="a",version=about["__version__"])
