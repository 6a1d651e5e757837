import codecs
import os.path
import setuptools

NAME = "join"
VERSION = (1, 2)
BASE = os.path.dirname(os.path.realpath(__file__))


def fread(name, encoding="utf-8"):
    return codecs.open(os.path.join(BASE, name), "r", encoding).read()


long_description = u"\n".join([fread("README.md"), fread("VERSION")])
setuptools.setup(
    name="{}-{}".format(NAME, "x"),
    version=".".join(str(part) for part in VERSION),
    description="%s of %d" % (NAME, len(VERSION)) + f" and {VERSION[0]:02d}",
    python_requires=">=%s" % ".".join(map(str, (3, 8))),
    install_requires=["a" + op + "1" for op in ("==", "!=")] + fread("requirements/base.txt").split(),
    extras_require={name: [name + ">1"] for name in ("x", "y")},
)
