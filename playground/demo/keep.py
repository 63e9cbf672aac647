"""What is left of a demo to look at: the merge request's page and the thread, each one file, and the diff."""

import base64
import re
from pathlib import Path

from aiohttp import ClientSession

from playground.processes import carried_out

FOLDER = Path(".playground/demo")
"""Where it is put, seen from the current directory."""
ENVIRONMENT = {"PATH": "/usr/local/bin:/usr/bin:/bin", "GIT_CONFIG_GLOBAL": "/dev/null", "LC_ALL": "C.UTF-8"}
STILL = ".buttons, form { display: none !important } details { display: block }"
"""Style of a page that nobody answers any more."""


async def keep_page(url: str, path: Path) -> None:
    """The merge request's page as one file: styles and icon inside, nothing that needs the stand-in."""
    origin = "/".join(url.split("/")[:3])
    async with ClientSession() as session:

        async def fetched(address: str) -> bytes:
            async with session.get(address) as answer:
                answer.raise_for_status()
                return await answer.read()

        page = (await fetched(f"{url}?user=ben")).decode()
        style = (await fetched(f"{origin}/_static/style.css")).decode()
        icon = base64.b64encode(await fetched(f"{origin}/_static/icon.svg")).decode()
    page = re.sub(r"<script\b.*?</script>", "", page, flags=re.DOTALL)
    page = re.sub(r'<link rel="stylesheet"[^>]*>', lambda _: f"<style>{style}\n{STILL}</style>", page)
    page = re.sub(r'href="/_static/icon.svg"', f'href="data:image/svg+xml;base64,{icon}"', page)
    path.write_text(re.sub(r'href="/[^"]*"', 'href="#"', page), encoding="utf-8")


async def stat(repository: Path, branch: str, *, width: int) -> str:
    """The branch's files against its target, as `git diff --stat` draws it."""
    return await _diff(repository, branch, f"--stat={width}")


async def keep_diff(repository: Path, branch: str, path: Path) -> None:
    """The branch's change as a patch file."""
    path.write_text(await _diff(repository, branch), encoding="utf-8")


async def _diff(repository: Path, branch: str, *options: str) -> str:
    git = ("git", "-c", "core.quotePath=false", "--git-dir", str(repository))
    status, output = await carried_out(
        *git, "diff", "--no-color", *options, f"main...{branch}", environment=ENVIRONMENT
    )
    if status != 0:
        raise RuntimeError(f"git could not compare {branch}: {output[-300:]}")
    return output.rstrip("\n") + "\n"
