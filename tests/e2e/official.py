"""Whether an exported circular is laid out as GB/T 9704-2012 asks: read from its XML, and measured on LibreOffice's page."""

from __future__ import annotations

import re
import shutil
import subprocess
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import pytest

WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
TWIPS_MM = 25.4 / 1440
POINT_MM = 25.4 / 72
LEFT, RIGHT, TOP, BOTTOM = 28, 210 - 26, 37, 297 - 35  # 版心: 156 × 225 mm


def check_xml(path: Path, *, title: str, number: str) -> None:
    """A4, margins 37 and 28 mm, text area 156 × 225 mm, title centred. Needs no office program."""
    with zipfile.ZipFile(path) as archive:
        body = ElementTree.fromstring(archive.read("word/document.xml"))  # noqa: S314 — our own file
        styles = ElementTree.fromstring(archive.read("word/styles.xml"))  # noqa: S314
    section = next(body.iter(f"{WORD}sectPr"))
    size, margin = section.find(f"{WORD}pgSz"), section.find(f"{WORD}pgMar")
    assert size is not None and margin is not None
    width, height = _mm(size, "w"), _mm(size, "h")
    top, left = _mm(margin, "top"), _mm(margin, "left")
    assert (width, height) == (pytest.approx(210, abs=0.1), pytest.approx(297, abs=0.1))
    assert (top, left) == (pytest.approx(37, abs=0.1), pytest.approx(28, abs=0.1))
    assert width - left - _mm(margin, "right") == pytest.approx(156, abs=0.1)
    assert height - top - _mm(margin, "bottom") == pytest.approx(225, abs=0.1)
    texts = ["".join(p.itertext()) for p in body.iter(f"{WORD}p")]
    assert number in texts, "the number stands under the red head"
    headings = [p for p in body.iter(f"{WORD}p") if "".join(p.itertext()).replace("\n", "") == title]
    assert headings, f"no title in {texts[:8]}"
    assert _alignment(headings[0], styles) == "center"


def _alignment(paragraph: ElementTree.Element, styles: ElementTree.Element) -> str | None:
    """`w:jc` of the paragraph itself, else of its style."""
    owners = [paragraph]
    named = paragraph.find(f"{WORD}pPr/{WORD}pStyle")
    if named is not None:
        wanted = named.get(f"{WORD}val")
        owners += [one for one in styles.iter(f"{WORD}style") if one.get(f"{WORD}styleId") == wanted]
    found = [owner.find(f"{WORD}pPr/{WORD}jc") for owner in owners]
    return next((jc.get(f"{WORD}val") for jc in found if jc is not None), None)


def _mm(element: ElementTree.Element, name: str) -> float:
    return int(element.attrib[f"{WORD}{name}"]) * TWIPS_MM


def check_in_libreoffice(path: Path, *, number: str) -> None:
    """Open it as the office would; every word of the first page lies inside the text area, the title in its middle."""
    if not (shutil.which("soffice") and shutil.which("pdftotext")):
        pytest.skip(
            "all but the last step passed: LibreOffice or poppler-utils is not installed, run `make test`"
        )
    profile = f"-env:UserInstallation={(path.parent / 'profile').as_uri()}"
    subprocess.run(
        ["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", path.parent, path],
        check=True,
        capture_output=True,
        timeout=120,
    )
    page, words = _first_page(path.with_suffix(".pdf"))
    assert page == (pytest.approx(210, abs=0.5), pytest.approx(297, abs=0.5))
    text = "".join(word for word, *_box in words)
    assert number in text
    feet = [box for word, *box in words if box[1] < BOTTOM]
    assert min(box[0] for box in feet) >= LEFT - 0.5 and max(box[2] for box in feet) <= RIGHT + 1.5
    assert min(box[1] for box in feet) >= TOP - 0.5
    last = next(box for word, *box in words if word.endswith("通报") and box[3] - box[1] > 6)
    line = [box for _word, *box in words if abs(box[1] - last[1]) < 1]
    middle = (min(box[0] for box in line) + max(box[2] for box in line)) / 2
    assert middle == pytest.approx((LEFT + RIGHT) / 2, abs=2), "the title stands in the middle"


def _first_page(pdf: Path) -> tuple[tuple[float, float], list[tuple[str, float, float, float, float]]]:
    """(width, height) and words with left, top, right, bottom; mm."""
    told = subprocess.run(["pdftotext", "-bbox", pdf, "-"], check=True, capture_output=True, text=True).stdout
    page = told.split("<page ")[1]
    width, height = (float(x) * POINT_MM for x in re.findall(r'(?:width|height)="([\d.]+)"', page)[:2])
    found = re.findall(r'<word xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)">([^<]*)', page)
    return (width, height), [(m[4], *(float(x) * POINT_MM for x in m[:4])) for m in found]  # type: ignore[misc]
