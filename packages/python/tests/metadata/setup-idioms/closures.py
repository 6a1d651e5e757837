from setuptools import setup
def outer():
    r = ["a"]
    def inner(x):
        r.append(x)
    inner("b")
    return r
setup(name="a",version="1",install_requires=outer())
