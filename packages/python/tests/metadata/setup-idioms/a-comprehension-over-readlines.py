from setuptools import setup
setup(name="a",version="1",install_requires=[l.strip() for l in open("reqs.txt").readlines() if l.strip() and not l.startswith("-") and not l.startswith("#")])
