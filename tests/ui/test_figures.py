"""The comparison of figures: which rows state the same metric, gaps, sources."""

from __future__ import annotations

import csv
import io

import httpx
import pytest
from conftest import Site
from fake_assistant import FakeAssistant
from page_object import Page
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement

from assistant.ui import layout
from assistant.ui.engine import figures_of, library_of
from assistant.ui.figures import Choice, Figures
from index.records import Cell, Row

_YEARS = "return [...document.querySelectorAll('#figures-table thead th.num')].map((cell) => cell.innerText)"
COMPANIES = ("shanxi-securities", "jinshang-bank", "hundsun", "oneconnect")


@pytest.fixture(scope="module")
def figures(fake: FakeAssistant) -> Figures:
    return figures_of(fake, library_of(fake))  # type: ignore[arg-type]


def _values(figures: Figures, choice: Choice) -> dict[str, list[float | None]]:
    lines, periods = figures.lines(choice)
    return {
        line.report: [line.series.cells[p].value if p in line.series.cells else None for p in periods]
        for line in lines
        if line.series
    }


def test_turnover_of_all_four_companies(figures: Figures) -> None:
    read = figures.read("员工流失率 of all four companies 2022–2024")
    assert read.metrics == ("员工流失率",) and read.years == ("2022", "2023", "2024")
    values = _values(figures, Choice(read.metrics, COMPANIES, read.years))
    assert values["shanxi-securities"] == [10.1, 9.0, 8.1]
    assert values["jinshang-bank"] == [2.81, 2.33, 1.87], "years in order, whichever way the report prints them"
    lines, _ = figures.lines(Choice(read.metrics, COMPANIES, read.years))
    assert [line.report for line in lines] == list(COMPANIES), "a company without the figure has a line that says so"
    gap = next(line for line in lines if line.report == "oneconnect")
    assert gap.series is None
    assert any("流失" in metric.key for metric in figures.near(gap.metric, "oneconnect")), "its splits are offered"


@pytest.mark.parametrize("question", ["不良贷款率", "晉商銀行不良貸款率", "NPL ratio of Jinshang Bank in 2023"])
def test_a_metric_is_recognised_in_three_scripts(figures: Figures, question: str) -> None:
    assert figures.read(question).metrics[:1] == ("不良贷款率",)


def test_rows_under_a_split_are_not_mistaken_for_each_other(figures: Figures) -> None:
    for metric in figures.metrics:
        assert metric.key not in ("男性", "女性"), "alone it would say nothing"


def test_a_value_that_is_not_disclosed_is_a_gap_and_not_zero(figures: Figures) -> None:
    rows = [row for metric in figures.metrics for row in metric.rows if any(cell.value is None for cell in row.cells)]
    assert rows, "the reports hold such rows"
    row = rows[0]
    metric = next(metric for metric in figures.metrics if row in metric.rows)
    lines, periods = figures.lines(Choice((metric.key,), (row.report,)))
    empty = next(cell.period for cell in row.cells if cell.value is None)
    series = next(line.series for line in lines if line.series and line.series.row is row)
    assert empty in periods and series.cells[empty].value is None


def test_units_are_never_mixed_in_a_series() -> None:
    from index.catalog import Catalog
    from index.glossary import Glossary
    from index.records import Passage

    cells = (Cell("2023", 1.0, "1", 5), Cell("2024", 2.0, "2", 5, unit="%"))
    row = Row("r", "t", (), "指标", "人", "", cells, 5)
    passage = Passage("p", "r", "row", (), 5, 5, "", "", row)
    lines, _ = Figures([passage], Catalog(()), Glossary(())).lines(Choice(("指标",), ("r",)))
    assert lines[0].series is not None and list(lines[0].series.cells) == ["2023"]


def test_download_holds_the_sources(site: Site) -> None:
    params = {"metric": "员工流失率", "report": list(COMPANIES), "year": ["2023", "2024"], "language": "en"}
    reply = httpx.get(site.ready().url + "/figures.csv", params=params)
    rows = list(csv.reader(io.StringIO(reply.content.decode("utf-8-sig"))))
    bank = [row for row in rows if row[0] == "Jinshang Bank"]
    assert [row[3] for row in bank] == ["2.33", "1.87"]
    assert "line " in bank[0][7] and "2.33" in bank[0][8]
    assert ["OneConnect", "not disclosed"] in [[row[0], row[3]] for row in rows]


def test_three_clicks_to_the_chart_and_each_point_to_its_line(open_page) -> None:
    page = open_page()
    page.ready()
    page.tab(1)
    page.one("#figures-metrics input").click()
    page.until(lambda: page.shown("#figures-metrics [role=option]"), "the metrics")
    page.one("#figures-metrics input").send_keys("员工流失率")
    page.until(lambda: len(page.shown("#figures-metrics [role=option]")) < 20, "the list to narrow")
    page.shown("#figures-metrics [role=option]")[0].click()
    page.one("#figures-metrics input").send_keys(Keys.ESCAPE)
    page.until(lambda: page.all("#figures-table button.cell"), "the table")
    page.until(lambda: len(page.all("#figures-chart .scatterlayer .trace")) >= 2, "the chart")
    page.until(lambda: page.script("return !!document.querySelector('.js-plotly-plot')._esg"), "the chart's links")
    page.all('#figures-table button.cell[data-id$="|1.87"]')[0].click()
    page.until(lambda: "晋商银行" in page.text("#figures-source .card"), "the source of the cell")
    assert page.one("#figures-source td.cited mark").text == "1.87"
    page.click_point(trace=0, point=0)
    page.until(lambda: "山西证券" in page.text("#figures-source .card"), "the source of the point")
    page.shown('#figures-table [data-do="png"]')[0].click()
    assert page.downloaded(".png").read_bytes().startswith(b"\x89PNG"), "the chart as a picture"
    page.shown('#figures-table a[href*=".csv"]')[0].click()
    assert "员工流失率" in page.downloaded(".csv").read_text(encoding="utf-8-sig")
    assert page.console_errors() == []


def _words(page: Page) -> WebElement:
    return page.until(lambda: page.shown("#figures-words :is(textarea, input):enabled"), "the box to be ready")[0]


def test_one_question_to_the_chart(open_page) -> None:
    page = open_page(language="en")
    page.ready()
    page.tab(1)
    box = _words(page)
    box.send_keys("turnover rate of Jinshang Bank and Shanxi Securities, 2023 to 2024", Keys.ENTER)
    page.until(lambda: len(page.all("#figures-table tbody tr")) == 3, "two institutions")
    page.until(lambda: page.script(_YEARS) == ["2023", "2024"], "both years")
    box.send_keys(Keys.CONTROL, "a")
    box.send_keys("the weather", Keys.ENTER)
    page.until(lambda: "No metric" in page.text("#figures-said"), "one line that says so")
    assert page.script(_YEARS) == ["2023", "2024"], "and the comparison stays"


def test_what_is_compared_stays_when_the_library_is_opened_again(
    open_page, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(layout, "_WATCH_SECONDS", 0.3)
    page = open_page(language="en")
    page.ready()
    page.tab(1)
    _words(page).send_keys("turnover rate of Jinshang Bank and Shanxi Securities, 2023 to 2024", Keys.ENTER)
    page.until(lambda: page.script(_YEARS) == ["2023", "2024"], "both years")
    for _ in range(3):
        site.engine.opened += 1
        page.settle(1.5)  # the page asks every 0.3 s
        assert page.script(_YEARS) == ["2023", "2024"]
        assert len(page.all("#figures-table tbody tr")) == 3


def test_a_common_metric_is_two_clicks_away(open_page) -> None:
    page = open_page()
    page.ready()
    page.tab(1)
    chip = page.until(lambda: page.shown("#figures-table .chip"), "the metrics on offer")[0]
    name = chip.text.split(" (")[0]
    chip.click()
    page.until(lambda: name in page.text("#figures-table tr.group"), "its table")
    page.until(lambda: page.all("#figures-chart .trace"), "its chart")


def test_the_latest_choice_is_what_is_shown(open_page) -> None:
    page = open_page()
    page.ready()
    page.tab(1)
    _words(page).send_keys("四家公司员工流失率", Keys.ENTER)
    page.until(lambda: page.all("#figures-table button.cell"), "the table")
    page.script(
        "document.querySelectorAll('#figures-reports input, #figures-years input').forEach((box) => box.click())"
    )
    wanted = (
        "return [...document.querySelectorAll('#figures-reports label')].filter((label) => "
        "label.querySelector('input').checked).map((label) => label.innerText.trim())"
    )
    assert page.script(wanted) == ["山西省"]
    names = (
        "return [...document.querySelectorAll('#figures-table tbody tr:not(.group) th')].map((cell) => cell.innerText)"
    )
    page.until(lambda: page.script(names) == ["山西省"], "the one that is chosen now")


def test_all_four_companies_are_companies(figures: Figures) -> None:
    assert figures.read("四家公司2022–2024年员工流失率").reports == COMPANIES
    assert figures.read("turnover rate of all four companies").reports == COMPANIES
    assert figures.read("员工流失率").reports == ()


def test_every_value_in_the_table_is_the_printed_one(open_page, fake: FakeAssistant) -> None:
    page = open_page()
    page.ready()
    page.tab(1)
    _words(page).send_keys("不良贷款率", Keys.ENTER)
    page.until(lambda: page.all("#figures-table button.cell"), "the table")
    for cell in page.all("#figures-table button.cell"):
        report, line, _, value = cell.get_attribute("data-id").split("|")
        assert value == cell.text and value in fake.lines(report, int(line), int(line))[0].raw
    assert page.one("#figures-table").find_element(By.CSS_SELECTOR, "td.none").text == "未披露"
