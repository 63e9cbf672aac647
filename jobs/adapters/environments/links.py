"""Links in what registries answer, rewritten so that downloads stay inside; signed: none is made up."""

import base64
import hashlib
import hmac
import html
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote, urljoin, urlsplit

_HREF: Final = re.compile(r"""(<a\b[^>]*?\bhref\s*=\s*)(?:"([^"]*)"|'([^']*)')""", re.I | re.S)
_BASE: Final = re.compile(r"""<base\b[^>]*?\bhref\s*=\s*["']([^"']*)["']""", re.I | re.S)
_METADATA: Final = ".metadata"


@dataclass(frozen=True)
class Links:
    """Links of one build; the key lives as long as it."""

    key: bytes
    prefix: str
    """What every link begins with, as the sandbox reaches it."""

    def made(self, url: str) -> str:
        """A link inside for an address outside; its last part is the file's name, its fragment stays."""
        plain, _, fragment = url.partition("#")
        name = urlsplit(plain).path.rpartition("/")[2] or "file"
        packed = base64.urlsafe_b64encode(plain.encode()).decode().rstrip("=")
        link = f"{self.prefix}/{self._sign(packed)}/{packed}/{quote(name, safe='%+')}"
        return f"{link}#{fragment}" if fragment else link

    def opened(self, signature: str, packed: str, name: str) -> str | None:
        """The address outside of a link that was made here, else None."""
        if not hmac.compare_digest(signature.encode(), self._sign(packed).encode()):
            return None
        url = base64.urlsafe_b64decode(packed + "=" * (-len(packed) % 4)).decode()
        # PEP 658: a wheel's metadata is beside it, and no page names it
        own = (urlsplit(url).path.rpartition("/")[2] or "file") + _METADATA
        return url + _METADATA if name == own else url

    def _sign(self, packed: str) -> str:
        return hmac.new(self.key, packed.encode(), hashlib.sha256).hexdigest()[:32]


def simple_html(page: str, *, url: str, made: Callable[[str], str]) -> str:
    """An index page (PEP 503) with every link rewritten."""
    base = _BASE.search(page)
    start = urljoin(url, html.unescape(base[1])) if base else url

    def rewritten(found: re.Match[str]) -> str:
        address = urljoin(start, html.unescape(found[2] if found[2] is not None else found[3]))
        return f'{found[1]}"{html.escape(made(address))}"'

    return _HREF.sub(rewritten, _BASE.sub("<base", page))


def simple_json(page: str, *, url: str, made: Callable[[str], str]) -> str:
    """An index page (PEP 691) with every link rewritten; raises ValueError when it is none."""
    told = json.loads(page)
    for file in told.get("files", ()):
        file["url"] = made(urljoin(url, file["url"]))
    return json.dumps(told)


def packument(page: str, *, url: str, made: Callable[[str], str]) -> str:
    """An npm registry's word on a package, with every link rewritten; raises ValueError when it is none."""
    told = json.loads(page)
    versions: dict[str, Any] = told.get("versions") or {"": told}
    for version in versions.values():
        packed = version.get("dist") or {}
        if "tarball" in packed:
            packed["tarball"] = made(urljoin(url, packed["tarball"]))
    return json.dumps(told)
