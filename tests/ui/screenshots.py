"""`make screenshots`: the pictures of the README, taken of the real product in a real browser."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(PROJECT))
sys.path.insert(0, str(Path(__file__).parent))

import browser  # noqa: E402
from conftest import serving  # noqa: E402
from page_object import Page  # noqa: E402
from selenium.webdriver.common.keys import Keys  # noqa: E402

from assistant import Assistant  # noqa: E402
from assistant.settings import Settings  # noqa: E402

OUT = PROJECT / "assistant" / "ui" / "screenshots"
WAIT = 240


@contextmanager
def _page(url: str, **how: object) -> Iterator[Page]:
    page = Page(browser.start(**how), url, wait=WAIT)  # type: ignore[arg-type]
    try:
        page.ready()
        yield page
    finally:
        page.driver.quit()


def _shoot(page: Page, name: str) -> None:
    page.settle(1.2)
    page.driver.save_screenshot(str(OUT / f"{name}.png"))


def _asked(*questions: str) -> Callable[[Page], None]:
    def do(page: Page) -> None:
        for question in questions:
            page.ask(question)
        page.script("window.scrollTo(0, 0)")

    return do


def _compared(question: str) -> Callable[[Page], None]:
    def do(page: Page) -> None:
        page.tab(1)
        page.one("#figures-words textarea, #figures-words input").send_keys(question, Keys.ENTER)
        page.until(lambda: page.all("#figures-chart .scatterlayer .trace"), "the chart")
        page.all("#figures-table button.cell")[0].click()
        page.until(lambda: page.all("#figures-source .card"), "the source")

    return do


_MADE = """华山能源股份有限公司
2024年度环境、社会及公司治理（ESG）报告

关于本报告
华山能源股份有限公司（以下简称“华山能源”）发布本报告，时间范围为2024年1月1日至12月31日。
环境绩效
指标 单位 2022年 2023年 2024年
耗水总量 吨 120.50 118.20 99.75
"""


def _uploaded(page: Page) -> None:
    file = page.downloads / "华山能源2024年ESG报告.txt"
    file.write_text(_MADE * 40, encoding="utf-8")
    page.tab(2)
    page.until(lambda: page.shown("#add-report button"), "the form")[0].click()
    page.one("#upload input[type=file]").send_keys(str(file))
    page.until(lambda: page.script("return document.querySelector('#new-title :is(input, textarea)').value"), "a guess")
    page.shown(".conflict-item summary")[0].click()
    page.script("window.scrollTo(0, 0)")


SHOTS: dict[str, tuple[Callable[[Page], None], dict[str, object]]] = {
    "answer": (
        _asked("山西证券2024年的温室气体排放总量比2023年变化了多少？"),
        {},
    ),
    "refusal": (_asked("晋商银行2021年末不良贷款率是多少？"), {}),
    "english": (_asked("What was Jinshang Bank's provision coverage ratio in 2024?"), {"language": "en-US"}),
    "dark": (_asked("金融壹賬通2024年員工總數是多少？"), {"language": "zh-TW", "dark": True}),
    "phone": (_asked("恒生电子2024年员工流失率是多少？"), {"width": 390, "height": 844}),
    "upload": (_uploaded, {"height": 1020}),
    "comparison": (_compared("四家公司2022–2024年员工流失率"), {"height": 1020}),
}


def main(names: list[str]) -> None:
    """Take the pictures named, or all."""
    OUT.mkdir(exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as home,
        serving(Path(home), None, opener=lambda: Assistant.open(Settings())) as site,
    ):
        for name in names or list(SHOTS):
            do, how = SHOTS[name]
            with _page(site.url, **how) as page:
                do(page)
                _shoot(page, name)


if __name__ == "__main__":
    main(sys.argv[1:])
