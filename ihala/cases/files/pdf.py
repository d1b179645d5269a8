"""PDF (ISO 32000-2): the pages, written anew into an empty document.

Document information, XMP, earlier revisions, scripts, actions, links, attached files, forms' logic, page pieces and
previews stay behind, since only what the pages need to be drawn is taken over. JPEG pictures inside lose their Exif
too. What cannot be cleaned so is refused: printing it to PDF anew always helps.
"""

import io
from typing import Any

from pypdf import PdfReader, PdfWriter
from pypdf.errors import PyPdfError
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, NameObject, StreamObject

from .jpeg import clean_jpeg
from .kinds import MOST_PAGES, Bad, NotTaken

PAGE_KEYS = {
    *(
        "/Type",
        "/MediaBox",
        "/CropBox",
        "/Rotate",
        "/UserUnit",
        "/Resources",
        "/Contents",
        "/Group",
        "/Annots",
    ),
}
MARK_KEYS = {"/Type", "/Subtype", "/Rect", "/AP", "/AS", "/F", "/FT", "/Ff", "/MK", "/BS", "/Border", "/C"}
DRAWN_MARKS = {
    *(
        "/Widget",
        "/FreeText",
        "/Stamp",
        "/Ink",
        "/Highlight",
        "/Underline",
        "/StrikeOut",
        "/Square",
        "/Circle",
    ),
    *("/Line", "/Polygon", "/PolyLine", "/Caret", "/Squiggly", "/Redact"),
}
"""Marks that are drawn on the page; notes that pop up, links, sounds, films and attached files are not."""

NEVER = {
    "/Metadata",
    "/PieceInfo",
    "/LastModified",
    "/AF",
    "/EF",
    "/AA",
    "/OPI",
    "/OC",
    "/StructParent",
    "/StructParents",
}
MOST_OBJECTS = 200_000


def clean_pdf(data: bytes) -> bytes:
    """The same pages and nothing else; `NotTaken` if they cannot be had."""
    try:
        reader = PdfReader(io.BytesIO(data))
        if reader.is_encrypted:
            raise NotTaken(Bad.LOCKED)
        pages = list(reader.pages[: MOST_PAGES + 1])
        if not pages:
            raise NotTaken(Bad.DAMAGED)
        if len(pages) > MOST_PAGES:
            raise NotTaken(Bad.TOO_MANY_PAGES)
        writer, seen = PdfWriter(), set[tuple[int, int]]()
        for page in pages:
            _only_drawn(page, seen)
            writer.add_page(page)
        writer.metadata = None
        out = io.BytesIO()
        writer.write(out)
    except (PyPdfError, RecursionError, ValueError, TypeError, KeyError, AttributeError, IndexError):
        raise NotTaken(Bad.DAMAGED) from None
    return out.getvalue()


def _only_drawn(page: DictionaryObject, seen: set[tuple[int, int]]) -> None:
    """Take from the page all that does not draw, and from all it draws with all that tells."""
    _keep(page, PAGE_KEYS)
    marks = _plain(page.get("/Annots"))
    if isinstance(marks, list):
        drawn = [mark for mark in (_plain(one) for one in marks) if _is_drawn(mark)]
        for mark in drawn:
            _keep(mark, MARK_KEYS)
        page[NameObject("/Annots")] = ArrayObject(drawn)
    waiting: list[Any] = [page]
    while waiting:
        waiting.extend(_cleaned(waiting.pop(), seen))


def _plain(value: Any) -> Any:
    return value.get_object() if isinstance(value, IndirectObject) else value


def _is_drawn(mark: Any) -> bool:
    return isinstance(mark, DictionaryObject) and mark.get("/Subtype") in DRAWN_MARKS and "/AP" in mark


def _keep(found: DictionaryObject, keys: set[str]) -> None:
    for key in [key for key in found if key not in keys]:
        del found[key]


def _cleaned(value: Any, seen: set[tuple[int, int]]) -> list[Any]:
    """What hangs below a value, once what may not travel has been taken from it."""
    if isinstance(value, IndirectObject):
        where = (value.idnum, value.generation)
        if where in seen:
            return []
        seen.add(where)
        if len(seen) > MOST_OBJECTS:
            raise NotTaken(Bad.TOO_MUCH_WORK)
        value = value.get_object()
    if isinstance(value, DictionaryObject):
        for key in NEVER & value.keys():
            del value[key]
        if isinstance(value, StreamObject):
            _clean_stream(value)
        return [below for below in value.values() if isinstance(below, IndirectObject | dict | list)]
    return (
        [below for below in value if isinstance(below, IndirectObject | dict | list)]
        if isinstance(value, list)
        else []
    )


def _clean_stream(stream: StreamObject) -> None:
    if "/F" in stream:  # its content would stand in another file
        raise NotTaken(Bad.NOT_CLEANABLE)
    given = _plain(stream.get("/Filter"))
    filters = [str(_plain(one)) for one in given] if isinstance(given, list) else [str(given)]
    if "/JPXDecode" in filters or ("/DCTDecode" in filters and len(filters) > 1):
        raise NotTaken(Bad.NOT_CLEANABLE)
    if filters == ["/DCTDecode"]:
        try:
            stream._data = clean_jpeg(stream._data, inside_pdf=True)
        except NotTaken:
            raise NotTaken(Bad.NOT_CLEANABLE) from None
