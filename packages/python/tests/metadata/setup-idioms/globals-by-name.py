from setuptools import setup
v = "1"
globals()["v"] = "2"
setup(name="a",version=v)
