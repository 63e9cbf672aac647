"""The page's own files: no markup from strings, nothing from the network, no module outgrows its room."""

import re
from pathlib import Path

import pytest

SOURCES = sorted((Path(__file__).parents[3] / "playground" / "web" / "slack").iterdir())
MARKUP = re.compile(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|DOMParser|\beval\(|new Function")
LOADED = re.compile(r"""(?:src|href|import|from|url)\s*[=(]?\s*["']?(?:https?:)?//""")


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.name)
def test_a_source_is_small_and_builds_no_markup_from_strings(source: Path) -> None:
    text = source.read_text(encoding="utf-8")
    assert text.count("\n") <= 300
    assert not MARKUP.search(text)
    assert not LOADED.search(text)
