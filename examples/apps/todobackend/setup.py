from setuptools import setup

setup(
    name="todobackend",
    version="1.0.0",
    description="A to-do list as a REST service",
    license_expression="MIT",
    # To setuptools a folder of data inside a package is a package too; MANIFEST.in says what is in it.
    packages=[
        "todobackend",
        "todo",
        "todo.migrations",
        "todo.static.todo",
        "todo.templates.todo",
    ],
    include_package_data=True,
    scripts=["manage.py"],
    python_requires=">=3.10",
    install_requires=[
        "django>=5.2,<5.3",
        "django-cors-headers>=4.7,<5",
        "djangorestframework>=3.16,<4",
        "pymysql>=1.1,<2",
        "todo-common>=1.0,<2",
        "uwsgi>=2.0.28,<2.1",
    ],
    extras_require={
        "test": [
            "pytest>=8.3,<10",
            "pytest-cov>=6,<8",
            "pytest-django>=4.11,<5",
        ],
    },
)
