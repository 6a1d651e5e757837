"""A build backend in the tree of its project: a wheel of `src`, with nothing but Python's own modules."""

import base64
import hashlib
import os
import tomllib
import zipfile


def get_requires_for_build_wheel(config_settings=None):
    return []


def build_wheel(directory, config_settings=None, metadata_directory=None):
    with open("pyproject.toml", "rb") as file:
        project = tomllib.load(file)["project"]
    stem = "{}-{}".format(project["name"].replace("-", "_"), project["version"])
    info = stem + ".dist-info"
    members = {name: open(os.path.join("src", name), "rb").read() for name in sorted(os.listdir("src"))}
    fields = ["Metadata-Version: 2.1", "Name: " + project["name"], "Version: " + project["version"]]
    fields += ["Requires-Dist: " + requirement for requirement in project.get("dependencies", [])]
    members[info + "/METADATA"] = "\n".join([*fields, ""]).encode()
    members[info + "/WHEEL"] = b"Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    lines = ["{},sha256={},{}".format(name, digest(content), len(content)) for name, content in members.items()]
    members[info + "/RECORD"] = "\n".join([*lines, info + "/RECORD,,", ""]).encode()
    wheel = stem + "-py3-none-any.whl"
    with zipfile.ZipFile(os.path.join(directory, wheel), "w") as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name), content)
    return wheel


def digest(content):
    return base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
