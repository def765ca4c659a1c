"""The PDF: one file, fonts inside, text that can be searched, nothing fetched."""

import re
import shutil
import subprocess
import time
from pathlib import Path

import pytest

from documents import Document, Paragraph, render
from documents.pdf import fetcher
from tests.docs.document_samples import circular, county_table


def pdf_of(document: Document) -> bytes:
    made = render(document, "pdf")
    assert isinstance(made, bytes)
    return made


def test_same_document_same_bytes() -> None:
    document = circular(attachments=())
    first = pdf_of(document)
    assert first.startswith(b"%PDF-")
    assert first == pdf_of(document)


def test_nothing_is_fetched() -> None:
    with pytest.raises(ValueError):
        fetcher().fetch("http://example.invalid/x.png")
    pdf_of(
        Document(kind="circular", title='<img src="http://example.invalid/x">', blocks=(Paragraph("正文"),))
    )


@pytest.mark.skipif(not shutil.which("pdftotext"), reason="needs poppler-utils")
def test_text_can_be_searched_and_rare_characters_stay(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(
        pdf_of(circular(blocks=(Paragraph("黑龙江堃镕昇玥新材料有限公司，占地1200㎡"),), attachments=()))
    )
    text = subprocess.run(["pdftotext", path, "-"], capture_output=True, text=True, check=True).stdout
    text = re.sub(r"\s", "", text)
    for words in ("黑营商通〔2026〕3号", "堃镕昇玥", "1200㎡", "抄送：", "—1—"):
        assert words in text


def test_500_rows_do_not_take_minutes() -> None:
    document = Document(kind="sheet", title="表", blocks=(county_table(500),))
    started = time.process_time()
    pdf_of(document)
    assert time.process_time() - started < 30
