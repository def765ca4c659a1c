"""PDF, Word and Excel files from people outside (I-15, P-02): nothing that runs or fetches, and no author."""

import io
import struct
import zipfile

import pikepdf
import pytest
from docx import Document
from openpyxl import Workbook, load_workbook
from openpyxl.comments import Comment
from PIL import Image

from accounts.outside import papers, photos

AUTHOR = "梁宏伟"
RELS = "word/_rels/document.xml.rels"


def pdf(change=None, **how):
    made = pikepdf.new()
    made.add_blank_page()
    if change:
        change(made)
    out = io.BytesIO()
    made.save(out, **how)
    return out


def office(**parts):
    """A Word file, with parts added or replaced: name with __ for / and _dot_ for . → text."""
    made = Document()
    made.add_paragraph("10 月 12 日在窗口被要求重复交材料")
    made.core_properties.author = AUTHOR
    out = io.BytesIO()
    made.save(out)
    return _with(out, parts)


def _with(file, parts):
    out = io.BytesIO()
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            if name not in parts:
                new.writestr(name, old.read(name))
        for name, content in parts.items():
            new.writestr(name, content)
    return out


def _js(made):
    made.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=pikepdf.String("app.alert(1)"))


def _submit(made):
    action = pikepdf.Dictionary(S=pikepdf.Name.SubmitForm, F=pikepdf.String("http://x.example/"))
    made.Root.AA = pikepdf.Dictionary(WC=made.make_indirect(action))


def _attached(made):
    made.attachments["a.exe"] = pikepdf.AttachedFileSpec(made, b"MZ")


@pytest.mark.parametrize("change", [_js, _submit, _attached])
@pytest.mark.parametrize("mode", [pikepdf.ObjectStreamMode.generate, pikepdf.ObjectStreamMode.disable])
def test_a_pdf_that_acts_is_refused_also_when_it_is_packed(change, mode):
    with pytest.raises(papers.Active):
        papers.clean_pdf(pdf(change, object_stream_mode=mode))


def test_a_pdf_comes_out_without_its_author():
    def named(made):
        made.docinfo["/Author"] = AUTHOR
        with made.open_metadata() as meta:
            meta["dc:creator"] = [AUTHOR]
        made.pages[0].obj.PieceInfo = pikepdf.Dictionary(Who=pikepdf.String(AUTHOR))

    sent = pdf(named)
    with pikepdf.open(sent) as held:
        assert str(held.docinfo["/Author"]) == AUTHOR
    kept = papers.clean_pdf(sent)
    with pikepdf.open(io.BytesIO(kept)) as held:
        assert len(held.pages) == 1
        assert (
            "/Info" not in held.trailer
            and "/Metadata" not in held.Root
            and "/PieceInfo" not in held.pages[0].obj
        )


@pytest.mark.parametrize(
    "content", [b"%PDF-1.7\nplain text", b"%PDF-1.4\n%\xe2\xe3\n" + b"x" * 500, b"%PDF-"]
)
def test_a_pdf_nobody_can_open_is_told_so(content):
    with pytest.raises(papers.Unreadable):
        papers.clean_pdf(io.BytesIO(content))


def test_a_locked_pdf_is_told_so():
    with pytest.raises(papers.Unreadable):
        papers.clean_pdf(pdf(encryption=pikepdf.Encryption(owner="o", user="u")))


def _relations(kind):
    return (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" '
        f'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{kind}" '
        'Target="http://x.example/t.dotm" TargetMode="External"/></Relationships>'
    )


def _field(*pieces):
    runs = "".join(f"<w:r><w:instrText>{one}</w:instrText></w:r>" for one in pieces)
    return f'<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">{runs}</w:document>'


@pytest.mark.parametrize(
    "parts",
    [
        {"word/vbaProject.bin": "x"},
        {"word/oleObject1.bin": "x"},
        {"word/tool.exe": "MZ"},
        {"word/page.html": "<script/>"},
        {"word/_rels/settings.xml.rels": _relations("attachedTemplate")},
        {"word/document.xml": _field("DD", "EAUTO c:\\\\cmd.exe")},
        {"word/document.xml": '<!DOCTYPE x [<!ENTITY y SYSTEM "http://x.example/">]><x/>'},
        {"xl/externalLinks/externalLink1.xml": "<externalLink><ddeLink/></externalLink>"},
    ],
)
def test_an_office_file_that_runs_or_fetches_is_refused(parts):
    with pytest.raises(papers.Active):
        papers.clean_office(_with(office(), parts))


def test_a_word_file_keeps_its_text_and_links_but_nobody_by_name():
    comment = f'<w:comments xmlns:w="http://x"><w:comment w:id="1" w:author="{AUTHOR}" w:initials="LHW"/></w:comments>'
    sent = _with(office(), {"word/comments.xml": comment, RELS + ".x.rels": _relations("hyperlink")})
    assert AUTHOR.encode() in zipfile.ZipFile(sent).read("docProps/core.xml")
    kept = io.BytesIO(papers.clean_office(sent))
    with zipfile.ZipFile(kept) as parts:
        for name in parts.namelist():
            assert AUTHOR.encode() not in parts.read(name), name
            assert b"LHW" not in parts.read(name)
    assert Document(kept).paragraphs[0].text == "10 月 12 日在窗口被要求重复交材料"


def test_an_excel_file_keeps_its_cells_but_nobody_by_name():
    book = Workbook()
    book.properties.creator = AUTHOR
    book.active["A1"] = "=1+1"
    book.active["A2"] = "金额"
    book.active["A2"].comment = Comment("核对", AUTHOR)
    sent = io.BytesIO()
    book.save(sent)
    kept = io.BytesIO(papers.clean_office(sent))
    with zipfile.ZipFile(kept) as parts:
        assert not [name for name in parts.namelist() if AUTHOR.encode() in parts.read(name)]
    sheet = load_workbook(kept).active
    assert (sheet["A1"].value, sheet["A2"].value, sheet["A2"].comment.text) == ("=1+1", "金额", "核对")


def test_a_file_far_larger_unpacked_is_told_so():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr("word/document.xml", b" " * (papers.MOST_BYTES + 1))
    with pytest.raises(papers.Unreadable):
        papers.clean_office(out)


def _photo(kind, size, **extra):
    out = io.BytesIO()
    Image.new("RGB", size, "white").save(out, kind, **extra)
    return out


# A place of which the parts have the wrong types, and a length beyond the end.
DAMAGED = bytes.fromhex(
    "4578696600004d4d002a000000080003010e0002000000290000003201120003000000010006000088250004000000010000"
    "005c000000007878787878787878787878787878787878787878787878787878787878787878787878787878787800000002"
    "00000002000000024e00000000020005000000030000007a000000000000002d000000010000001e00000001000000010000"
    "0001"
)
BEYOND = b"Exif\0\0II*\0\x08\0\0\0" + struct.pack("<HHHIHHI", 2, 0x0112, 2, 5, 0xFFFF, 0x0115, 99) + b"\0" * 8


@pytest.mark.parametrize("exif", [DAMAGED, BEYOND])
def test_a_damaged_note_on_the_camera_does_no_harm(exif):
    kept = photos.pixels_only(_photo("JPEG", (40, 30), exif=exif), "JPEG")
    assert sorted(Image.open(io.BytesIO(kept)).size) == [30, 40]


@pytest.mark.parametrize(
    ("turn", "size"), [(1, (40, 30)), (3, (40, 30)), (6, (30, 40)), (8, (30, 40)), (77, (40, 30))]
)
def test_a_photo_stands_upright(turn, size):
    exif = Image.Exif()
    exif[0x0112] = turn
    kept = photos.pixels_only(_photo("JPEG", (40, 30), exif=exif.tobytes()), "JPEG")
    assert Image.open(io.BytesIO(kept)).size == size


def test_a_png_of_more_pixels_than_a_screen_shows_is_refused_before_it_is_unpacked():
    with pytest.raises(photos.Unreadable):
        photos.pixels_only(_photo("PNG", (7_000, 7_000)), "PNG")
