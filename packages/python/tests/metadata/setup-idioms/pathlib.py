from pathlib import Path
from setuptools import setup, find_packages
HERE = Path(__file__).parent.resolve()
long_description = (HERE / "README.md").read_text(encoding="utf-8")
reqs = (HERE / "requirements" / "base.txt").read_text().splitlines()
setup(name="a",version=(HERE/"VERSION").read_text().strip(),install_requires=reqs,long_description=long_description)
