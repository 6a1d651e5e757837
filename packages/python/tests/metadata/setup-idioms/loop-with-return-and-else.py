from setuptools import setup
def get_version():
    for line in open("pkg/__init__.py").read().splitlines():
        if line.startswith("__version__"):
            delim = '"' if '"' in line else "'"
            return line.split(delim)[1]
    else:
        raise RuntimeError("x")
setup(name="a",version=get_version())
