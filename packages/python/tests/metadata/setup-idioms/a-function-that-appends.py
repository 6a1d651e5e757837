from setuptools import setup
R = []
def add(x):
    R.append(x)
    return R
add("p"); add("q")
setup(name="a",version="1",install_requires=R)
