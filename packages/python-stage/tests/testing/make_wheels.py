"""Writes small wheels whose RECORD is right. Arguments: a directory, and JSON [{name, version, metadata, tag}]."""

import base64
import hashlib
import json
import sys
import zipfile


def entry(name, data):
    digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
    return "%s,sha256=%s,%d\n" % (name, digest, len(data))


def wheel(directory, spec):
    module = spec["name"].lower().replace("-", "_")
    tag = spec.get("tag", "py3-none-any")
    info = "%s-%s.dist-info" % (module, spec["version"])
    lines = ["Metadata-Version: 2.4", "Name: " + spec["name"], "Version: " + spec["version"], *spec.get("metadata", [])]
    members = {
        module + ".py": "VERSION = %r\n" % spec["version"],
        info + "/METADATA": "\n".join(lines) + "\n\nThe description.\n",
        info + "/WHEEL": "Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: %s\n" % tag,
    }
    encoded = {name: text.encode() for name, text in members.items()}
    record = "".join(entry(name, data) for name, data in encoded.items()) + info + "/RECORD,,\n"
    encoded[info + "/RECORD"] = record.encode()
    with zipfile.ZipFile("%s/%s-%s-%s.whl" % (directory, module, spec["version"], tag), "w") as archive:
        for name, data in encoded.items():
            archive.writestr(zipfile.ZipInfo(name), data)


for each in json.loads(sys.argv[2]):
    wheel(sys.argv[1], each)
