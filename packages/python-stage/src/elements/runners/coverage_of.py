"""Say what coverage.py is to measure, as options of pytest-cov.

usage: coverage_of.py DISTRIBUTION

Where coverage.py's configuration names what to measure, that is `--cov`. Where it names nothing, coverage.py would pass
over all that is installed, the tested distribution included: then it is `--cov=` and each package of DISTRIBUTION.
"""

import sys
from importlib import metadata


def is_configured():
    from coverage import Coverage

    configuration = Coverage()
    return any(configuration.get_option("run:" + name) for name in ("source", "source_pkgs", "include"))


def packages(distribution):
    """The names under which a distribution is imported; none where the configuration says what to measure."""
    if is_configured():
        return []
    found = set()
    for file in metadata.distribution(distribution).files or ():
        top = file.parts[0]
        if file.suffix == ".py" and top != ".." and not top.endswith((".dist-info", ".data")):
            found.add(top[: -len(".py")] if len(file.parts) == 1 else top)
    return sorted(found)


if __name__ == "__main__":
    print(*(["--cov=" + name for name in packages(sys.argv[1])] or ["--cov"]))
