"""The page itself, driven as a person drives it: languages, filter, keyboard, phone, accessibility."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from conftest import Site
from page_object import Page
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement

NPL = "晋商银行2024年末不良贷款率是多少？"


@pytest.mark.parametrize(
    ("language", "title", "send", "placeholder"),
    [
        ("zh-CN", "ESG 报告问答", "提问", "用简体"),
        ("zh-HK", "ESG 報告問答", "提問", "用簡體"),
        ("en-GB", "ESG Report Assistant", "Ask", "Ask in"),
        ("fr-FR", "ESG Report Assistant", "Ask", "Ask in"),
    ],
)
def test_interface_language_follows_the_browser(open_page, language, title, send, placeholder) -> None:
    page = open_page(language=language)
    page.until(lambda: page.text("h1") == title, "the title")
    assert page.one("#send").text == send
    assert page.one("#question textarea").get_attribute("placeholder").startswith(placeholder)


def test_language_switch_and_theme_stay(open_page) -> None:
    page = open_page(language="zh-CN")
    page.ready()
    page.ask(NPL)
    page.one("#language option[value=en]").click()
    page.until(lambda: page.text("h1") == "ESG Report Assistant", "English")
    page.until(lambda: "Verified" in page.text(".turn"), "the conversation, in English")
    page.one("#theme").click()
    assert page.script("return document.body.classList.contains('dark')")
    page.driver.refresh()
    page.until(lambda: page.text("h1") == "ESG Report Assistant", "English, still")
    assert page.script("return document.body.classList.contains('dark')")
    assert page.one("#send").text == "Ask"


def test_report_filter_is_used(open_page, site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    real = site.assistant.stream

    def watched(question, **how):
        asked.append(how["reports"])
        return real(question, **how)

    monkeypatch.setattr(site.assistant, "stream", watched)
    page = open_page()
    page.ready()
    page.until(lambda: page.script("return !!document.querySelector('#reports-filter input')"), "the filter")
    page.one("#reports-filter input").click()
    page.until(lambda: len(page.all("[role=option]")) == 5, "the five reports")
    next(option for option in page.all("[role=option]") if "山西省" in option.text).click()
    page.one("#reports-filter input").send_keys(Keys.ESCAPE)
    page.ask(NPL)
    assert asked == [("pboc-shanxi",)]
    assert "山西省" in page.text(".turn .scope")


def _tab_to(page: Page, what: str) -> WebElement:
    """Presses Tab until something that fits the selector has the focus."""
    for _ in range(60):
        page.driver.switch_to.active_element.send_keys(Keys.TAB)
        if page.script("return document.activeElement.matches(arguments[0])", what):
            return page.driver.switch_to.active_element
    raise AssertionError(f"Tab never comes to {what}")


def test_keyboard_alone(open_page) -> None:
    page = open_page()
    page.ready()
    focused = page.driver.switch_to.active_element
    assert focused.get_attribute("placeholder"), "the question box has the focus from the start"
    focused.send_keys(NPL, Keys.ENTER)
    page.until(lambda: page.all(".turn"), "the question to appear")
    page.answered()
    page.one("body").send_keys(Keys.HOME)
    page.script("document.activeElement.blur(); window.getSelection().removeAllRanges()")
    _tab_to(page, ".turn a.mark").send_keys(Keys.ENTER)
    page.until(lambda: page.script("return document.activeElement.matches('.card.now')"), "the card to be focused")
    _tab_to(page, ".card.now .back").send_keys(Keys.ENTER)
    page.until(lambda: page.script("return document.activeElement.matches('a.mark')"), "the way back")
    _tab_to(page, '[data-do="good"]').send_keys(Keys.SPACE)
    page.until(lambda: page.all('[data-do="good"][aria-pressed="true"]'), "the thumb")


def test_phone_width_has_no_sideways_scroll(open_page) -> None:
    page = open_page(width=390, height=844)
    page.ready()
    page.ask("金融壹賬通和山西證券2024年範圍二排放量")
    assert page.script("return document.documentElement.scrollWidth") <= 390
    page.one(".turn .a p a.mark").click()
    top = "return document.querySelector('.card.now')?.getBoundingClientRect().top ?? -1"
    page.until(lambda: 0 <= page.script(top) < 800, "the evidence to be scrolled into view")
    page.script("window.scrollTo(0, 0)")
    for place in range(1, 4):
        page.tab(place)
        page.until(lambda: page.shown("[role=tabpanel] :is(.panel, .empty)"), "the tab")
        assert page.script("return document.documentElement.scrollWidth") <= 390, place


def test_nothing_is_fetched_from_outside(open_page, site: Site) -> None:
    page = open_page()
    page.ready()
    page.ask(NPL)
    hosts = {
        urlsplit(url).hostname for url in page.requests() if urlsplit(url).scheme in ("http", "https", "ws", "wss")
    }
    assert hosts == {"127.0.0.1"}


@pytest.mark.parametrize(("dark", "width"), [(False, 1360), (True, 1360), (False, 390)])
def test_no_serious_accessibility_fault(open_page, axe: str, dark: bool, width: int) -> None:
    page = open_page(dark=dark, width=width)
    page.ready()
    assert page.axe(axe) == [], "at first"
    page.ask("贷款余额增长多少？")
    page.ask("山西证券2024年范围三排放量")
    page.ask("bug")
    page.ask("壹账通员工总数")
    page.press("bad")
    page.click(".cards summary", "evidence that is folded")
    page.click("#open-history", "the history")
    page.still(".entries .open")
    assert page.axe(axe) == [], "with answers, evidence, history"
    page.still(".sidebar .toggle-button").click()
    page.tab(1)
    page.until(lambda: page.shown("#figures-table .chip"), "the metrics on offer")
    assert page.axe(axe) == [], "figures, nothing chosen"
    page.one("#figures-words textarea, #figures-words input").send_keys("四家公司员工流失率", Keys.ENTER)
    page.until(lambda: page.all("#figures-chart .scatterlayer .trace"), "the chart")
    page.click("#figures-table button.cell", "a figure")
    page.until(lambda: page.shown("#figures-source .card"), "the source")
    assert page.axe(axe) == [], "figures"
    page.tab(2)
    page.click("#add-report button", "the reports")
    page.until(lambda: page.shown("#add-button"), "the form")
    assert page.axe(axe) == [], "reports"
    page.tab(3)
    page.until(lambda: page.shown("#evaluation .panel"), "the evaluation")
    assert page.axe(axe) == [], "evaluation"
    assert page.console_errors() == []
