"""The library on the page: what it lists, contradictions, adding and removing reports."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import httpx
import pytest
from conftest import serving
from fake_assistant import REPORTS, FakeAssistant
from selenium.webdriver.common.by import By

from assistant.settings import Settings
from assistant.ui.engine import library_of
from assistant.ui.reports_view import library_html
from assistant.ui.texts import Texts
from index.conflicts import Conflict, Place

TEXT = """华山能源股份有限公司
2024年度环境、社会及公司治理报告

关于本报告
华山能源股份有限公司（以下简称“华山能源”）发布本报告。
环境绩效
指标 单位 2022年 2023年 2024年
耗水总量 吨 120.50 118.20 99.75
<script>window.hit=1</script>
"""


def test_contradictions_are_shown_with_both_places(fake: FakeAssistant, monkeypatch: pytest.MonkeyPatch) -> None:
    places = (Place(1899, "1,899", 267), Place(1937, "1,937", 2242))
    monkeypatch.setattr(fake.index, "conflicts", (Conflict("oneconnect", "員工總數", "2024", "人", places),))
    html = library_html(fake, library_of(fake), lambda report: False, Texts("zh-Hans"))  # type: ignore[arg-type]
    assert "1,899 / 1,937" in html and "第 267 行" in html and "第 2242 行" in html
    assert html.count("<strong>") == 2, "both numbers are marked in their lines"


class _Library:
    """A site whose assistant is opened anew over the project's and the user's reports."""

    def __init__(self, home: Path, indexing_takes: float = 0.0) -> None:
        self.settings = Settings(home=home)
        self.seconds, self.built = indexing_takes, 0

    def open(self) -> FakeAssistant:
        return FakeAssistant(folders=[REPORTS, self.settings.report_folders[-1]])

    def index(self, settings: Settings, progress: Any) -> None:
        for step in range(11):
            progress("embedding", step, 10)
            time.sleep(self.seconds / 10)
        self.built += 1


def _upload(page: Any, file: Path) -> None:
    page.ready()
    page.all("[role=tab]")[2].click()
    page.until(lambda: page.shown("#add-report button"), "the form's head")
    page.one("#add-report button").click()
    page.settle(0.5)
    page.one("#upload input[type=file]").send_keys(str(file))


def _describe(page: Any) -> None:
    """The title is guessed; the person says whose report it is."""
    title = lambda: page.one("#new-title input, #new-title textarea").get_attribute("value")  # noqa: E731
    page.until(lambda: title() == "2024年度环境、社会及公司治理报告", "the guess")
    field = page.one("#new-institution input, #new-institution textarea")
    field.clear()
    field.send_keys("华山能源")


def test_add_ask_about_and_remove(open_page, need_browser: None, tmp_path: Path) -> None:
    library = _Library(tmp_path / "home")
    file = tmp_path / "华山 <b>报告.txt"
    file.write_text(TEXT, encoding="gb18030")
    with serving(tmp_path / "home", None, opener=library.open, index=library.index) as site:
        page = open_page(site.url)
        _upload(page, file)
        _describe(page)
        page.one("#add-button").click()
        page.until(lambda: "已加入：华山能源" in page.text("#library-said"), "the end of it")
        row = page.until(lambda: [r for r in page.all("#reports tbody tr") if "华山能源" in r.text], "its row")[0]
        assert "2024" in row.text and library.built == 1
        assert page.script("return window.hit === undefined")
        page.script("window.confirm = () => true")
        row.find_element(By.CSS_SELECTOR, '[data-do="remove"]').click()
        page.until(lambda: "已移除" in page.text("#library-said"), "the removal")
        assert not [r for r in page.all("#reports tbody tr") if "华山能源" in r.text]
        assert not page.all('#reports [data-do="remove"]'), "the project's own reports stay"
        assert page.console_errors() == []


def test_cancel_leaves_the_library_as_it_was(open_page, need_browser: None, tmp_path: Path) -> None:
    library = _Library(tmp_path / "home", indexing_takes=20)
    file = tmp_path / "report.txt"
    file.write_text(TEXT, encoding="utf-8")
    with serving(tmp_path / "home", None, opener=library.open, index=library.index) as site:
        page = open_page(site.url)
        _upload(page, file)
        _describe(page)
        page.one("#add-button").click()
        page.until(lambda: page.shown("#add-cancel") and page.all("#library-said progress"), "the progress bar")
        page.one("#add-cancel").click()
        page.until(lambda: "已取消" in page.text("#library-said"), "the word that it is cancelled")
        assert library.built == 0
        catalog = library.settings.report_folders[-1] / "catalog.toml"
        assert "华山能源" not in catalog.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "data", "part"),
    [("empty.txt", b" \n", "empty"), ("fake.pdf", b"hello, this is no PDF at all", "fake.pdf")],
)
def test_a_file_that_cannot_be_read_is_one_line(
    open_page, need_browser: None, tmp_path: Path, name: str, data: bytes, part: str
) -> None:
    library = _Library(tmp_path / "home")
    file = tmp_path / name
    file.write_bytes(data)
    with serving(tmp_path / "home", None, opener=library.open, index=library.index) as site:
        page = open_page(site.url)
        _upload(page, file)
        page.until(lambda: part in page.text("#library-said .notice"), "the reason")
        assert "/tmp" not in page.text("#library-said"), "and not where the upload lies"


def test_no_file_outside_is_served(tmp_path: Path, fake: FakeAssistant) -> None:
    secret = tmp_path / "home" / "data" / "users.json"
    with serving(tmp_path / "home", fake) as site:
        secret.parent.mkdir(parents=True, exist_ok=True)
        secret.write_text(json.dumps({"ann": {}}))
        for path in (secret, Path("/etc/passwd"), REPORTS / "catalog.toml"):
            reply = httpx.get(f"{site.url}/gradio_api/file={path}")
            assert reply.status_code in (403, 404), path


def test_evaluation_report_stands_in_a_frame_of_its_own(open_page, need_browser: None, tmp_path: Path, fake) -> None:
    with serving(tmp_path, fake) as site:
        page = open_page(site.url)
        page.all("[role=tab]")[3].click()
        page.until(lambda: "assistant evaluate" in page.text("#evaluation"), "how to make one")
        assert httpx.get(site.url + "/evaluation").status_code == 404
        folder = site.settings.data_folder / "evaluation"
        folder.mkdir(parents=True)
        (folder / "broken.json").write_text("{}")
        assert httpx.get(site.url + "/evaluation").status_code == 404
