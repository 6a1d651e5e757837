from setuptools import setup
from distutils.errors import CompileError
def run(b):
    kw = dict(ext_modules=[1]) if b else {}
    setup(name="a", version="1", install_requires=["x"], **kw)
try:
    run(True)
except CompileError:
    run(False)
