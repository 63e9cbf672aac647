"""What models are told, from a set of texts: templates of this installation, plain words of a repository."""

import re
import traceback
from functools import lru_cache
from typing import Any, Final

from jinja2 import FunctionLoader, StrictUndefined, TemplateError, TemplateSyntaxError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from jobs.domain.fenced import Fenced
from jobs.domain.prompts import STANDARDS, PromptSet, PromptSource, PromptText
from jobs.errors import Stop
from jobs.render.words import TEMPLATES

FOLDER: Final = TEMPLATES / "prompt"
"""Where the shipped texts are."""
ENDING: Final = ".md.j2"
"""What files of the library end in."""
FAULTS: Final = (
    TemplateError,
    ArithmeticError,
    AttributeError,
    LookupError,
    TypeError,
    ValueError,
    RecursionError,
)
"""What a template of somebody's own may fail with."""

_CACHED: Final = 32
_OURS: Final = "shipped/"


def shipped() -> PromptSet:
    """The texts that come with this product."""
    found = sorted(FOLDER.rglob(f"*{ENDING}"))
    texts = [
        PromptText(
            name=path.relative_to(FOLDER).as_posix().removesuffix(ENDING),
            text=path.read_text(encoding="utf-8"),
        )
        for path in found
    ]
    return PromptSet(texts=tuple(texts))


SHIPPED: Final = shipped()
"""What models are told unless somebody says otherwise."""


def prompt(texts: PromptSet | None, name: str, /, **values: Any) -> str:
    """The text of a name with its values; None is what is shipped.

    Raises Stop for a template that cannot be used, with its line: only those of an operator can be so.
    """
    known = texts or SHIPPED
    try:
        return rendered(known, name, **values)
    except FAULTS as fault:
        if all(one.source is PromptSource.SHIPPED for one in known.texts):
            raise
        where, problem = explained(fault)
        raise Stop(
            f"The prompt {where or name} cannot be used: {problem}.",
            remedy="The operator finds out more with codegen prompts check.",
        ) from fault


def rendered(texts: PromptSet, name: str, /, **values: Any) -> str:
    """The same, with Jinja's own errors."""
    standards = [_quoted(one) for one in texts.parts(STANDARDS)]
    return environment(texts).get_template(name).render(standards=standards, **values).strip("\n")


def explained(fault: BaseException) -> tuple[str, str]:
    """A template fault's place, such as task.md.j2 line 3, and what is wrong; nothing of its values."""
    if isinstance(fault, TemplateSyntaxError):
        return f"{fault.name or 'template'}{ENDING} line {fault.lineno}", fault.message or "cannot be read"
    if isinstance(fault, RecursionError):
        return "", "it includes itself"
    frames = [one for one in traceback.extract_tb(fault.__traceback__) if one.filename.startswith("<prompt ")]
    place = f"{frames[-1].filename[8:-1]}{ENDING} line {frames[-1].lineno}" if frames else ""
    told = str(fault) if isinstance(fault, TemplateError) else type(fault).__name__
    return place, re.sub(r"\s+", " ", told)[:300].rstrip(".")


@lru_cache(_CACHED)
def environment(texts: PromptSet) -> ImmutableSandboxedEnvironment:
    """Jinja's view of a set: each name, and shipped/NAME for what an operator's text goes before."""

    def load(name: str) -> tuple[str, str, None] | None:
        parts = texts.parts(name)
        if name.startswith(_OURS):
            own = name.removeprefix(_OURS)
            parts = tuple(
                one for one in texts.texts if one.name == own and one.source is PromptSource.SHIPPED
            )
        source = "\n".join(_source(one, number) for number, one in enumerate(parts))
        return (source, f"<prompt {name}>", None) if parts else None

    found = ImmutableSandboxedEnvironment(
        loader=FunctionLoader(load),
        undefined=StrictUndefined,
        autoescape=False,  # it is Markdown for a model
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.globals["words_of"] = lambda name, number: _quoted(texts.parts(name)[number])
    return found


def _source(text: PromptText, number: int) -> str:
    """A template as it is; a repository's words as a value, so that nothing in them is carried out."""
    if text.source is not PromptSource.REPOSITORY:
        return text.text
    return f"{{% set one = words_of({text.name!r}, {number}) %}}\n{{% include 'repository' %}}\n"


def _quoted(text: PromptText) -> Fenced:
    return Fenced(label=f"{text.name}, {text.source}", text=text.text.strip())
