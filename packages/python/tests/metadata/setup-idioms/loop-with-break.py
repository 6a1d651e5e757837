from setuptools import setup
for line in open("pkg/__init__.py"):
    if line.startswith("__version__"):
        version = line.split("=")[1].strip().strip('"')
        break
setup(name="a",version=version)
