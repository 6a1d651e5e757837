import os
from setuptools import setup
def parse(filename):
    reqs = []
    with open(filename) as f:
        for line in f:
            line = line.strip()
            if not line or line.startswith("#"):
                continue
            if line.startswith("-r "):
                reqs += parse(os.path.join(os.path.dirname(filename), line[3:]))
                continue
            if line.startswith("-"): continue
            reqs.append(line.split("#")[0].strip())
    return reqs
extras = {"test": parse("requirements/test.txt")}
extras["all"] = sorted(set(sum(extras.values(), [])))
setup(name="a",version="1",install_requires=parse("reqs.txt"),extras_require=extras)
