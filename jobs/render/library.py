"""The operator's own texts for models: read from folders and tried on samples before any is used."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from jinja2 import TemplateSyntaxError, meta, nodes

from jobs.domain.prompts import Library, PromptSet, PromptSource, PromptsTable, PromptText
from jobs.errors import Refused
from jobs.render.prompts import ENDING, FAULTS, SHIPPED, environment, explained, rendered
from jobs.render.samples import VALUES

LONGEST: Final = 64_000
"""Most characters of one file."""
STANDARDS_FILE: Final = "standards.md"
"""The operator's coding standards: plain words, not a template."""


def library(table: PromptsTable) -> Library:
    """What `[prompts]` says; raises Refused with every problem, by file and line."""
    problems: dict[str, str] = {}
    texts = _folder(table.folder, "prompts.folder", PromptSource.OPERATOR, problems)
    ordinary = SHIPPED.with_texts(texts)
    trial = None
    if table.trial is not None:
        tried = _folder(table.trial.folder, "prompts.trial.folder", PromptSource.TRIAL, problems)
        trial = ordinary.with_texts(tried, trial=True)
    if not problems:
        for one in (ordinary, *((trial,) if trial else ())):
            problems |= faults(one)
    if problems:
        raise Refused(problems)
    return Library(
        ordinary=ordinary if texts else None, trial=trial, share=table.trial.share if table.trial else 0.0
    )


def faults(texts: PromptSet) -> dict[str, str]:
    """What is wrong with a set's templates, by name and line: syntax, unknown values, what samples meet."""
    found: dict[str, str] = {}
    for name, samples in VALUES.items():
        problems = dict(_unknown(texts, name, samples[0]))
        found |= problems or dict(_failing(texts, name, samples))
    return found


def _folder(
    folder: Path | None, field: str, source: PromptSource, problems: dict[str, str]
) -> tuple[PromptText, ...]:
    if folder is None:
        return ()
    if not folder.is_dir():
        problems[f"codegen.toml: {field}"] = f"there is no folder {folder}"
        return ()
    found = []
    for path in sorted(one for one in folder.rglob("*") if one.is_file() and not _hidden(one, folder)):
        name = path.relative_to(folder).as_posix()
        try:
            text = _read(path, name)
        except Refused as refused:
            problems |= {f"{field}: {at}": problem for at, problem in refused.problems.items()}
        else:
            found.append(
                PromptText(name=name.removesuffix(ENDING).removesuffix(".md"), source=source, text=text)
            )
    return tuple(found)


def _hidden(path: Path, folder: Path) -> bool:
    return any(part.startswith(".") for part in path.relative_to(folder).parts)


def _read(path: Path, name: str) -> str:
    known = {f"{one}{ENDING}" for one in VALUES} | {STANDARDS_FILE}
    if name not in known:
        raise Refused({name: "is no prompt; codegen prompts list names them, and each file ends in .md.j2"})
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Refused({name: f"cannot be read: {error}"}) from None
    if not text.strip():
        raise Refused({name: "is empty"})
    if len(text) > LONGEST:
        raise Refused({name: f"has {len(text)} characters; {LONGEST} is the most"})
    return text


def _unknown(texts: PromptSet, name: str, values: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    """Syntax errors, and names that no value will ever have."""
    jinja = environment(texts)
    text = texts.parts(name)[0]
    if text.source is PromptSource.SHIPPED:
        return
    try:
        tree = jinja.parse(text.text, name)
    except TemplateSyntaxError as fault:
        yield explained(fault)
        return
    known = {*values, "standards"}
    for unknown in sorted(meta.find_undeclared_variables(tree) - known - set(jinja.globals)):
        lines = [one.lineno for one in tree.find_all(nodes.Name) if one.name == unknown]
        told = ", ".join(sorted(known)) or "none"
        yield f"{name}{ENDING} line {lines[0]}", f"there is no value {unknown}; known here: {told}"


def _failing(
    texts: PromptSet, name: str, samples: tuple[Mapping[str, object], ...]
) -> Iterator[tuple[str, str]]:
    for values in samples:
        try:
            rendered(texts, name, **values)
        except FAULTS as fault:
            where, problem = explained(fault)
            yield where or name, problem
