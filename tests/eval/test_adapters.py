"""Adapters: places of chunks, resuming, and a clear line where the optional packages are not installed."""

import json

import pytest

from assistant.errors import AssistantError, UsageError
from eval.adapters.common import Document, Found, answer_all, chat_prompt, need, read_questions

DOCUMENT = Document("bank", "a\nbb\nccc\n", (0, 2, 5, 9))


@pytest.mark.parametrize(
    ("start", "end", "lines"), [(0, 1, (1, 1)), (0, 2, (1, 1)), (0, 4, (1, 2)), (5, 9, (3, 3)), (2, 8, (2, 3))]
)
def test_characters_become_lines(start, end, lines):
    citation = DOCUMENT.citation(1, start, end)
    assert (citation["line_start"], citation["line_end"]) == lines
    assert citation["quote"] == DOCUMENT.text[start:end]


def test_answers_are_kept_one_by_one_and_not_asked_again(tmp_path):
    out, asked = tmp_path / "a.jsonl", []

    def ask(question, history):
        asked.append(question)
        if question == "stop" and asked.count("stop") == 1:
            raise KeyboardInterrupt
        return f" {question}! ", [Found(DOCUMENT, 2, 4)], 0.5

    questions = [{"id": "q", "question": text, "history": []} for text in ("一", "stop", "two")]
    with pytest.raises(KeyboardInterrupt):
        answer_all(questions, ask, out)
    answer_all(questions, ask, out)
    assert asked == ["一", "stop", "stop", "two"]
    answers = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert [answer["answer"] for answer in answers] == ["一!", "stop!", "two!"]
    assert answers[0]["citations"][0]["line_start"] == 2 and answers[0]["timings"] == {"retrieval": 0.5}


def test_a_missing_package_is_named_with_what_to_install():
    with pytest.raises(AssistantError, match=r"needs no-such-package: pip install .*\[adapters\]"):
        need("no_such_package")


def test_questions_are_read_as_the_harness_writes_them(tmp_path):
    file = tmp_path / "q.jsonl"
    file.write_text('{"id": "a", "question": "b"}\n\n{"id": "c"}\n', encoding="utf-8")
    with pytest.raises(UsageError, match=":3: needs an object"):
        read_questions(file)
    file.write_text('{"id": "a", "question": "b"}\n', encoding="utf-8")
    assert read_questions(file) == [{"id": "a", "question": "b", "history": []}]


def test_the_prompt_ends_where_the_model_begins():
    assert chat_prompt("x").endswith("<|im_start|>assistant\n") and "\nx<|im_end|>" in chat_prompt("x")
