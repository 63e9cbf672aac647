"""Git over smart HTTP: `git http-backend` behind a token check, streamed both ways."""

import asyncio
from pathlib import Path

from aiohttp import web

from playground.gitlab.auth import git_token
from playground.gitlab.pushes import refs_moved
from playground.gitlab.records import Access, Project, Token
from playground.gitlab.refusal import Refused
from playground.gitlab.repository import clean_environment
from playground.gitlab.state import State

DENIED = (
    "HTTP Basic: Access denied. If a password was provided for Git authentication, the password was "
    "incorrect or you're required to use a token instead of a password."
)
NO_PROJECT = "The project you were looking for could not be found or you don't have permission to view it."
NO_PUSH = "You are not allowed to push code to this project."
NO_FETCH = "You are not allowed to download code from this project."
CHUNK = 65536


async def serve_git(state: State, request: web.Request) -> web.StreamResponse:
    """Answer one request of a git client."""
    service = request.query.get("service") or request.path.rpartition("/")[2]
    pushing = service == "git-receive-pack"
    token = git_token(state, request)
    try:
        project = state.project(request.match_info["repository"])
    except Refused:
        return _unknown(token)
    if token is None and (pushing or project.visibility != "public" or "Authorization" in request.headers):
        return _denied()
    if token and not state.sees(project, token.user):
        return web.Response(status=404, text=NO_PROJECT)
    if refusal := _refusal(state, project, token, pushing=pushing):
        return web.Response(status=403, text=refusal)
    if service not in ("git-receive-pack", "git-upload-pack"):
        return web.Response(status=403, text="Please upgrade your git client.\n")
    return await _backend(state, request, project, token)


def _unknown(token: Token | None) -> web.Response:
    return web.Response(status=404, text=NO_PROJECT) if token else _denied()


def _denied() -> web.Response:
    return web.Response(status=401, text=DENIED, headers={"WWW-Authenticate": 'Basic realm="GitLab"'})


def _refusal(state: State, project: Project, token: Token | None, *, pushing: bool) -> str | None:
    if token is None:
        return None
    scopes = set(token.scopes)
    if pushing:
        right = {"api", "write_repository"} & scopes
        allowed = state.access(project, token.user, token) >= Access.DEVELOPER and not project.archived
        return None if right and allowed else NO_PUSH
    right = {"api", "read_api", "read_repository", "write_repository"} & scopes
    return None if right else NO_FETCH


async def _backend(
    state: State, request: web.Request, project: Project, token: Token | None
) -> web.StreamResponse:
    options = project.directory / f"push-options-{state.next_id()}"
    process = await asyncio.create_subprocess_exec(
        "git",
        "http-backend",
        cwd=project.directory,
        env=_cgi(state, request, project, token) | {"GITLAB_OPTIONS": str(options)},
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    feeding = asyncio.create_task(_feed(request, process))
    try:
        response = await _answer(request, process)
        await process.wait()
        if token and request.path.endswith("/git-receive-pack"):
            async with state.lock:
                await refs_moved(state, project, token.user, skip_ci="ci.skip" in _options(options))
        await response.write_eof()
        return response
    finally:
        feeding.cancel()
        if process.returncode is None:
            process.kill()
            await process.wait()


def _options(file: Path) -> list[str]:
    if not file.exists():
        return []
    words = file.read_text().splitlines()
    file.unlink()
    return words


def _cgi(state: State, request: web.Request, project: Project, token: Token | None) -> dict[str, str]:
    level = state.access(project, token.user, token) if token else Access.NONE
    inside = request.match_info["inside"]
    environment = clean_environment() | {
        "GIT_PROJECT_ROOT": str(project.directory),
        "GIT_HTTP_EXPORT_ALL": "1",
        "PATH_INFO": f"/{inside}",
        "REQUEST_METHOD": request.method,
        "QUERY_STRING": request.query_string,
        "CONTENT_TYPE": request.headers.get("Content-Type", ""),
        "REMOTE_USER": token.user.username if token else "",
        "REMOTE_ADDR": request.remote or "",
        "GITLAB_PROTECTED": "" if level >= Access.MAINTAINER else "\n".join(sorted(project.protected)),
        "GITLAB_DEFAULT": project.default_branch,
    }
    if "Git-Protocol" in request.headers:
        environment["GIT_PROTOCOL"] = request.headers["Git-Protocol"]
    # aiohttp has already unpacked a gzip body, so its length is unknown: git then reads to the end.
    if "Content-Length" in request.headers and "Content-Encoding" not in request.headers:
        environment["CONTENT_LENGTH"] = request.headers["Content-Length"]
    return environment


async def _feed(request: web.Request, process: asyncio.subprocess.Process) -> None:
    stdin = process.stdin
    if stdin is None:
        return
    try:
        async for chunk in request.content.iter_chunked(CHUNK):
            stdin.write(chunk)
            await stdin.drain()
        stdin.close()
    except (BrokenPipeError, ConnectionResetError):
        stdin.close()


async def _answer(request: web.Request, process: asyncio.subprocess.Process) -> web.StreamResponse:
    stdout = process.stdout
    if stdout is None:
        raise RuntimeError("git http-backend was started without a pipe")
    response = web.StreamResponse(status=200)
    while line := (await stdout.readline()).decode().strip():
        name, _, value = line.partition(": ")
        if name == "Status":
            response.set_status(int(value.split()[0]))
        else:
            response.headers[name] = value
    await response.prepare(request)
    while chunk := await stdout.read(CHUNK):
        await response.write(chunk)
    return response


PRE_RECEIVE = Path(__file__).with_name("pre-receive.sh")


def install_gate(directory: Path) -> None:
    """Put the hook that guards protected branches into a bare repository."""
    hook = directory / "hooks" / "pre-receive"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(PRE_RECEIVE.read_text())
    hook.chmod(0o755)
