"""The sandbox's /etc: no user, host or secret of the real one, made once so that it is a single mount."""

import hashlib
import os
import secrets
import shutil
from contextlib import suppress
from pathlib import Path

_OWN = {
    "passwd": "root:x:0:0::/:/bin/sh\ncodegen:x:1000:1000::/tmp/home:/bin/sh\nnobody:x:65534:65534::/:\n",
    "group": "root:x:0:\ncodegen:x:1000:\nnogroup:x:65534:\n",
    "hosts": "127.0.0.1 localhost sandbox\n::1 localhost\n",
    "nsswitch.conf": "passwd: files\ngroup: files\nhosts: files\n",
}
# What loaders and runtimes look for; patterns below the host's /etc.
_COPIED = (
    "alternatives",
    "ld.so.cache",
    "ld.so.conf",
    "ld.so.conf.d",
    "localtime",
    "mime.types",
    "protocols",
    "services",
    "ssl/certs",
    "ssl/openssl.cnf",
    "java-*",
    "python3*",
)


def prepare(parent: Path) -> str:
    """The directory that belongs to what the host has now, made if it is not there; returns its path."""
    wanted = parent / _digest()
    if not wanted.exists():
        new = parent / f".new-{secrets.token_hex(4)}"
        new.mkdir(parents=True)
        for name, content in _OWN.items():
            (new / name).write_text(content)
        for source in _sources():
            _copy(source, new / source.relative_to("/etc"))
        for place, _, files in os.walk(new):
            for one in (Path(place), *(Path(place, name) for name in files)):
                if not one.is_symlink():
                    one.chmod(0o755)
        # Another worker may have been faster; its directory is the same.
        with suppress(OSError):
            new.rename(wanted)
    return str(wanted)


def _sources() -> list[Path]:
    return sorted(one for pattern in _COPIED for one in Path("/etc").glob(pattern))


def _digest() -> str:
    facts = [(str(one), one.lstat().st_mtime_ns, one.lstat().st_size) for one in _sources()]
    return hashlib.sha256(repr((facts, _OWN)).encode()).hexdigest()[:16]


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(exist_ok=True)
    with suppress(PermissionError, shutil.Error):
        if source.is_dir():
            shutil.copytree(source, target, symlinks=True)
        else:
            shutil.copyfile(source, target, follow_symlinks=False)
