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
from selenium.webdriver.common.keys import Keys

from assistant.settings import Settings
from assistant.ui import server
from assistant.ui.engine import library_of
from assistant.ui.reports_view import contradictions_html
from assistant.ui.texts import Texts
from eval import results, sources
from eval.selection import Selection
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
    html = contradictions_html(fake, library_of(fake), Texts("zh-Hans"))  # type: ignore[arg-type]
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
    page.tab(2)
    page.until(lambda: page.shown("#add-report button"), "the form's head")
    page.one("#add-report button").click()
    page.one("#upload input[type=file]").send_keys(str(file))


def _describe(page: Any) -> None:
    """The title is guessed; the person says whose report it is."""
    title = lambda: page.one("#new-title input, #new-title textarea").get_attribute("value")  # noqa: E731
    page.until(lambda: title() == "2024年度环境、社会及公司治理报告", "the guess")
    field = page.one("#new-institution input, #new-institution textarea")
    field.clear()
    field.send_keys("华山能源")


def _offered(page: Any, fits: Any) -> None:
    """Looks at the filter of the first tab, and comes back."""
    page.tab(0)
    page.one("#reports-filter input").click()
    page.until(lambda: fits([option.text for option in page.all("[role=option]")]), "the filter's reports")
    page.one("#reports-filter input").send_keys(Keys.ESCAPE)
    page.tab(2)
    page.until(lambda: page.shown("#reports table"), "the library")


def _drop(page: Any, selector: str, file: Path) -> None:
    """What the browser does when a file is dragged over the element and let go."""
    box = page.one(selector)
    page.script("arguments[0].scrollIntoView({block: 'center'})", box)
    where = page.script("const r = arguments[0].getBoundingClientRect(); return [r.x + r.width / 2, r.y + 70]", box)
    data = {"items": [], "files": [str(file)], "dragOperationsMask": 1}
    for kind in ("dragEnter", "dragOver", "drop"):
        event = {"type": kind, "x": where[0], "y": where[1], "data": data}
        page.driver.execute_cdp_cmd("Input.dispatchDragEvent", event)


def test_a_dropped_file_is_read(open_page, need_browser: None, tmp_path: Path) -> None:
    library = _Library(tmp_path / "home")
    file = tmp_path / "report.txt"
    file.write_text(TEXT, encoding="utf-8")
    with serving(tmp_path / "home", None, opener=library.open, index=library.index) as site:
        page = open_page(site.url)
        page.ready()
        page.tab(2)
        page.until(lambda: page.shown("#add-report button"), "the form's head")[0].click()
        page.still("#upload")
        _drop(page, "#upload", file)
        _describe(page)


def test_a_file_that_is_too_big_is_refused_in_words(
    open_page, need_browser: None, tmp_path: Path, fake: FakeAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "MOST_BYTES", 10_000)
    file = tmp_path / "big.txt"
    file.write_text(TEXT * 200, encoding="utf-8")
    with serving(tmp_path / "home", fake) as site:
        reply = httpx.post(site.url + "/gradio_api/upload", files={"files": file.open("rb")})
        assert reply.status_code == 413
        page = open_page(site.url)
        _upload(page, file)
        page.until(lambda: "big.txt" in page.text(".toast-body, #library-said"), "the reason")


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
        page.until(lambda: "6 份报告" in page.text(".status"), "the status line to count it")
        assert "已加入：华山能源" in page.text("#library-said"), "the word of it stays"
        assert page.one("#new-title input, #new-title textarea").get_attribute("value") == ""
        _offered(page, lambda names: any("华山能源" in name for name in names))
        assert page.script("return window.hit === undefined")
        page.script("window.confirm = () => true")
        row.find_element(By.CSS_SELECTOR, '[data-do="remove"]').click()
        page.until(lambda: "已移除" in page.text("#library-said"), "the removal")
        assert not [r for r in page.all("#reports tbody tr") if "华山能源" in r.text]
        assert not page.all('#reports [data-do="remove"]'), "the project's own reports stay"
        _offered(page, lambda names: len(names) == 5)
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


def _reopened(page: Any, tab: int) -> None:
    page.driver.refresh()
    page.until(lambda: page.shown("[role=tab]") and page.all(".turns > div"), "the page")
    page.tab(tab)


def _evaluate(file: Path) -> None:
    """A result of two questions, one of them answered."""
    selection = Selection(language="zh", limit=2)
    question, language = selection.jobs()[0].key
    answers = file.with_suffix(".jsonl")
    answers.write_text(json.dumps({"id": question, "language": language, "answer": "报告未披露。", "abstained": True}))
    results.write(sources.answers_from(selection, answers, "made for this test"), file)


def test_evaluation_report_stands_in_a_frame_of_its_own(open_page, need_browser: None, tmp_path: Path, fake) -> None:
    with serving(tmp_path, fake) as site:
        page = open_page(site.url)
        page.tab(3)
        page.until(lambda: "assistant evaluate" in page.text("#evaluation"), "how to make one")
        assert httpx.get(site.url + "/evaluation").status_code == 404
        folder = site.settings.data_folder / "evaluation"
        folder.mkdir(parents=True)
        (folder / "broken.json").write_text("{}")
        _reopened(page, 3)
        page.until(lambda: page.shown("#evaluation .notice"), "the reason")
        assert httpx.get(site.url + "/evaluation").status_code == 404
        (folder / "broken.json").unlink()
        _evaluate(folder / "latest.json")
        _reopened(page, 3)
        page.until(lambda: page.shown("#evaluation iframe"), "the frame")
        page.driver.switch_to.frame(page.one("#evaluation iframe"))
        page.until(lambda: page.shown("h1") and page.shown("svg"), "the report with its plots")
        page.driver.switch_to.default_content()
        assert page.console_errors() == []
