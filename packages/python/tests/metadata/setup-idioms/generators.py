from setuptools import setup
def reqs():
    yield "a"
setup(name="a",version="1",install_requires=list(reqs()))
