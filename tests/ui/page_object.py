"""What a person does on the page, for the tests."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from selenium import webdriver
from selenium.common.exceptions import (
    ElementClickInterceptedException,
    StaleElementReferenceException,
    TimeoutException,
)
from selenium.webdriver.common.actions.action_builder import ActionBuilder
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import WebDriverWait


class Page:
    """The open page. `wait` seconds is how long anything may take to appear."""

    def __init__(self, driver: webdriver.Chrome, url: str, wait: float = 40) -> None:
        self.driver, self.url, self.wait = driver, url, wait
        self.downloads: Path = driver.downloads  # type: ignore[attr-defined]
        driver.get(url)
        self.until(lambda: self.all("#question textarea") and self.all(".turns > div"), "the question box")

    def until(self, check: Callable[[], Any], what: str, seconds: float | None = None) -> Any:
        # The page redraws while it is read: an element gone between finding and reading it is looked for again.
        passing = (StaleElementReferenceException, ElementClickInterceptedException)
        waiting = WebDriverWait(self.driver, seconds or self.wait, 0.02, passing)
        try:
            return waiting.until(lambda _: check(), f"waiting for {what}")
        except TimeoutException as error:
            shown = self.script("return document.body.innerText")
            raise TimeoutException(f"waited for {what}; the page shows: {shown[-1500:]}") from error

    def all(self, selector: str) -> list[WebElement]:
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def one(self, selector: str) -> WebElement:
        return self.until(lambda: (self.all(selector) or [None])[0], selector)

    def shown(self, selector: str) -> list[WebElement]:
        return [element for element in self.all(selector) if element.is_displayed()]

    def text(self, selector: str) -> str:
        for _ in range(20):
            try:
                return "\n".join(element.text for element in self.shown(selector))
            except StaleElementReferenceException:
                continue  # redrawn while it was read
        return ""

    def ready(self) -> None:
        self.until(lambda: self.all(".status.ready, .status.failed"), "the models to be loaded")
        assert not self.all(".status.failed"), self.text(".status.failed")

    def still(self, selector: str) -> WebElement:
        """The element, shown and no longer moving."""
        places: list[Any] = []

        def at_rest() -> Any:
            found = self.shown(selector)
            if not found:
                return None
            places.append(self.script("const r = arguments[0].getBoundingClientRect(); return [r.x, r.y]", found[0]))
            return found[0] if places[-1:] * 3 == places[-3:] else None

        return self.until(at_rest, f"{selector} to stand still")

    def tab(self, place: int) -> None:
        def chosen() -> bool:
            tab = self.all("[role=tab]")[place]
            if tab.get_attribute("aria-selected") != "true":
                tab.click()
            return self.all("[role=tab]")[place].get_attribute("aria-selected") == "true"

        # The tabs move while the sidebar opens or closes: a click that another tab got is seen by what is selected.
        self.until(chosen, "the tab")

    def axe(self, source: str) -> list[tuple[str, str, str]]:
        """The serious faults of accessibility in what is shown now; `source` is axe-core's script."""
        if not self.script("return !!window.axe"):
            self.script(source)
        found = self.driver.execute_async_script(
            "const done = arguments[arguments.length - 1]; axe.run(document).then((r) => done(r.violations));"
        )
        return [
            (fault["id"], node["html"][:160], node.get("failureSummary", "")[:200])
            for fault in found
            if fault["impact"] in ("serious", "critical")
            for node in fault["nodes"]
        ]

    def downloaded(self, ending: str) -> Path:
        """The file that the browser has downloaded, whole."""
        folder = self.downloads

        def whole() -> list[Path]:
            # The browser keeps the name with an empty file until all has come under another name.
            return [file for file in folder.glob(f"*{ending}") if file.stat().st_size]

        return self.until(lambda: whole() if not list(folder.glob("*.crdownload")) else [], f"a download *{ending}")[0]

    def type(self, question: str) -> None:
        self.one("#question textarea").send_keys(question)

    def send(self, question: str) -> None:
        self.type(question)
        self.one("#question textarea").send_keys(Keys.ENTER)

    def ask(self, question: str) -> WebElement:
        """Ask and wait for the end of the answer; the turn."""
        before = len(self.all(".turn"))
        self.send(question)
        self.until(lambda: len(self.all(".turn")) > before, "the question to appear")
        return self.answered()

    def answered(self) -> WebElement:
        """The last turn, once nothing runs any more."""
        self.until(
            lambda: self.all(".turn") and not self.all(".turn .progress") and self.shown("#send"),
            "the end of the answer",
        )
        return self.all(".turn")[-1]

    def click(self, selector: str, what: str) -> None:
        """Click the first such element once it is shown; one that is redrawn meanwhile is looked for again."""

        def clicked() -> bool:
            found = self.shown(selector)
            if found:
                found[0].click()
            return bool(found)

        self.until(clicked, what)

    def click_point(self, trace: int, point: int) -> None:
        """Click a point of the chart where it is drawn, as a mouse does: the chart hears it through what lies above."""

        def clicked() -> bool:
            marker = self.all("#figures-chart .scatterlayer .trace")[trace].find_elements(By.CSS_SELECTOR, ".point")[
                point
            ]
            self.script("arguments[0].scrollIntoView({block: 'center'})", marker)
            place = self.script(
                "const r = arguments[0].getBoundingClientRect(); return [r.x + r.width / 2, r.y + r.height / 2]", marker
            )
            mouse = ActionBuilder(self.driver)
            x, y = (round(value) for value in place)
            mouse.pointer_action.move_to_location(x, y - 1).pause(0.1).move_to_location(x, y).pause(0.3).click()
            mouse.perform()
            return True

        self.until(clicked, "the point")

    def press(self, action: str) -> None:
        self.all(f'.turn:last-of-type [data-do="{action}"], .turn [data-do="{action}"]')[-1].click()

    def script(self, code: str, *values: Any) -> Any:
        return self.driver.execute_script(code, *values)

    def console_errors(self) -> list[str]:
        return [
            entry["message"]
            for entry in self.driver.get_log("browser")
            if entry["level"] == "SEVERE" and "favicon" not in entry["message"]
        ]

    def requests(self) -> list[str]:
        """Every address that the page has asked for."""
        urls = []
        for entry in self.driver.get_log("performance"):
            message = json.loads(entry["message"])["message"]
            if message["method"] == "Network.requestWillBeSent":
                urls.append(message["params"]["request"]["url"])
        return urls

    def settle(self, seconds: float = 0.3) -> None:
        time.sleep(seconds)
