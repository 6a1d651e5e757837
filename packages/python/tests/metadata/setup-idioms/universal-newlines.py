from setuptools import setup
setup(name="a",version="1",install_requires=open("crlf.txt").read().splitlines(), extras_require={"a": [l.rstrip("\n") for l in open("crlf.txt")]})
