"""XML from strangers: no document type, no entities, bounded in elements and depth.

`defusedxml` refuses what expat would expand; the bounds stand in words/limits.py and are kept
while the text is read, so that no tree grows beyond them.
"""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse

from openline.words import filelimits
from openline.words.errors import OpenlineError


def read_xml(data: bytes) -> Element:
    """The root element; raises ``bad-xml`` (ours)."""
    root: Element | None = None
    depth = elements = 0
    try:
        for event, element in iterparse(BytesIO(data), events=("start", "end"), forbid_dtd=True):
            if event == "end":
                depth -= 1
                continue
            root = element if root is None else root
            depth, elements = depth + 1, elements + 1
            if depth > filelimits.XML_DEPTH:
                raise _bad(f"elements lie more than {filelimits.XML_DEPTH} deep (XML_DEPTH)")
            if elements > filelimits.XML_ELEMENTS:
                raise _bad(f"it has more than {filelimits.XML_ELEMENTS:,} elements (XML_ELEMENTS)")
    except DefusedXmlException:
        raise _bad("it declares a document type or entities", "save it without them") from None
    except ParseError as error:
        line, column = error.position
        raise _bad(f"it breaks off at line {line}, column {column}") from None
    except (ValueError, LookupError):
        raise _bad("it names an encoding that it is not in", "save it as UTF-8") from None
    if root is None:
        raise _bad("there is nothing in it")
    return root


def _bad(why: str, advice: str = "export it again, or in parts") -> OpenlineError:
    return OpenlineError("bad-xml", f"this XML is refused: {why}", rule="R-FMT-18", next=advice)


def local(element: Element) -> str:
    """An element's name without its namespace."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def children(element: Element, name: str) -> Iterator[Element]:
    """The children of that name."""
    return (child for child in element if local(child) == name)


def child(element: Element, name: str) -> Element | None:
    """The first child of that name."""
    return next(children(element, name), None)


def text_of(element: Element | None) -> str:
    """An element's text without the white space around it; empty where there is none."""
    return (element.text or "").strip() if element is not None else ""
