"""XML as text: only characters that XML 1.0 knows, so that every reader takes it."""

import re
from xml.etree.ElementTree import Element, indent, tostring

_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def legal(text: str) -> str:
    """The text with � for what XML 1.0 cannot hold."""
    return _FORBIDDEN.sub("\ufffd", text)


def document(root: Element, *, doctype: str = "") -> str:
    """A whole document, in UTF-8."""
    indent(root)
    head = '<?xml version="1.0" encoding="UTF-8"?>\n'
    return f"{head}{doctype}{tostring(root, encoding='unicode')}\n"
