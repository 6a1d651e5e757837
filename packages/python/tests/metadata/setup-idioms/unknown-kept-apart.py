import os
import platform
import subprocess
from setuptools import Extension, setup

import numpy_like_helper

sources = ["a.c"]
if os.environ.get("WITH_SPEEDUPS"):
    sources.append("b.c")
try:
    flags = subprocess.check_output(["pkg-config"]).split()
except Exception:
    flags = []
kw = {}
if platform.machine() == "x86_64":
    kw["ext_modules"] = [Extension("a", sources, extra_compile_args=flags)]
kw["cmdclass"] = numpy_like_helper.commands()
setup(name="apart", version="1", install_requires=["x"], **kw)
