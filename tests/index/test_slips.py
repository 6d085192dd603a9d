from __future__ import annotations

from index.slips import find_slips
from tests.index.test_conflicts import callout, prose, row


def test_two_digits_changed_round_are_one_fact_in_other_words() -> None:
    table = row("人均招聘费用", "元", 7936.69, "7,936.69", 9)
    found = list(find_slips([prose("平均每名员工的招聘成本为7,963.69元。", 5), table], []))
    assert [(place.value, place.line) for conflict in found for place in conflict.places] == [
        (7963.69, 5),
        (7936.69, 9),
    ]


def test_what_is_no_slip() -> None:
    table = row("人均招聘费用", "元", 7936.69, "7,936.69", 9)
    others = [
        prose("平均每名员工的招聘成本为7,963.69万元。", 1),  # another unit
        prose("设备购置支出7,963.69元。", 2),  # no word in common
        prose("招聘成本为7,936.69元，上年为7,963.69元。", 3),  # the right figure stands beside it
        prose("招聘成本为7,939.66元。", 4),  # digits that are no neighbours
        callout("招聘成本: 7,936.69元", 5),
    ]
    assert list(find_slips([*others, table], [])) == []
    assert (
        list(find_slips([prose("新招聘员工1,203人。", 5), row("招聘人数", "人", 1230.0, "1,230", 9)], [])) == []
    )  # too short
