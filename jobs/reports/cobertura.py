"""Cobertura XML of the changed statements, see https://docs.gitlab.com/ci/testing/code_coverage/cobertura/."""

from pathlib import PurePosixPath
from xml.etree.ElementTree import Element, SubElement

from jobs.domain.verdict import Covered, Verdict
from jobs.reports.xml import document, legal

DOCTYPE = '<!DOCTYPE coverage SYSTEM "http://cobertura.sourceforge.net/xml/coverage-04.dtd">\n'
"""What readers of the format look for."""


def cobertura(verdict: Verdict) -> str | None:
    """Changed statements only, one line each; None where no check measured any."""
    files = [file for check in verdict.checks for file in check.covered]
    if not files:
        return None
    root = Element("coverage", {**_rates(files), "timestamp": "0", "version": "codegen", "complexity": "0"})
    SubElement(SubElement(root, "sources"), "source").text = "."
    packages = SubElement(root, "packages")
    for folder in sorted({_folder(one) for one in files}):
        inside = [one for one in files if _folder(one) == folder]
        package = SubElement(packages, "package", {"name": folder, **_rate(inside), "complexity": "0"})
        classes = SubElement(package, "classes")
        for one in inside:
            _file(classes, one)
    return document(root, doctype=DOCTYPE)


def _file(classes: Element, file: Covered) -> None:
    path = legal(file.path)
    facts = {"name": PurePosixPath(path).name, "filename": path, **_rate([file]), "complexity": "0"}
    entry = SubElement(classes, "class", facts)
    SubElement(entry, "methods")
    lines = SubElement(entry, "lines")
    for number, hits in sorted([*((one, 1) for one in file.ran), *((one, 0) for one in file.idle)]):
        SubElement(lines, "line", number=str(number), hits=str(hits))


def _folder(file: Covered) -> str:
    parent = PurePosixPath(legal(file.path)).parent
    return "." if str(parent) == "." else str(parent).replace("/", ".")


def _rates(files: list[Covered]) -> dict[str, str]:
    ran = sum(len(one.ran) for one in files)
    counted = {"lines-covered": str(ran), "lines-valid": str(ran + sum(len(one.idle) for one in files))}
    return {**_rate(files), **counted, "branches-covered": "0", "branches-valid": "0"}


def _rate(files: list[Covered]) -> dict[str, str]:
    ran = sum(len(one.ran) for one in files)
    whole = ran + sum(len(one.idle) for one in files)
    return {"line-rate": f"{ran / whole if whole else 1:.4f}", "branch-rate": "0"}
