"""Two people, one page: each logs in, asks, and sees only what is their own."""

from __future__ import annotations

from pathlib import Path

import httpx
from browser import start
from conftest import serving
from fake_assistant import FakeAssistant
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait

from assistant.ui.accounts import Accounts

NPL = "晋商银行2024年末不良贷款率是多少？"
PASSWORD = "correct horse"


def _log_in(driver, name: str, password: str) -> None:
    driver.find_element(By.NAME, "name").send_keys(name)
    driver.find_element(By.NAME, "password").send_keys(password, Keys.ENTER)


def test_each_sees_their_own(need_browser: None, tmp_path: Path, fake: FakeAssistant, axe: str) -> None:
    accounts = Accounts(tmp_path / "data")
    accounts.add("ann", PASSWORD)
    accounts.add("bob", PASSWORD + "!")
    with serving(tmp_path, fake, accounts=accounts) as site:
        driver = start()
        try:
            _as_both(driver, site.ready().url, axe)
        finally:
            driver.quit()
        assert httpx.get(site.url + "/v1/models").status_code == 401
        names = sorted(folder.name for folder in (site.settings.data_folder / "history").iterdir())
        assert names == ["ann"], "bob asked nothing"


def _as_both(driver, url: str, axe: str) -> None:
    from page_object import Page

    driver.get(url)
    waiting = WebDriverWait(driver, 40, 0.02)
    waiting.until(lambda _: driver.find_elements(By.NAME, "password"))
    driver.execute_script(axe)
    faults = driver.execute_async_script("axe.run(document).then((r) => arguments[0](r.violations))")
    assert [fault["id"] for fault in faults if fault["impact"] in ("serious", "critical")] == []
    _log_in(driver, "ann", "wrong password")
    waiting.until(lambda _: driver.find_elements(By.CSS_SELECTOR, ".notice"))
    assert "不正确" in driver.find_element(By.CSS_SELECTOR, ".notice").text
    _log_in(driver, "ann", PASSWORD)
    waiting.until(lambda _: driver.find_elements(By.CSS_SELECTOR, "#question textarea"))
    page = Page(driver, url)
    page.ready()
    assert "1.77" in page.ask(NPL).text
    page.until(lambda: len(page.all(".entries .open")) == 1, "ann's entry")
    page.until(lambda: page.shown("a.out"), "the way out")[0].click()
    page.until(lambda: driver.find_elements(By.NAME, "password"), "the login")
    _log_in(driver, "bob", PASSWORD + "!")
    page.until(lambda: page.all(".welcome .chip"), "bob's page")
    assert not page.all(".turn") and not page.all(".entries .open"), "nothing of ann's, in the same browser"
    assert [error for error in page.console_errors() if "401" not in error] == [], "but for the wrong password"
