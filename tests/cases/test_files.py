"""Cleaning of files: what tells about their maker goes, the picture and the pages stay, the hostile is refused."""

import io
import zlib

import pytest
from pypdf import PdfReader, PdfWriter
from pypdf.generic import ArrayObject, DictionaryObject, NameObject, StreamObject, TextStringObject

from ihala.cases.files import clean as process
from ihala.cases.files.clean import LARGEST, clean, clean_bytes
from ihala.cases.files.jpeg import clean_jpeg
from ihala.cases.files.kinds import Bad, Kind, NotTaken
from ihala.demo.papers import DISTURBED, chunk, page, picture, scan

SIGNATURE = b"\x89PNG\r\n\x1a\n"
SEGMENT = b"\xff\xdb\0\x43\0" + b"\x01" * 64


def refused(data: bytes) -> Bad:
    with pytest.raises(NotTaken) as error:
        clean_bytes(data)
    return error.value.bad


def png(head: bytes, *chunks: bytes, packed: bytes = b"") -> bytes:
    body = chunk(b"IDAT", packed) if packed else b""
    return SIGNATURE + chunk(b"IHDR", head) + b"".join(chunks) + body + chunk(b"IEND", b"")


def head(width: int, height: int, rest: bytes = b"\x08\0\0\0\0") -> bytes:
    return width.to_bytes(4, "big") + height.to_bytes(4, "big") + rest


@pytest.mark.parametrize(
    ("made", "kind"), [(picture(), Kind.JPEG), (scan(), Kind.PNG), (page("x"), Kind.PDF)]
)
def test_a_file_loses_what_tells_about_its_maker_and_cleaning_twice_changes_nothing(
    made: bytes, kind: Kind
) -> None:
    assert DISTURBED in made
    cleaned = clean_bytes(made)
    assert cleaned.kind is kind
    assert DISTURBED not in cleaned.data
    assert clean_bytes(cleaned.data).data == cleaned.data


def test_a_picture_is_kept_bit_for_bit_and_stays_upright() -> None:
    made = picture(orientation=6)
    cleaned = clean_bytes(made).data
    assert cleaned.endswith(made[made.index(b"\xff\xda") :])
    assert b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06" in cleaned
    assert b"Exif" not in clean_bytes(picture(orientation=1)).data
    assert b"Exif" not in clean_jpeg(made, inside_pdf=True)
    assert b"Exif" not in clean_bytes(made.replace(b"Exif\0\0MM", b"Exif\0\0XX")).data
    little = made.replace(b"Exif\0\0MM\0*\0\0\0\x08", b"Exif\0\0II*\0\x08\0\0\0")
    assert b"Exif" not in clean_bytes(little).data  # its entries are in the other order, so no way is found


def test_what_stands_behind_a_picture_does_not_travel() -> None:
    trailer = b"PK\x03\x04 and a film"
    for made in (picture(), scan()):
        assert trailer not in clean_bytes(made + trailer).data


@pytest.mark.parametrize(
    ("made", "bad"),
    [
        (b"", Bad.EMPTY),
        (b"<html><script>alert(1)</script>", Bad.UNKNOWN),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", Bad.UNKNOWN),
        (b"PK\x03\x04" + b"\0" * 40, Bad.UNKNOWN),
        (b"MZ\x90\0", Bad.UNKNOWN),
        (b"GIF89a\x01\0\x01\0", Bad.UNKNOWN),
        (b"\n%PDF-1.7", Bad.UNKNOWN),
        (b"\0\0\0\x18ftypheic\0\0\0\0", Bad.HEIC),
        (SIGNATURE + b"<html><script>alert(1)</script></html>", Bad.DAMAGED),
        (SIGNATURE, Bad.DAMAGED),
        (b"\xff\xd8\xff", Bad.DAMAGED),
        (b"\xff\xd8\xff\xff", Bad.DAMAGED),
        (b"\xff\xd8\xff\xd9", Bad.DAMAGED),
        (b"\xff\xd8\xff\xe0\0\1", Bad.DAMAGED),
        (b"\xff\xd8\xff\xe0\xff\xff<html>", Bad.DAMAGED),
        (b"\xff\xd8\xff\xc0\0\4\0\0", Bad.DAMAGED),
        (b"\xff\xd8\xff\xda\0\2", Bad.DAMAGED),
        (b"\xff\xd8\xff\xf0\0\2", Bad.DAMAGED),
        (picture(more=b"\xff\xdd\0\6<ht>"), Bad.DAMAGED),
        (picture(more=b"\xff\xcc\0\5<h>"), Bad.DAMAGED),
        (picture(more=b"\xff\xdb\0\x09\0<html>"), Bad.DAMAGED),
        (picture(more=b"<script>"), Bad.DAMAGED),
        (picture()[:-2], Bad.DAMAGED),
        (picture().replace(b"\x08\0\x08\0\x08\x01", b"\x08\xff\xff\xff\xff\x01"), Bad.TOO_MANY_PIXELS),
        (picture().replace(b"\x08\0\x08\0\x08\x01", b"\x08\0\0\0\x08\x01"), Bad.DAMAGED),
        (png(head(60_000, 10)), Bad.TOO_MANY_PIXELS),
        (png(head(0, 10)), Bad.DAMAGED),
        (png(b"\0" * 12), Bad.DAMAGED),
        (png(head(1, 1, b"\x07\0\0\0\0"), packed=zlib.compress(b"\0\0")), Bad.DAMAGED),
        (png(head(1, 1), packed=b"no picture"), Bad.DAMAGED),
        (png(head(1, 1), packed=zlib.compress(b"\0\0") + b"<html>"), Bad.DAMAGED),
        (png(head(1, 1), packed=zlib.compress(b"\0" * 9_000_000)), Bad.DAMAGED),
        (png(head(9, 9), packed=zlib.compress(b"\0")), Bad.DAMAGED),
        (png(head(1, 1), chunk(b"IHDR", head(1, 1))), Bad.DAMAGED),
        (png(head(1, 1), chunk(b"ABCD", b"")), Bad.DAMAGED),
        (png(head(1, 1), chunk(b"PLTE", b"1234")), Bad.DAMAGED),
        (scan().replace(chunk(b"IEND", b""), chunk(b"IEND", b"x")), Bad.DAMAGED),
        (scan()[:-6], Bad.DAMAGED),
        (scan().replace(b"tEXt", b"tEXT"), Bad.DAMAGED),
        (b"%PDF-1.7\n<html>", Bad.DAMAGED),
        (b"%PDF-1.4\ntrailer\n<< /Root 1 0 R >>\nstartxref\n0\n%%EOF", Bad.DAMAGED),
    ],
)  # fmt: skip
def test_the_hostile_and_the_broken_is_refused_with_a_reason(made: bytes, bad: Bad) -> None:
    assert refused(made) is bad


def test_pictures_of_every_make_are_taken() -> None:
    restart = picture(more=b"\xff\xdd\0\4\0\1\xff\xcc\0\4\0\1\xff\xff\xfe\0\3x").replace(
        b"\x3f\xff\xd9", b"\x3f\xff\0\xff\xd0\x3f\xff\xff\xd9"
    )
    assert b"\xff\xd0" in clean_bytes(restart).data
    adobe = picture(more=b"\xff\xee\0\x0eAdobe" + b"\0" * 7)
    assert b"Adobe" in clean_bytes(adobe).data
    sixteen = picture(more=b"\xff\xdb\0\x83\x10" + b"\1" * 128)
    assert clean_bytes(sixteen).kind is Kind.JPEG
    open_end = clean_jpeg(picture()[:-2], inside_pdf=True)
    assert open_end.endswith(b"\x3f\xff\xd9")
    interlaced = png(head(3, 3, b"\x01\0\0\0\x01"), packed=zlib.compress(b"\0\0" * 6))
    assert clean_bytes(interlaced).kind is Kind.PNG


def remade(change: object, made: bytes = page("Order")) -> bytes:
    """The PDF once more, changed by `change(writer)`."""
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(made)))
    change(writer)  # type: ignore[operator]
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def named(**values: object) -> DictionaryObject:
    return DictionaryObject({NameObject("/" + key): value for key, value in values.items()})


def test_scripts_files_links_notes_and_signs_of_the_maker_stay_behind() -> None:
    note = TextStringObject("whispered")

    def change(writer: PdfWriter) -> None:
        writer.add_attachment("whispered.txt", b"whispered file")
        run = named(S=NameObject("/JavaScript"), JS=TextStringObject("whispered()"))
        writer.root_object[NameObject("/OpenAction")] = run
        first = writer.pages[0]
        look = StreamObject()
        look.set_data(b"q Q")
        drawn = named(
            Type=NameObject("/Annot"), Subtype=NameObject("/Stamp"), T=note, Contents=note, A=run,
            AP=named(N=writer._add_object(look)), Rect=ArrayObject(),
        )  # fmt: skip
        link = named(Subtype=NameObject("/Link"), A=run)
        first[NameObject("/Annots")] = ArrayObject([writer._add_object(drawn), link, note])
        first[NameObject("/PieceInfo")] = named(Private=note)
        first["/Resources"][NameObject("/Metadata")] = note  # type: ignore[index]

    made = remade(change)
    assert b"whispered" in made
    cleaned = clean_bytes(made).data
    assert b"whispered" not in cleaned and b"JavaScript" not in cleaned and b"EmbeddedFile" not in cleaned
    (only,) = PdfReader(io.BytesIO(cleaned)).pages
    assert "Order" in only.extract_text()
    assert [str(mark.get_object()["/Subtype"]) for mark in only["/Annots"]] == ["/Stamp"]  # type: ignore[attr-defined]


def with_picture(data: bytes, **entries: object) -> bytes:
    def change(writer: PdfWriter) -> None:
        drawn = StreamObject()
        drawn._data = data
        drawn.update(named(Subtype=NameObject("/Image"), **entries))
        writer.pages[0]["/Resources"][NameObject("/XObject")] = named(X=writer._add_object(drawn))  # type: ignore[index]

    return remade(change)


def test_pictures_inside_a_pdf_are_cleaned_or_the_pdf_is_refused() -> None:
    jpeg = NameObject("/DCTDecode")
    made = with_picture(picture(), Filter=jpeg)
    assert DISTURBED in made
    assert DISTURBED not in clean_bytes(made).data
    assert DISTURBED not in clean_bytes(with_picture(picture(), Filter=ArrayObject([jpeg]))).data
    assert refused(with_picture(b"<html>", Filter=jpeg)) is Bad.NOT_CLEANABLE
    assert refused(with_picture(b"x", Filter=NameObject("/JPXDecode"))) is Bad.NOT_CLEANABLE
    two = ArrayObject([NameObject("/ASCII85Decode"), jpeg])
    assert refused(with_picture(b"x", Filter=two)) is Bad.NOT_CLEANABLE
    assert refused(with_picture(b"x", F=TextStringObject("/etc/passwd"))) is Bad.NOT_CLEANABLE


def test_a_locked_an_endless_and_an_empty_pdf_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    def lock(writer: PdfWriter) -> None:
        writer.encrypt("secret", algorithm="RC4-128")

    assert refused(remade(lock)) is Bad.LOCKED

    def grow(writer: PdfWriter) -> None:
        for _number in range(300):
            writer.add_blank_page(9, 9)

    assert refused(remade(grow)) is Bad.TOO_MANY_PAGES

    def empty(writer: PdfWriter) -> None:
        writer.remove_page(0)

    assert refused(remade(empty)) is Bad.DAMAGED
    monkeypatch.setattr("ihala.cases.files.pdf.MOST_OBJECTS", 1)
    assert refused(page("x")) is Bad.TOO_MUCH_WORK


def test_cleaning_happens_in_a_process_without_the_servers_environment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert clean(page("x")).data == clean_bytes(page("x")).data
    for made, bad in ((b"", Bad.EMPTY), (b"x" * (LARGEST + 1), Bad.TOO_LARGE), (b"x", Bad.UNKNOWN),
                      (picture()[:-2], Bad.DAMAGED)):  # fmt: skip
        with pytest.raises(NotTaken) as error:
            clean(made)
        assert error.value.bad is bad
    monkeypatch.setattr(process, "PATIENCE", 0.001)
    with pytest.raises(NotTaken) as error:
        clean(page("x"))
    assert error.value.bad is Bad.TOO_MUCH_WORK


def test_a_process_that_dies_is_a_file_that_is_not_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process.sys, "executable", "/bin/false")
    with pytest.raises(NotTaken) as error:
        clean(page("x"))
    assert error.value.bad is Bad.TOO_MUCH_WORK
