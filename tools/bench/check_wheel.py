"""check_wheel.py MEMBER LINE DIRECTORY...: each directory holds a wheel with MEMBER, whose last line is LINE."""

import pathlib
import sys
import zipfile

member, line, *directories = sys.argv[1:]
for directory in directories:
    members = {}
    for wheel in pathlib.Path(directory).glob("*.whl"):
        with zipfile.ZipFile(wheel) as archive:
            if archive.testzip() is not None:
                sys.exit(f"{wheel} is damaged")
            members.update({name: archive.read(name) for name in archive.namelist() if name == member})
    if member not in members:
        sys.exit(f"no wheel in {directory} holds {member}")
    if line and members[member].decode().splitlines()[-1] != line:
        sys.exit(f"{member} of {directory} is not the one of this turn")
