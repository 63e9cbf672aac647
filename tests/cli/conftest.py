import asyncio
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import yaml
from pydantic import JsonValue

from jobs.cli import main
from tests.verification import Workshop, build_environment, spec, workshop


@dataclass(frozen=True)
class Said:
    """How a command ended."""

    status: int
    out: str
    errors: str

    @property
    def json(self) -> dict[str, JsonValue]:
        """The one JSON object it printed."""
        assert self.out.count("\n") == 1, self.out + self.errors
        assert "Traceback" not in self.errors
        found: dict[str, JsonValue] = json.loads(self.out)
        return found


@dataclass
class Terminal:
    """Runs the tool in this process."""

    capture: pytest.CaptureFixture[str]
    environment: dict[str, str] = field(default_factory=dict)

    def run(self, *words: str, environment: Mapping[str, str] | None = None) -> Said:
        self.capture.readouterr()
        status = main(words, self.environment if environment is None else environment)
        out, errors = self.capture.readouterr()
        return Said(status, out, errors)

    async def beside(self, *words: str, **changed: str) -> Said:
        """While this test serves something."""
        return await asyncio.to_thread(self.run, *words, environment={**self.environment, **changed})


@pytest.fixture
def terminal(capsys: pytest.CaptureFixture[str], shop: Workshop) -> Terminal:
    return Terminal(capsys, {"CODEGEN_HOME": str(shop.folder / "home")})


@pytest.fixture(scope="session")
def built() -> str:
    return build_environment()


@pytest.fixture
def shop(built: str) -> Iterator[Workshop]:
    with workshop(built) as one:
        yield one


@pytest.fixture
def spec_file(shop: Workshop) -> Callable[..., str]:
    """Writes a spec and returns its path."""

    def write(**fields: object) -> str:
        path = Path(shop.folder, "spec.yml")
        document = spec(**fields).model_dump(mode="json")  # type: ignore[arg-type]
        path.write_text(yaml.safe_dump(document), encoding="utf-8")
        return str(path)

    return write
