from setuptools import setup
def open(x):
    return ["own"]
str = "q"
setup(name="a",version="1",install_requires=open("reqs.txt"), description=str)
