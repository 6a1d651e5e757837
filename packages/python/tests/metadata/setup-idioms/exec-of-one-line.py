import re
from setuptools import setup
exec([l for l in open("pkg/__init__.py").read().splitlines() if l.startswith("__version__")][0])
setup(name="a",version=__version__)
