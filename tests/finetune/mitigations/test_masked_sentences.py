"""What masking makes of single sentences: `sentences.yaml`, in four scripts."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import pytest
import yaml

from bias_tasks.population import population
from finetune.mitigations.mask import Masker
from finetune.mitigations.settings import Style


class Case(NamedTuple):
    """A sentence and what is to be left of it."""

    section: str
    text: str
    mask: str
    neutral: str


def read_cases() -> list[Case]:
    sections: Mapping[str, list[Mapping[str, str]]] = yaml.safe_load(
        Path(__file__).with_name("sentences.yaml").read_text(encoding="utf-8")
    )
    return [
        Case(section, case["kept"], case["kept"], case["kept"])
        if "kept" in case
        else Case(section, case["text"], case["mask"], case["neutral"])
        for section, cases in sections.items()
        for case in cases
    ]


CASES = read_cases()
STYLES: tuple[Style, ...] = ("mask", "neutral")


@pytest.fixture(scope="module")
def maskers() -> dict[Style, Masker]:
    return {style: Masker(population(), style) for style in STYLES}


@pytest.mark.parametrize("case", CASES, ids=[case.text for case in CASES])
@pytest.mark.parametrize("style", STYLES)
def test_a_sentence_becomes(case: Case, style: Style, maskers: dict[Style, Masker]) -> None:
    expected = case.mask if style == "mask" else case.neutral
    assert maskers[style].text(case.text).text == expected


@pytest.mark.parametrize("case", CASES, ids=[case.text for case in CASES])
def test_as_many_cues_are_counted_as_masks_are_written_in_either_style(
    case: Case, maskers: dict[Style, Masker]
) -> None:
    counts = [maskers[style].text(case.text).counts for style in STYLES]
    assert counts[0] == counts[1]
    assert counts[0].total() == case.mask.count("[MASK]")


def test_the_table_holds_sentences_of_all_scripts() -> None:
    assert len(CASES) >= 80
    for letters in ("a-z", "\u0600-\u06ff", "\u4e00-\u9fff", "\u0300-\u036f", "à-ý"):
        with_letters = [case for case in CASES if re.search(f"[{letters}]", case.text)]
        assert len(with_letters) >= 8, letters
