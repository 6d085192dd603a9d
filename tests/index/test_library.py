from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from index import library
from index.catalog import Catalog, CatalogError
from index.editions import choose_editions
from index.library import Description, LibraryError, describe
from tests.index.made_files import INTRO, PROSE, TITLE
from tests.index.test_passages import REPORTS

TEXT = "\n".join([*TITLE, INTRO, *[PROSE] * 4])
ALPHA = Description("甲银行", "Alpha Bank", "甲银行股份有限公司", "2024年度报告", 2024, "zh-Hans")


def add(folder: Path, description: Description = ALPHA, **more: object) -> str:
    catalog = Catalog.load([REPORTS, folder])
    options = {"source": "a.txt", "mark": "0123456789", **more}
    return library.add(folder, catalog, description, "文字", **options).id  # type: ignore[arg-type]


def test_the_first_pages_tell_who_and_when() -> None:
    found = describe(TEXT, "report.txt")
    assert found == Description("汾河银行", "", TITLE[0], TITLE[1], 2024, "zh-Hans")


@pytest.mark.parametrize(
    ("report", "institution", "year", "script"),
    [
        ("shanxi-securities", "山西证券", 2024, "zh-Hans"),
        ("jinshang-bank", "晉商銀行", 2024, "zh-Hant"),
        ("hundsun", "恒生电子", 2024, "zh-Hans"),
        ("oneconnect", "金融壹賬通", 2024, "zh-Hant"),
        ("pboc-shanxi", "中国人民银行山西省分行", 2024, "zh-Hans"),  # its title says 2025, its figures are for 2024
    ],
)
def test_the_projects_own_reports_are_described_rightly(report: str, institution: str, year: int, script: str) -> None:
    found = describe((REPORTS / f"{report}.txt").read_text(encoding="utf-8"), f"{report}.txt")
    assert (found.institution, found.year, found.script) == (institution, year, script)


@pytest.mark.parametrize("text", ["", "没有机构名称的一段文字。", "English only."])
def test_what_the_text_does_not_tell_stays_empty(text: str) -> None:
    found = describe(text, "my report.txt")
    assert (found.institution, found.year, found.title) == ("", 0, "my report")


def test_the_english_name_behind_the_legal_one() -> None:
    text = TEXT.replace("（以下", "（Fenhe Bank Co., Ltd.，以下")
    assert describe(text, "a").english == "Fenhe Bank"


def test_added_and_removed(tmp_path: Path) -> None:
    name = add(tmp_path, aliases=["阿尔法"], tickers=["000001.SZ"])
    catalog = Catalog.load([tmp_path])
    report = catalog.get(name)
    assert name == "alpha-bank-2024"
    assert report.path.read_text(encoding="utf-8") == "文字"
    for said in ("甲银行", "阿尔法", "甲銀行", "Alpha Bank", "000001.SZ", "甲银行股份有限公司"):
        assert catalog.resolve(f"{said}的员工总数") == (name,)
    library.remove(tmp_path, name)
    assert Catalog.load([tmp_path]).ids() == ()
    assert not report.path.exists()


def test_names_with_quotes_and_control_characters_survive(tmp_path: Path) -> None:
    odd = Description('甲"银\\行', "A\tB\x7f", "甲", "标题\n二", 2024, "zh-Hans")
    add(tmp_path, odd, report_id="odd")
    entry = tomllib.loads((tmp_path / "catalog.toml").read_text(encoding="utf-8"))["report"][0]
    assert (entry["institution"]["zh-Hans"], entry["title"]) == ('甲"银\\行', "标题\n二")
    assert entry["institution"]["en"] == "A\tB\x7f"


def test_the_same_file_is_recognised(tmp_path: Path) -> None:
    name = add(tmp_path, mark="feed")
    assert library.find_same([REPORTS, tmp_path], "feed") == name
    own = library.digest((REPORTS / "hundsun.txt").read_bytes())
    assert library.find_same([REPORTS, tmp_path], own) == "hundsun"
    assert library.find_same([REPORTS, tmp_path], "beef") is None


def test_ids_are_free_and_plain(tmp_path: Path) -> None:
    assert [add(tmp_path), add(tmp_path)] == ["alpha-bank-2024", "alpha-bank-2024-2"]
    with pytest.raises(LibraryError, match="taken"):
        add(tmp_path, report_id="hundsun")
    for name in ("Big", "a b", "../up", ""):
        if name:
            with pytest.raises(LibraryError, match="letters"):
                add(tmp_path, report_id=name)


def test_an_unknown_report_is_not_removed(tmp_path: Path) -> None:
    add(tmp_path)
    with pytest.raises(LibraryError, match="alpha-bank-2024"):
        library.remove(tmp_path, "beta")


def test_a_broken_catalogue_is_named_and_kept(tmp_path: Path) -> None:
    (tmp_path / "catalog.toml").write_text("[[report", encoding="utf-8")
    with pytest.raises(CatalogError, match=r"catalog\.toml"):
        library.remove(tmp_path, "x")
    assert (tmp_path / "catalog.toml").read_text(encoding="utf-8") == "[[report"


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    with pytest.raises(LibraryError, match="cannot be changed"):
        library.remove(tmp_path / "file" / "reports", "x")


def editions(tmp_path: Path) -> Catalog:
    for year in (2022, 2024):
        add(tmp_path, Description("甲银行", "Alpha Bank", "甲银行股份有限公司", f"{year}年度报告", year, "zh-Hans"))
    return Catalog.load([tmp_path])


@pytest.mark.parametrize(
    ("question", "years"),
    [
        ("甲银行2024年员工总数", [2024]),
        ("甲银行2022年员工总数", [2022]),
        ("甲银行2023年员工总数", [2024]),
        ("甲银行2021年员工总数", [2022]),
        ("甲银行2025年员工总数", [2024]),
        ("甲银行员工总数", [2024]),
        ("甲银行近三年员工总数的变化", [2024, 2022]),
        ("甲银行2021年和2024年的员工总数", [2024, 2022]),
        ("Alpha Bank's headcount in 2022", [2022]),
    ],
)
def test_the_right_years_report_is_meant(question: str, years: list[int], tmp_path: Path) -> None:
    catalog = editions(tmp_path)
    assert [catalog.get(report).year for report in catalog.resolve(question)] == years


def test_one_name_of_two_institutions_stays_ambiguous() -> None:
    catalog = Catalog.load([REPORTS])
    assert set(catalog.resolve("Shanxi 2024")) == {"shanxi-securities", "pboc-shanxi"}
    assert choose_editions([], "2024") == ()


def test_a_company_alone_above_the_title_needs_no_other_mention() -> None:
    found = describe(f"{TITLE[0]}\n{TITLE[1]}\n指标 单位 2024年\n员工总数 人 12\n", "scan.pdf")
    assert (found.institution, found.legal_name) == ("汾河银行", TITLE[0])
    assert describe(f"{TITLE[1]}\n本报告由汾河银行股份有限公司编制。\n", "a.txt").legal_name == ""
