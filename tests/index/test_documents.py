from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from index.documents import DocumentError, decode, read_document
from index.records import Line
from index.tables import read_rows
from index.text import page_numbers
from tests.index import made_files

ToLines = Callable[[str], list[Line]]
MAKERS = {
    "report.pdf": made_files.make_pdf,
    "report.docx": made_files.make_docx,
    "report.html": made_files.make_html,
    "report.md": made_files.make_markdown,
    "report.txt": made_files.make_text,
}


@pytest.mark.parametrize("name", MAKERS)
def test_every_format_gives_text_and_rows(name: str, tmp_path: Path, to_lines: ToLines) -> None:
    document = read_document(MAKERS[name](tmp_path / name))
    flat = document.text.replace("\n", "")
    assert "截至2024年末，汾河银行绿色贷款余额达88.12亿元" in flat
    found = {
        row.label: {cell.period: cell.value for cell in row.cells} for row in read_rows("x", to_lines(document.text))
    }
    assert found["员工总数"] == {"2022": 1203.0, "2023": 1317.0, "2024": 1425.0}
    assert found["温室气体排放总量"] == {"2022": 3210.5, "2023": 3001.2, "2024": None}


def test_pages_of_a_pdf_are_known(tmp_path: Path, to_lines: ToLines) -> None:
    document = read_document(made_files.make_pdf(tmp_path / "report.pdf"))
    lines = to_lines(document.text)
    pages = page_numbers(lines)
    assert document.pages == 2
    assert pages[0] == 1
    assert {page for line, page in zip(lines, pages, strict=True) if "员工总数" in line.raw} == {2}


def test_text_without_pages_has_none(to_lines: ToLines) -> None:
    assert page_numbers(to_lines("一\n二")) == [None, None]


def test_columns_are_read_one_after_the_other(tmp_path: Path) -> None:
    text = read_document(made_files.make_pdf(tmp_path / "report.pdf", columns=True)).text
    assert text.index("左栏第11行") < text.index("右栏第0行")
    assert "左栏第3行介绍汾河银行的绿色金融业务与服务\n左栏第4行" in text


def test_what_is_no_text_of_a_page_is_left_out(tmp_path: Path) -> None:
    text = read_document(made_files.make_html(tmp_path / "report.html")).text
    assert "var a" not in text
    assert "首页" not in text


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_encodings(encoding: str, tmp_path: Path) -> None:
    assert "绿色贷款余额达88.12亿元" in read_document(made_files.make_text(tmp_path / "a.txt", encoding)).text


def test_big5() -> None:
    text = "晉豐銀行在報告期內持續完善員工培訓，這是公司的主要工作。" * 5
    assert decode(text.encode("big5")) == text


def test_line_ends_of_all_systems() -> None:
    assert decode("一\r\n二\r三\n".encode()) == "一\n二\n三\n"


def refused(path: Path) -> str:
    with pytest.raises(DocumentError) as caught:
        read_document(path)
    assert "\n" not in str(caught.value)
    assert str(path) in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize("suffix", [".pdf", ".docx", ".html", ".md", ".txt"])
@pytest.mark.parametrize("data", [b"", b"   \n", b"\x00\x01\x02\xff" * 50])
def test_empty_and_broken_files(suffix: str, data: bytes, tmp_path: Path) -> None:
    (tmp_path / f"a{suffix}").write_bytes(data)
    assert refused(tmp_path / f"a{suffix}")


@pytest.mark.parametrize("name", ["report.pdf", "report.docx"])
def test_a_file_cut_short(name: str, tmp_path: Path) -> None:
    path = MAKERS[name](tmp_path / name)
    path.write_bytes(path.read_bytes()[:700])
    assert refused(path)


def test_an_encrypted_pdf(tmp_path: Path) -> None:
    assert "encrypted" in refused(made_files.make_pdf(tmp_path / "a.pdf", password="geheim"))


def test_a_scan_without_character_recognition(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "rapidocr", None)
    assert "[ocr]" in refused(made_files.make_scan(tmp_path / "a.pdf"))


def test_a_scan_with_character_recognition(tmp_path: Path) -> None:
    pytest.importorskip("rapidocr", reason="the extra `ocr` is not installed")
    rows = ["  ".join(row) for row in [made_files.HEADER, *made_files.ROWS[:2]]]
    try:
        path = made_files.make_scan(tmp_path / "a.pdf", [*made_files.TITLE, *rows])
    except OSError:
        pytest.skip("no CJK font on this system")
    document = read_document(path)
    assert document.scanned == 1
    assert made_files.TITLE[0] in document.text
    assert "1,203 1,317 1,425" in document.text


def test_a_missing_reader_names_the_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = made_files.make_docx(tmp_path / "a.docx")
    monkeypatch.setitem(sys.modules, "docx", None)
    assert "[documents]" in refused(path)


def test_a_missing_file_and_another_kind(tmp_path: Path) -> None:
    assert "no such file" in refused(tmp_path / "nothing.pdf")
    (tmp_path / "a.xlsx").write_bytes(b"x")
    assert ".xlsx" in refused(tmp_path / "a.xlsx")


def test_progress_is_told(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    read_document(made_files.make_pdf(tmp_path / "a.pdf"), lambda *step: told.append(step))
    assert told[0] == (0, 2)
    assert told[-1] == (2, 2)
