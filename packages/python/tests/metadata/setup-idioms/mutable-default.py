from setuptools import setup
def f(x, acc=[]):
    acc.append(x)
    return acc
f("a")
setup(name="a",version="1",install_requires=f("b"))
