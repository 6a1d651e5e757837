from setuptools import setup
A = ["x"]
B = A
B.append("y")
E = {"t": A}
E["t"] += ["z"]
for k, v in list(E.items()):
    E.setdefault("all", []).extend(v)
A.insert(0, "first")
setup(name="a",version="1",install_requires=A,extras_require=E)
