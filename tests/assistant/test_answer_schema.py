"""The JSON Schema that is shipped is the one of the code, and answers keep to it."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

import jsonschema
import pytest
from pydantic import ValidationError

from assistant.answer import Answer
from tests.assistant.small_library import Library

REMEDY = (
    "assistant/answer.schema.json is not up to date; write Answer.model_json_schema() into it: "
    "json.dumps(…, ensure_ascii=False, indent=2)"
)


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(files("assistant").joinpath("answer.schema.json").read_text(encoding="utf-8"))
    return loaded


def test_it_is_up_to_date(schema: dict[str, Any]) -> None:
    assert schema == Answer.model_json_schema(), REMEDY


def test_it_is_a_schema(schema: dict[str, Any]) -> None:
    jsonschema.Draft202012Validator.check_schema(schema)
    assert set(schema["required"]) == {"question", "language", "answer"}


@pytest.mark.parametrize(
    "question",
    [
        "甲银行2024年员工流失率是多少？",
        "甲銀行2022年員工流失率是多少？",
        "What was Alpha's dividend in 2030?",
        "甲银行2024年末比2023年末多多少人？",
    ],
)
def test_answers_keep_to_it(small: Library, schema: dict[str, Any], question: str) -> None:
    answer = small.assistant().ask(question, id="7")
    data = json.loads(answer.model_dump_json())
    jsonschema.validate(data, schema)
    assert Answer.model_validate(data) == answer


def test_what_is_no_answer_is_rejected(schema: dict[str, Any]) -> None:
    good = json.loads(Answer(question="?", language="en", answer="").model_dump_json())
    jsonschema.validate(good, schema)
    for bad in ({"language": "fr"}, {"value": "8.1"}, {"unknown": 1}, {"citations": [{"n": 1}]}):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate({**good, **bad}, schema)
        with pytest.raises(ValidationError):
            Answer.model_validate_json(json.dumps({**good, **bad}), strict=True)
