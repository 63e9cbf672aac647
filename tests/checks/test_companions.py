"""Files that only tests name count as tests: told by who names them on the target base."""

import asyncio
from pathlib import Path
from typing import cast

import pytest

from jobs.checks.changes import base_tests, head_tests
from jobs.checks.companions import marked
from jobs.ports import Command, Result, Workspace
from tests.checks.contexts import context
from tests.verification import Files, write

CASES = 'for one in open("cases.json"):\n    pass\n'
HELPER = "def assert_same(one, other):\n    assert one == other\n"
CHANGED = [
    ("cases.json", "1\n", {"tests/test_a.py": CASES}, True),
    ("data/cases.json", "1\n", {"tests/test_a.py": CASES, "shop.py": 'FOLDER = "data/"\n'}, False),
    ("cases.json", "1\n", {"tests/test_a.py": CASES, "shop.py": CASES}, False),
    ("cases.json", "1\n", {"README.md": "cases.json\n"}, False),
    ("support.py", HELPER, {"tests/test_a.py": "from support import assert_same\n"}, True),
    ("support.py", HELPER, {"tests/test_a.py": "import support\n", "shop.py": "import support\n"}, False),
    ("shop.py", "def half(one):\n    return one\n", {"tests/test_a.py": "from shop import half\n"}, False),
    ("plugin.py", "import pytest\n", {"conftest.py": 'pytest_plugins = ["plugin"]\n'}, True),
    ("plugin.py", "import pytest\n", {"pyproject.toml": 'pytest11 = {plugin = "plugin"}\n'}, False),
    ("help/help.go", 'import "testing"\n', {"a_test.go": 'import "example.com/a/help"\n'}, True),
]


@pytest.mark.parametrize(("path", "text", "others", "expected"), CHANGED)
async def test_a_file_that_only_tests_name(
    tmp_path: Path, path: str, text: str, others: Files, expected: bool
) -> None:
    write(tmp_path, {path: text, **others})
    ctx = context({path: text}, {path: text + "\n"})
    found = await marked(ctx.changes, cast(Workspace, Folder(tmp_path)))
    assert [one.companion for one in found] == [expected]
    assert (path in base_tests(found), path in head_tests(found)) == (expected, expected)


class Folder:
    """A workspace that only runs commands, here."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    async def run(self, command: Command) -> Result:
        pipe = asyncio.subprocess.PIPE
        process = await asyncio.create_subprocess_exec(*command.argv, cwd=self.folder, stdout=pipe)
        output, _ = await process.communicate()
        return Result(exit_code=0, output=output.decode(), seconds=0.0, timed_out=False)
