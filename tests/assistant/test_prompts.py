from __future__ import annotations

from pathlib import Path

import pytest

from assistant.errors import AssistantError
from assistant.prompts import Message, load_prompt
from tests.assistant.small_library import PROMPTS

TEXT = "What this is for.\n\n=== system\nSay it short.\n=== user\nA\n=== assistant\nB\n=== user\nNow: {question}\n"


def write(folder: Path, text: str | bytes) -> Path:
    (folder / "test.txt").write_bytes(text.encode() if isinstance(text, str) else text)
    return folder


def test_a_dialogue(tmp_path: Path) -> None:
    prompt = load_prompt(write(tmp_path, TEXT), "test")
    assert prompt.prefix == (Message("system", "Say it short."), Message("user", "A"), Message("assistant", "B"))
    assert prompt.fill({"question": "why?"}) == "Now: why?"


def test_what_is_filled_in_is_not_filled_in_again(tmp_path: Path) -> None:
    prompt = load_prompt(write(tmp_path, TEXT + "{evidence}"), "test")
    filled = prompt.fill({"question": "{evidence} {unknown}", "evidence": "{question}"})
    assert filled == "Now: {evidence} {unknown}\n{question}"


def test_an_unknown_slot_is_named(tmp_path: Path) -> None:
    prompt = load_prompt(write(tmp_path, TEXT + "{evidance}"), "test")
    with pytest.raises(AssistantError, match=r"test: unknown slot \{evidance\}; known: evidence, question"):
        prompt.fill({"question": "", "evidence": ""})


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(AssistantError, match=r"test\.txt: No such file"):
        load_prompt(tmp_path, "test")


@pytest.mark.parametrize("text", ["", "no turns", "=== system\nx", "=== user\nx\n=== assistant\ny"])
def test_the_last_turn_must_be_the_user_s(tmp_path: Path, text: str) -> None:
    with pytest.raises(AssistantError, match="last turn"):
        load_prompt(write(tmp_path, text), "test")


def test_a_file_that_is_not_utf8_is_named(tmp_path: Path) -> None:
    with pytest.raises(AssistantError, match="UTF-8"):
        load_prompt(write(tmp_path, "=== user\n中文".encode("gb18030")), "test")


SLOTS = {
    "answer_english": {"question", "answer"}, "decompose": {"question"}, "extract": {"evidence", "question"},
    "naive": {"evidence", "question"}, "rewrite": {"previous", "question"}, "translate": {"terms", "question"},
    "translate_arithmetic": {"terms", "question"}, "translate_label": {"terms", "label"},
    "verify": {"question", "figure"},
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(path.stem for path in PROMPTS.glob("*.txt") if path.stem != "contrasts"))
def test_the_prompts_there_are_take_what_the_code_gives(name: str) -> None:
    prompt = load_prompt(PROMPTS, name)
    assert prompt.prefix[0].role == "system"
    roles = [turn.role for turn in prompt.prefix[1:]]
    assert roles == ["user", "assistant"] * (len(roles) // 2)
    filled = prompt.fill({slot: f"<{slot}>" for slot in SLOTS[name]})
    assert all(f"<{slot}>" in filled for slot in SLOTS[name])
