from distutils.core import setup
from os import path

with open(path.join(path.dirname(__file__), "requirements", "base.txt")) as base, open("VERSION") as version:
    required = base.read().splitlines()
    version = version.readline().rstrip()
required += ["c"]
required = list(filter(None, required))
required.extend(r for r in ["d", "#e"] if not r.startswith("#"))
setup(name="several", version=version, install_requires=tuple(required))
