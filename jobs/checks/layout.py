"""What a path is for: product code, tests, or the settings that tests run under."""

import re
from pathlib import PurePosixPath

_TEST_FOLDERS = frozenset(
    {
        "test",
        "tests",
        "testing",
        "__tests__",
        "spec",
        "testdata",
        "__mocks__",
        "__snapshots__",
        "__fixtures__",
    }
)
_TEST_FILE = re.compile(
    r"^(test_.*|.*_test|tests)\.py$|(test-.*|.*[._-]test|.*\.spec)\.[cm]?[jt]sx?$|.*_test\.go$"
)
_SETTINGS = frozenset(
    {
        "conftest.py",
        "pytest.ini",
        ".pytest.ini",
        "pytest.toml",
        ".pytest.toml",
        "tox.ini",
        "setup.cfg",
        "pyproject.toml",
        ".coveragerc",
        "package.json",
        "tsconfig.json",
    }
)
_SETTINGS_FILE = re.compile(
    r"^(vitest|vite|jest|babel)\.(config|setup|preset|workspace)\.([cm]?[jt]sx?|json)$"
    r"|^setup-?tests?\.[cm]?[jt]sx?$|^\.(babelrc|swcrc|mocharc)(\.[cm]?js|\.json|\.ya?ml)?$"
    r"|^tsconfig\.[\w.-]+\.json$|^bunfig\.toml$|^\.env\.test$",
    re.IGNORECASE,
)
_JAVASCRIPT = (".js", ".mjs", ".cjs", ".jsx", ".ts", ".mts", ".cts", ".tsx")
_TOOL_SETTINGS = frozenset(
    {
        *("pyproject.toml", "setup.cfg", "tox.ini", "ruff.toml", ".ruff.toml", ".flake8", ".pylintrc"),
        *("pylintrc", "mypy.ini", ".mypy.ini", "pyrightconfig.json", ".bandit", "bandit.yaml", ".coveragerc"),
    }
)
_NOT_PRODUCT = frozenset({"setup.py", "noxfile.py", "conf.py", "tasks.py"})


def is_settings(path: str) -> bool:
    """True for files that decide how tests are found and run; they always come from the target base."""
    name = PurePosixPath(path).name
    return name in _SETTINGS or is_runner_settings(path)


def is_runner_settings(path: str) -> bool:
    """True for settings and set-up files of JavaScript's test runners."""
    return _SETTINGS_FILE.match(PurePosixPath(path).name) is not None


def is_tool_settings(path: str) -> bool:
    """True for files that linters and type checkers take their settings from."""
    return PurePosixPath(path).name in _TOOL_SETTINGS


def is_test_module(path: str) -> bool:
    """True for files that a test runner collects by their name."""
    return _TEST_FILE.match(PurePosixPath(path).name) is not None


def is_test(path: str) -> bool:
    """True for test code and its data, test settings not counted."""
    if is_settings(path):
        return False
    return is_test_module(path) or bool(_TEST_FOLDERS & set(PurePosixPath(path).parts[:-1]))


def is_python(path: str) -> bool:
    """True for Python source."""
    return path.endswith((".py", ".pyi"))


def is_product_python(path: str) -> bool:
    """True for Python source that is delivered: no test, no settings, no build or documentation script."""
    return (
        path.endswith(".py")
        and not is_test(path)
        and not is_settings(path)
        and PurePosixPath(path).name not in _NOT_PRODUCT
    )


def is_javascript(path: str) -> bool:
    """True for JavaScript and TypeScript source; declarations alone are none."""
    return path.endswith(_JAVASCRIPT) and not path.endswith(".d.ts")


def is_product_javascript(path: str) -> bool:
    """True for JavaScript and TypeScript source that is delivered."""
    return is_javascript(path) and not is_test(path) and not is_settings(path)


def is_go(path: str) -> bool:
    """True for Go source."""
    return path.endswith(".go")


def is_product_go(path: str) -> bool:
    """True for Go source that is delivered."""
    return is_go(path) and not is_test(path)


def is_product_code(path: str) -> bool:
    """True for delivered source of which changed lines can be traced and mutated."""
    return is_product_python(path) or is_product_javascript(path) or is_product_go(path)
