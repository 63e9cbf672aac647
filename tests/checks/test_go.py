"""Faults in Go lines, and which lines a coverage profile says ran; without Go itself."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from jobs.checks.go_mutants import MAX_MUTANTS, mutants_of
from jobs.checks.go_names import declared
from jobs.checks.layout import is_product_code

SOURCE = """package totals

import "fmt"

func Half(number int, strict bool) (int, error) {
	if number < 0 && strict {
		return 0, fmt.Errorf("negative: %d", number)
	}
	first := 'a'
	return (number + 1) / 2, check(first == 'a', true)
}
"""


def texts(*lines: int) -> list[str]:
    return sorted(one.text for one in mutants_of("totals/totals.go", SOURCE, frozenset(lines)))


def test_operators_and_constants_are_turned() -> None:
    assert texts(6) == ["`&&` → `||`", "`0` → `1`", "`<` → `>=`"]
    assert {"`+` → `-`", "`/` → `*`", "`==` → `!=`", "`true` → `false`"} <= set(texts(10))


def test_what_would_not_compile_is_left_out() -> None:
    assert texts(9) == []
    assert not [text for text in texts(*range(1, 12)) if "undefined" in text]


def test_only_a_few_are_tried() -> None:
    source = "package a\n" + "".join(f"var a{number} = 1 + 2 * 3\n" for number in range(30))
    assert len(mutants_of("a.go", source, frozenset(range(2, 32)))) == MAX_MUTANTS


@pytest.mark.parametrize(
    ("path", "product"), [("a/b.go", True), ("a/b_test.go", False), ("test/x.go", False)]
)
def test_tests_are_no_product(path: str, product: bool) -> None:
    assert is_product_code(path) is product


def test_the_profile_gives_the_lines_of_blocks_that_ran(tmp_path: Path) -> None:
    profile = (
        "mode: set\nexample.com/shop/totals/totals.go:5.50,6.26 1 1\n"
        "example.com/shop/totals/totals.go:6.26,8.3 1 0\nexample.com/shop/other.go:1.1,2.2 1 1\n"
    )
    inside = Path(__file__).parents[2] / "jobs/checks/inside"
    script = f"import sys, json; sys.path.insert(0, {str(inside)!r}); import go_run; "
    script += "print(json.dumps(go_run._lines(sys.argv[1], 'example.com/shop', ['totals/totals.go'])))"
    done = subprocess.run([sys.executable, "-c", script, profile], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == {"totals/totals.go": [5, 6]}


def test_names_that_a_package_declares() -> None:
    source = (
        SOURCE
        + """
type Sum struct {
	Cents int
}

func (s *Sum) Add(other Sum) Sum { return *s }

const (
	Large = 5
)
"""
    )
    assert {"Half", "Sum", "Cents", "Add", "Large"} <= declared(source)
    assert not {"number", "first"} & declared(source)
