const words = (text: string): ReadonlySet<string> => new Set(text.split(' '));

/** Python's keywords ("Lexical analysis, Keywords"): none of them can be imported. */
export const KEYWORDS: ReadonlySet<string> = words(
  'False None True and as assert async await break class continue def del elif else except finally for from global ' +
    'if import in is lambda nonlocal not or pass raise return try while with yield',
);

/**
 * The modules of the standard library (`sys.stdlib_module_names`) of Python 3.10 to 3.13, in lower case. A package of
 * such a name is imported in the place of the module, or the other way round: which of the two depends on the path.
 */
export const STANDARD_LIBRARY: ReadonlySet<string> = words(
  'abc aifc antigravity argparse array ast asynchat asyncio asyncore atexit audioop base64 bdb binascii binhex bisect ' +
    'builtins bz2 calendar cgi cgitb chunk cmath cmd code codecs codeop collections colorsys compileall concurrent ' +
    'configparser contextlib contextvars copy copyreg cprofile crypt csv ctypes curses dataclasses datetime dbm decimal ' +
    'difflib dis distutils doctest email encodings ensurepip enum errno faulthandler fcntl filecmp fileinput fnmatch ' +
    'fractions ftplib functools gc genericpath getopt getpass gettext glob graphlib grp gzip hashlib heapq hmac html ' +
    'http idlelib imaplib imghdr imp importlib inspect io ipaddress itertools json keyword lib2to3 linecache locale ' +
    'logging lzma mailbox mailcap marshal math mimetypes mmap modulefinder msilib msvcrt multiprocessing netrc nis ' +
    'nntplib nt ntpath nturl2path numbers opcode operator optparse os ossaudiodev pathlib pdb pickle pickletools pipes ' +
    'pkgutil platform plistlib poplib posix posixpath pprint profile pstats pty pwd py_compile pyclbr pydoc pydoc_data ' +
    'pyexpat queue quopri random re readline reprlib resource rlcompleter runpy sched secrets select selectors shelve ' +
    'shlex shutil signal site smtpd smtplib sndhdr socket socketserver spwd sqlite3 sre_compile sre_constants sre_parse ' +
    'ssl stat statistics string stringprep struct subprocess sunau symtable sys sysconfig syslog tabnanny tarfile ' +
    'telnetlib tempfile termios textwrap this threading time timeit tkinter token tokenize tomllib trace traceback ' +
    'tracemalloc tty turtle turtledemo types typing unicodedata unittest urllib uu uuid venv warnings wave weakref ' +
    'webbrowser winreg winsound wsgiref xdrlib xml xmlrpc zipapp zipfile zipimport zlib zoneinfo',
);

/** The directories that a project has beside its package: a package of that name would take their place. */
export const PROJECT_DIRECTORIES: ReadonlySet<string> = words(
  'tests test docs docker scripts locks src build dist setup',
);

/**
 * The distributions that projects of the templates require, with all that those require, and what Python projects are
 * built and installed with; normalised. A project of such a name would be taken for the distribution.
 */
export const TEMPLATE_DISTRIBUTIONS: ReadonlySet<string> = words(
  'annotated-doc annotated-types anyio asgiref blinker certifi cffi click colorama cryptography django exceptiongroup ' +
    'fastapi flask gunicorn h11 httpcore httpx idna iniconfig itsdangerous jinja2 markupsafe packaging pip pkg-resources ' +
    'pluggy psycopg psycopg-binary pycparser pydantic pydantic-core pygments pymysql pytest pytest-django setuptools ' +
    'sniffio sqlparse starlette tomli typing-extensions typing-inspection tzdata uv uvicorn werkzeug wheel',
);
