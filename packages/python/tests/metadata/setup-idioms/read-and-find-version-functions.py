import io, os, re
from setuptools import setup
def read(*names, **kwargs):
    with io.open(os.path.join(os.path.dirname(__file__), *names), encoding=kwargs.get("encoding", "utf8")) as fh:
        return fh.read()
def find_version(*p):
    m = re.search(r"^__version__ = ['\"]([^'\"]*)['\"]", read(*p), re.M)
    if m:
        return m.group(1)
    raise RuntimeError("no version")
setup(name="a",version=find_version("pkg", "__init__.py"),long_description="%s\n%s" % (read("README.md"), re.sub("a","b",read("VERSION"))))
