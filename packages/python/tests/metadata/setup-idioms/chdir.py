import os
from setuptools import setup
os.chdir(os.path.normpath(os.path.join(os.path.abspath(__file__), os.pardir)))
os.chdir("requirements")
setup(name="a",version="1",install_requires=open("base.txt").read().split("\n"))
