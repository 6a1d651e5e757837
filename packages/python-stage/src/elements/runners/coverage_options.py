"""Print the options of pytest-cov that say what coverage.py measures.

usage: coverage_options.py DISTRIBUTION

If coverage.py's configuration selects what to measure, that is `--cov`. Otherwise coverage.py would ignore installed
files, including those of the tested distribution, and it is `--cov=` and each package of DISTRIBUTION.
"""

import sys
from importlib import metadata


def is_configured():
    from coverage import Coverage

    configuration = Coverage()
    return any(configuration.get_option("run:" + name) for name in ("source", "source_pkgs", "include"))


def packages(distribution):
    """The top-level names of a distribution; none if the configuration selects what to measure."""
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
