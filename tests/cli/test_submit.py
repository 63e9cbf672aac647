"""`codegen spec submit`: gaps, approval, one batch however often it is submitted."""

import json
from pathlib import Path

import pytest

from jobs.domain.starter import StarterSource
from jobs.queue.store import Store
from jobs.specify.starters import named
from tests.cli.conftest import Terminal
from tests.factories import a_repository
from tests.queue.test_batches import TRIO

FROM = StarterSource.REPOSITORY
SPEC = """
kind: docs
title: Describe totals
repository: payments/api
goal: People ask for it every week.
criteria: [{id: AC1, text: "docs/totals.md names `totals()`"}]
"""


@pytest.fixture
def bare(capsys: pytest.CaptureFixture[str], tmp_path: Path, redis_url: str) -> Terminal:
    config = tmp_path / "codegen.toml"
    config.write_text('[repositories."payments/api"]\nchannels = ["C0PAY"]\n', encoding="utf-8")
    return Terminal(capsys, {"REDIS_URL": redis_url, "CODEGEN_CONFIG": str(config)})


def written(folder: Path, text: str) -> str:
    (folder / "batch.yml").write_text(text, encoding="utf-8")
    return str(folder / "batch.yml")


def added(file: str, text: str) -> None:
    with Path(file).open("a", encoding="utf-8") as config:
        config.write(text)


async def test_a_batch_is_queued_once(bare: Terminal, tmp_path: Path, store: Store) -> None:
    words = ("spec", "submit", written(tmp_path, TRIO), "--channel", "C0PAY", "--yes", "--json")
    first, second = await bare.beside(*words), await bare.beside(*words)
    assert (first.status, second.status) == (0, 0), first.errors
    assert (first.json["created"], second.json["created"]) == (True, False)
    assert first.json["batch"] == second.json["batch"]
    assert first.json["overlaps"] == [["one", "three"], ["two", "three"]]
    assert len(await store.list()) == 3


async def test_a_single_spec_goes_the_same_way(bare: Terminal, tmp_path: Path, store: Store) -> None:
    said = await bare.beside("spec", "submit", written(tmp_path, SPEC), "--yes")
    assert said.status == 0, said.errors
    assert "is queued" in said.out
    assert [one.spec.title for one in await store.list()] == ["Describe totals"]
    checked = await bare.beside("spec", "check", str(tmp_path / "batch.yml"), "--json")
    estimate = checked.json["estimate"]
    assert isinstance(estimate, dict)
    assert (estimate["basis"], estimate["runs"]) == ("no history", 0)


@pytest.mark.parametrize(
    ("change", "status", "told"),
    [
        (("--yes", ""), 2, "approve with --yes"),
        (('"docs/one.md names', '"TBD: docs/one.md names'), 1, "TBD"),
        (("payments/api", "other/place"), 2, "is not in codegen.toml"),
        (("C0PAY", "C0OTHER"), 2, "cannot be used from the channel C0OTHER"),
        (("kind: docs", "kind: poem"), 2, "one: kind"),
        (("kind: docs", "engine: openai:none\n      kind: docs"), 2, "openai:none is not offered"),
    ],
)
async def test_what_is_not_right_creates_nothing(
    bare: Terminal, tmp_path: Path, store: Store, change: tuple[str, str], status: int, told: str
) -> None:
    text = TRIO.replace(*change)
    words = ["spec", "submit", written(tmp_path, text), "--channel", "C0PAY", "--yes", "--json"]
    words = [one.replace(*change) for one in words]
    said = await bare.beside(*[one for one in words if one])
    assert said.status == status
    assert told in json.dumps(said.json)
    assert await store.list() == ()


def test_without_a_store_it_says_so(bare: Terminal, tmp_path: Path) -> None:
    said = bare.run("spec", "submit", written(tmp_path, TRIO), "--json", environment={})
    assert (said.status, said.json["problems"]) == (2, {"REDIS_URL": "is not set; see .env.example"})


async def test_a_spec_begins_with_a_template_of_the_operators_or_of_its_repository(
    bare: Terminal, tmp_path: Path, store: Store
) -> None:
    folder = tmp_path / "specs" / "docs"
    folder.mkdir(parents=True)
    (folder / "page.yml").write_text("{title: A page, goal: Who looks, criteria: [‹file› is there]}")
    added(bare.environment["CODEGEN_CONFIG"], f'[specs]\nfolder = "{tmp_path / "specs"}"\n')
    own = named("docs/api", {"title": "The API", "goal": "x", "criteria": ["‹call› :: review"]}, FROM)
    await store.publish_catalogue([a_repository(path="payments/api", templates=(own,))])

    listed = await bare.beside("spec", "templates", "--repository", "payments/api", "--json")
    rows = {one["name"]: one["source"] for one in json.loads(listed.out)["templates"]}
    assert rows["docs/page"] == "operator" and rows["docs/api"] == "repository"
    assert rows["bugfix/crash"] == "shipped"
    printed = (await bare.beside("spec", "templates", "docs/page")).out
    assert "‹file› is there" in printed and "# A page." in printed
    began = SPEC.replace("kind: docs", "template: docs/api")
    for text, gap in ((began, 0), (began[: began.index("criteria")], 1)):
        assert (await bare.beside("spec", "check", written(tmp_path, text))).status == gap
    said = await bare.beside("spec", "submit", written(tmp_path, began), "--yes")
    assert said.status == 0, said.errors
    [task] = await store.list()
    assert (task.spec.kind, task.starter) == ("docs", own.pin)
    gone = written(tmp_path, began.replace("docs/api", "docs/gone"))
    unknown = await bare.beside("spec", "check", gone, "--json")
    problems = unknown.json["problems"]
    assert isinstance(problems, dict) and list(problems) == ["template"], "nothing of what only follows"
    assert "there is no template docs/gone; known are docs/" in str(problems["template"])
    wrong = written(tmp_path, "kind: doks\n" + began.replace("docs/api", "docs/gone"))
    both = (await bare.beside("spec", "check", wrong, "--json")).json["problems"]
    assert isinstance(both, dict) and sorted(both) == ["kind", "template"]
    (folder / "bad.yml").write_text("{title: x, criteria: [a :: maybe]}")
    refused = (await bare.beside("spec", "templates")).errors
    assert "specs.folder: docs/bad.yml: goal" in refused
