from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from assistant.settings import Settings
from index.embedding import EncoderError, encoder_name, load_encoder


@pytest.mark.parametrize("spec", ["none", "NONE", " none ", ""])
def test_none_is_a_choice(spec: str, tmp_path: Path) -> None:
    assert load_encoder(spec, tmp_path) is None
    assert encoder_name(spec, tmp_path) == "none"


@pytest.mark.parametrize("spec", ["m3e-small", "/no/such/folder", "./nothing", "a/b/c"])
def test_a_model_that_is_not_there_is_one_clear_line(spec: str, tmp_path: Path) -> None:
    with pytest.raises(EncoderError) as caught:
        load_encoder(spec, tmp_path)
    assert spec in str(caught.value)
    assert "assistant models pull" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_damaged_model_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "config.json").write_text("{}", encoding="utf-8")
    encoder = load_encoder("broken", tmp_path)
    assert encoder is not None
    with pytest.raises(EncoderError) as caught:
        encoder.encode(["文字"])
    assert "broken" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_the_name_is_the_folders(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "modules.json").write_text("[]", encoding="utf-8")
    encoder = load_encoder(str(tmp_path / "mine"), tmp_path / "elsewhere")
    assert encoder is not None
    assert encoder.name == encoder_name(str(tmp_path / "mine"), tmp_path) == "mine"


def test_a_public_name_needs_no_folder(tmp_path: Path) -> None:
    encoder = load_encoder("intfloat/multilingual-e5-small", tmp_path)  # nothing is fetched before it is used
    assert encoder is not None
    assert encoder.name == "multilingual-e5-small"


def test_m3e_small(real_settings: Settings) -> None:
    if not (real_settings.models_folder / "m3e-small").is_dir():
        pytest.skip("m3e-small is not fetched: `assistant models pull m3e-small`")
    encoder = load_encoder("m3e-small", real_settings.models_folder)
    assert encoder is not None
    long = "绿色贷款余额" * 200
    vectors = encoder.encode(["绿色信贷余额", "绿色贷款余额", "女性董事比例", "", long])
    assert vectors.shape == (5, encoder.dimension)
    assert vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert vectors[0] @ vectors[1] > vectors[0] @ vectors[2] + 0.1
    assert np.allclose(encoder.encode(["绿色信贷余额"])[0], vectors[0], atol=0.05)  # 8-bit noise depends on the batch
    assert encoder.encode([]).shape == (0, encoder.dimension)
