"""The whole product in a real browser: the real reports, index, LLM and embedder behind the real page."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import serving
from page_object import Page
from selenium.webdriver.common.by import By

from assistant import Assistant
from assistant.settings import Settings


@pytest.fixture
def real_page(need_browser: None, real_settings: Settings, open_page, tmp_path: Path):
    with serving(tmp_path, None, opener=lambda: Assistant.open(real_settings)) as site:
        page = open_page(site.url)
        page.wait = 180
        yield page


def test_a_figure_and_its_source(real_page: Page, tmp_path: Path) -> None:
    question = "晋商银行2024年末不良贷款率是多少？"
    real_page.ready()
    turn = real_page.ask(question)
    assert turn.find_element(By.CSS_SELECTOR, ".figure .value").text == "1.77"
    assert turn.find_elements(By.CSS_SELECTOR, ".check.ok")
    turn.find_element(By.CSS_SELECTOR, ".a a.mark").click()
    card = real_page.one(".card.now")
    assert "晋商银行" in card.text and "第 4303 行" in card.text
    assert card.find_element(By.CSS_SELECTOR, "td.cited mark").text == "1.77"
    real_page.driver.save_screenshot(str(tmp_path / "answer.png"))
    assert (tmp_path / "answer.png").stat().st_size > 20_000
    refusal = real_page.ask("恒生电子2019年的航空出行碳排放量是多少吨？")
    assert refusal.find_elements(By.CSS_SELECTOR, ".refusal")
    assert not refusal.find_elements(By.CSS_SELECTOR, ".figure")
    assert real_page.console_errors() == []
