from setuptools import setup
import json
with open("pkg.json") as f: meta = json.load(f)
config = {"name": "a", **meta}
config.update(version="2", description="x {} {n}".format("y", n=3))
config["install_requires"] = list(map(str.strip, ["a ", "b"]))
def main():
    setup(**config)
if __name__ == "__main__":
    main()
