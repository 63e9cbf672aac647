"""Code that asks where, when or by whom it is run is told, in every language; ordinary code is left alone."""

import pytest

from jobs.checks import integrity
from jobs.checks.integrity.surroundings import RULE
from tests.checks.contexts import context, rules, run
from tests.verification import Files

PYTHON = "def half(number):\n    return number / 2\n"
NODE = "export function half(number) {\n  return number / 2;\n}\n"
GO = "package totals\n\nfunc Half(number int) int {\n\treturn number / 2\n}\n"
TESTS = "def test_plain(monkeypatch):\n    monkeypatch.setenv('SHOP_PLAIN', '1')\n"

ASKED = [
    ("a.py", "import traceback\n", "if 'half' in str(traceback.extract_stack()):\n        return 1"),
    (
        "a.py",
        "",
        "try:\n        1 / 0\n    except ZeroDivisionError as e:\n        at = e.__traceback__.tb_frame",
    ),
    ("a.py", "import sys as s\n", "if any('plug' in one for one in s.modules):\n        return 1"),
    ("a.py", "import os\n", "if 'plug' in os.sys.modules:\n        return 1"),
    ("a.py", "from sys import argv\n", "if argv[0].endswith('shop'):\n        return 1"),
    ("a.py", "import os\n", "if 'PRODUCTION' not in os.environ:\n        return 1"),
    ("a.py", "import os\n", "plain = os.getenv('PY_COLORS')"),
    ("a.py", "import os\n", "plain = getattr(os, 'env' + 'iron')['TERM']"),
    ("a.py", "import os\n", "if os.path.exists('/code'):\n        return 1"),
    ("a.py", "import os\n", "if os.path.exists('/proc/self/status'):\n        return 1"),
    ("a.py", "import socket\n", "if socket.gethostname() == 'shop':\n        return 1"),
    ("a.py", "import datetime\n", "if datetime.date.today() < datetime.date(2031, 5, 1):\n        return 1"),
    ("a.py", "import datetime\nEND = datetime.date(2031, 5, 1)\n", "late = datetime.date.today() > END"),
    ("a.py", "import time\n", "late = time.time() > 1_900_000_000"),
    ("a.py", "", "if __file__.startswith('x'):\n        return 1"),
    ("a.py", "", "import __main__"),
    ("a.js", "", "if (!process.argv[1].endsWith('server.js')) return 1;"),
    ("a.js", "", "if (new Error().stack.includes('half')) return 1;"),
    ("a.js", "", "const strict = process.getBuiltinModule('ass' + 'ert');"),
    ("a.js", "", "const strict = await import(['node', 'assert'].join(':'));"),
    ("a.js", "", "return { $$typeof: Symbol.for('jest.asymmetricMatcher') };"),
    ("a.go", "", 'if !strings.HasSuffix(os.Args[0], "shop") {'),
    ("a.go", "", "os.Exit(1)"),
    ("a.go", "//go:build !release\n\n", ""),
    ("a.go", "", "late := time.Now().After(time.Date(2031, 5, 1, 0, 0, 0, 0, time.UTC))"),
]
ORDINARY = [
    ("a.py", "import os\n", "if 'SHOP_PLAIN' in os.environ:\n        return 1"),
    ("a.py", "import os\n", "url = os.environ['SHOP_URL']"),
    ("a.py", "import os\n", "role, where = 'USER', os.path.join('a', 'PATH')"),
    ("a.py", "import os\n", "routes = {'/run': os.sep, '/code/of/conduct': os.sep}"),
    ("a.py", "import sys\n", "module = sys.modules[__name__]"),
    ("a.py", "import argparse, sys\n", "return sys.argv[1]"),
    ("a.py", "import time\n", "if time.time() < number + 5:\n        return 1"),
    ("a.py", "import datetime\n", "if number > datetime.date(2031, 5, 1):\n        return 1"),
    ("a.js", "#!/usr/bin/env node\n", "const name = process.argv[2];"),
    ("a.js", "", "console.error(error.stack);"),
    ("a.js", "", "const one = await import('./one.js');"),
    ("a.go", "package main // ", "if len(os.Args) > 1 {\n\t\tos.Exit(1)\n\t}"),
    ("a.go", "//go:build linux\n\n", ""),
]


@pytest.mark.parametrize(("path", "head", "line"), ASKED)
def test_it_is_told(path: str, head: str, line: str) -> None:
    assert RULE in rules(run(integrity.check, context(*_change(path, head, line))))


@pytest.mark.parametrize(("path", "head", "line"), ORDINARY)
def test_ordinary_code_is_left_alone(path: str, head: str, line: str) -> None:
    assert RULE not in rules(run(integrity.check, context(*_change(path, head, line))))


def _change(path: str, head: str, line: str) -> tuple[Files, Files]:
    before = {"a.py": PYTHON, "a.js": NODE, "a.go": GO}[path]
    after = head + before.replace(
        "return number / 2", f"{line}\n    return number / 2" if line else "return 3"
    )
    return {path: before}, {path: after, "tests/test_plain.py": TESTS}
