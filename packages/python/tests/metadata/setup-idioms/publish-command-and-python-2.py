import sys, os
from setuptools import setup
if sys.argv[-1] == "publish":
    os.system("x"); sys.exit()
if sys.version_info < (3, 6):
    raise RuntimeError("no")
if sys.version_info[0] < 3:
    reqs = ["old"]
else:
    reqs = ["new"]
PY2 = sys.version_info[0] == 2
setup(name="a",version="1",install_requires=reqs + (["x"] if PY2 else []))
