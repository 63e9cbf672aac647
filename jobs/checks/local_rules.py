"""Security rules of our own over Python's syntax: what needs a reviewer's eye wherever it is added."""

import ast
import re
from collections.abc import Callable, Iterator
from typing import Final

from jobs.checks.issues import Issue, Severity
from jobs.checks.names import parsed

Found = Iterator[tuple[str, str, Severity]]
"""Rule, sentence, severity."""

_HIGH, _MEDIUM, _LOW = Severity.HIGH, Severity.MEDIUM, Severity.LOW
_SQL: Final = re.compile(
    r"(?i)^\s*(select\b.+\bfrom|insert\s+into|update\b.+\bset|delete\s+from|drop\s+table)\b", re.DOTALL
)
_VALUE: Final = re.compile(r"(?i)(?:[=<>(,]|\blike|\bin)\s*['\"]?%?(?:%s|%d|\{\w*\})")
"""A place in SQL where a value stands, not a name."""
_SAFE_LOADERS: Final = ("SafeLoader", "CSafeLoader", "BaseLoader", "CBaseLoader")

CALLS: Final[dict[str, tuple[str, str, Severity]]] = {
    "eval": ("eval", "eval runs text as code.", _HIGH),
    "exec": ("exec", "exec runs text as code.", _HIGH),
    "os.system": ("shell", "os.system hands text to a shell.", _HIGH),
    "os.popen": ("shell", "os.popen hands text to a shell.", _HIGH),
    "subprocess.getoutput": ("shell", "getoutput hands text to a shell.", _HIGH),
    "subprocess.getstatusoutput": ("shell", "getstatusoutput hands text to a shell.", _HIGH),
    "pickle.load": ("unpickle", "Unpickling runs code that the data names.", _MEDIUM),
    "pickle.loads": ("unpickle", "Unpickling runs code that the data names.", _MEDIUM),
    "cloudpickle.loads": ("unpickle", "Unpickling runs code that the data names.", _MEDIUM),
    "dill.loads": ("unpickle", "Unpickling runs code that the data names.", _MEDIUM),
    "marshal.loads": ("unpickle", "marshal is not safe for data from outside.", _MEDIUM),
    "shelve.open": ("unpickle", "A shelf unpickles what it reads.", _MEDIUM),
    "yaml.unsafe_load": ("yaml-load", "unsafe_load builds any object that the text names.", _HIGH),
    "yaml.full_load": ("yaml-load", "full_load builds objects that the text names.", _MEDIUM),
    "tempfile.mktemp": (
        "mktemp",
        "mktemp only picks a name: somebody else can create the file first.",
        _MEDIUM,
    ),
    "ssl._create_unverified_context": ("no-verify", "Certificates are not checked.", _HIGH),
    "hashlib.md5": ("weak-hash", "MD5 is broken; fine for checksums with usedforsecurity=False.", _LOW),
    "hashlib.sha1": ("weak-hash", "SHA-1 is broken; fine for checksums with usedforsecurity=False.", _LOW),
    "xml.dom.minidom.parseString": (
        "xml",
        "XML from outside can expand without bound; see defusedxml.",
        _LOW,
    ),
    "xml.etree.ElementTree.fromstring": (
        "xml",
        "XML from outside can expand without bound; see defusedxml.",
        _LOW,
    ),
    "random.choice": ("random", "random is predictable; for tokens and passwords use secrets.", _LOW),
    "random.randint": ("random", "random is predictable; for tokens and passwords use secrets.", _LOW),
}
"""Call → what is said of it."""


def issues(path: str, source: str) -> list[Issue]:
    """Everything the rules find in a file; one that cannot be read as Python is itself a finding."""
    tree = parsed(source)
    try:
        return _found(path, tree) if tree else [_unreadable(path)]
    except RecursionError:
        return [_unreadable(path)]


def _unreadable(path: str) -> Issue:
    return Issue(path, 1, "unreadable", "This file cannot be read as Python; look at it yourself.")


def _found(path: str, tree: ast.Module) -> list[Issue]:
    names = _imports(tree)
    return [
        Issue(path, getattr(node, "lineno", 1), rule, text, severity)
        for node in ast.walk(tree)
        for rule_of in (_call, _argument, _sql, _address)
        for rule, text, severity in rule_of(node, names)
    ]


Rule = Callable[[ast.AST, dict[str, str]], Found]


def _call(node: ast.AST, names: dict[str, str]) -> Found:
    if not isinstance(node, ast.Call):
        return
    name = _dotted(node.func, names)
    if name in CALLS and not (name in ("eval", "exec") and _constant(node)):
        if name.startswith("hashlib.") and _keyword(node, "usedforsecurity") is False:
            return
        if name.startswith("random.") and not _secretive(node):
            return
        yield CALLS[name]
    if name == "yaml.load" and not _safe_loader(node):
        yield "yaml-load", "yaml.load builds any object that the text names; use safe_load.", _HIGH
    if name == "hashlib.new" and node.args and _text(node.args[0]).lower() in ("md5", "sha1", "md4"):
        yield "weak-hash", "This hash is broken; fine for checksums with usedforsecurity=False.", _LOW
    if (
        name.endswith(("tarfile.open().extractall", ".extractall"))
        and _keyword(node, "filter", absent=True) is None
    ):
        yield "extractall", "An archive can write outside the folder; give a filter.", _LOW


def _argument(node: ast.AST, names: dict[str, str]) -> Found:
    if not isinstance(node, ast.Call):
        return
    if _keyword(node, "shell") is True:
        constant = bool(node.args) and isinstance(node.args[0], ast.Constant)
        yield "shell", "shell=True hands text to a shell.", _MEDIUM if constant else _HIGH
    if _keyword(node, "verify") is False or _keyword(node, "verify_ssl") is False:
        yield "no-verify", "Certificates are not checked.", _HIGH
    name = _dotted(node.func, names)
    if name == "jwt.decode" and _keyword(node, "verify_signature") is False:
        yield "no-verify", "The token's signature is not checked.", _HIGH
    if _keyword(node, "autoescape") is False and name.endswith("Environment"):
        yield "autoescape", "Templates put values into HTML unescaped.", _MEDIUM


def _sql(node: ast.AST, _names: dict[str, str]) -> Found:
    text, grown = "", False
    match node:
        case ast.JoinedStr(values=values):
            grown = any(isinstance(one, ast.FormattedValue) for one in values)
            text = "".join(str(one.value) if isinstance(one, ast.Constant) else "{}" for one in values)
        case ast.BinOp(op=ast.Mod(), left=left):
            text, grown = _text(left), True
        case ast.BinOp(op=ast.Add(), left=left, right=right):
            text, grown = _text(left) + "{}", not isinstance(right, ast.Constant)
        case ast.Call(func=ast.Attribute(attr="format", value=value)):
            text, grown = _text(value), True
    if grown and _SQL.match(text):
        severity = _HIGH if _VALUE.search(text) else _MEDIUM
        yield "sql", "SQL is put together from text; give values as parameters.", severity


def _address(node: ast.AST, _names: dict[str, str]) -> Found:
    if isinstance(node, ast.Constant) and node.value == "0.0.0.0":
        yield "bind-all", "Listens on every address of the machine.", _LOW


def _imports(tree: ast.Module) -> dict[str, str]:
    """Local name → dotted name."""
    names: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                if alias.asname:
                    names[alias.asname] = alias.name
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.update({alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names})
    return names


def _dotted(node: ast.expr, names: dict[str, str]) -> str:
    match node:
        case ast.Name(id=name):
            return names.get(name, name)
        case ast.Attribute(value=value, attr=name):
            return f"{_dotted(value, names)}.{name}"
    return ""


def _keyword(node: ast.Call, name: str, *, absent: object = None) -> object:
    for one in node.keywords:
        if one.arg == name:
            return one.value.value if isinstance(one.value, ast.Constant) else ...
    return absent


def _constant(node: ast.Call) -> bool:
    return bool(node.args) and isinstance(node.args[0], ast.Constant)


def _safe_loader(node: ast.Call) -> bool:
    loaders = [one.value for one in node.keywords if one.arg == "Loader"] + node.args[1:2]
    return any(ast.unparse(one).split(".")[-1] in _SAFE_LOADERS for one in loaders)


def _secretive(node: ast.Call) -> bool:
    return any(
        word in ast.unparse(node).lower() for word in ("token", "password", "secret", "letters", "digits")
    )


def _text(node: ast.expr) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""
