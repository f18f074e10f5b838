"""Generation through the harness's own Hugging Face model: the seed and the call fix what is sampled."""

import json
from pathlib import Path

import pytest
import torch
from lm_eval.models.huggingface import HFLM

from augment.bias_types import BIAS_TYPES
from augment.domains import domain
from augment.generation import HopelessGenerationError, generate
from augment.prompts import PromptTemplate
from augment.request import Request
from augment.settings import GenerationSettings
from bias_tasks.population import population

# A random model writes nothing acceptable: three calls of four prompts, then it is given up.
SETTINGS = GenerationSettings(batch_size=4, max_new_tokens=16, max_attempts_per_row=3)
CALLS = 3


def request(seed: int) -> Request:
    biographies, template = domain("gender", population()), PromptTemplate.shipped("gender", BIAS_TYPES[1])
    return Request(biographies, BIAS_TYPES[1], template, "tiny", 4, SETTINGS, seed)


def write(lm: HFLM, journal: Path, seed: int = 3) -> bytes:
    with pytest.raises(HopelessGenerationError):
        generate(lm, request(seed), journal, lambda done, attempts: None)
    return journal.read_bytes()


@pytest.fixture(scope="module")
def undisturbed(tiny_lm: HFLM, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return write(tiny_lm, tmp_path_factory.mktemp("undisturbed") / "journal")


def texts(journal: bytes) -> list[str]:
    return [json.loads(line)["generation"] for line in journal.split(b"\n") if line]


def test_the_model_writes_a_different_text_for_each_attempt(undisturbed: bytes) -> None:
    assert len(set(texts(undisturbed))) == len(texts(undisturbed)) == CALLS * SETTINGS.batch_size


def test_the_same_seed_writes_the_same_texts_whatever_was_sampled_before(
    undisturbed: bytes, tiny_lm: HFLM, tmp_path: Path
) -> None:
    torch.rand(17)
    assert write(tiny_lm, tmp_path / "journal") == undisturbed


def test_another_seed_writes_other_texts(undisturbed: bytes, tiny_lm: HFLM, tmp_path: Path) -> None:
    assert set(texts(write(tiny_lm, tmp_path / "journal", seed=4))).isdisjoint(texts(undisturbed))


@pytest.mark.parametrize("kept", [0.2, 0.5, 0.9])
def test_a_resumed_run_writes_what_an_undisturbed_one_does(
    kept: float, undisturbed: bytes, tiny_lm: HFLM, tmp_path: Path
) -> None:
    journal = tmp_path / "journal"
    journal.write_bytes(undisturbed[: int(kept * len(undisturbed))])
    assert write(tiny_lm, journal) == undisturbed
