try:
    from setuptools import setup
except ImportError:
    from distutils.core import setup
try:
    import nothere
    cmd = {"x": nothere.y}
except ImportError:
    cmd = {}
try:
    v = open("NOPE").read()
except IOError:
    v = "0.0"
kw = {}
if cmd: kw["cmdclass"] = cmd
setup(name="a",version="1"+v,**kw)
