from setuptools import setup
from pkg.version import __version__
import pkg.version as v
setup(name="a",version=__version__, description=v.__version__)
