"""Copies of a text count as one, whatever their rows are called."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bias_tasks.measure import summarise
from bias_tasks.public.metrics import classification
from bias_tasks.public.occupation import Biography, documents
from bias_tasks.public.same_text import text_id
from bias_tasks.public.sets import public_sets, read_set
from bias_tasks.records import Record

ORIGINAL = "Ninguém merece isso, que vergonha!"
COPIES = [
    "ninguém merece isso: que vergonha",
    "  Ninguém  merece isso,\nQUE VERGONHA!!",
    "Ｎinguém merece isso que vergonha",
]


@pytest.mark.parametrize("copy", COPIES)
def test_copies_that_differ_in_case_spacing_punctuation_and_width_are_one(copy: str) -> None:
    assert text_id(copy) == text_id(ORIGINAL)


def test_other_words_and_other_signs_without_words_are_other_texts() -> None:
    texts = [
        ORIGINAL,
        "Ninguém merece isto, que vergonha!",
        "ninguem merece isso que vergonha",
        ":-)",
        ":-(",
        "😀",
    ]
    assert len({text_id(text) for text in texts}) == len(texts)


@given(
    st.lists(st.sampled_from(["uma", "vaga", "洗", "سلام"]), min_size=1),
    st.sampled_from([" ", "\n", ", ", " – "]),
)
def test_how_words_are_joined_changes_nothing(words: list[str], between: str) -> None:
    assert text_id(between.join(words)) == text_id(" ".join(words))


def test_copies_in_a_set_share_a_cluster(tmp_path: Path) -> None:
    chosen = next(s for s in public_sets("offensive") if s.name == "hatebr")
    label = next(iter(chosen.labels))
    file = tmp_path / chosen.file
    file.parent.mkdir(parents=True)
    rows = [{chosen.text: text, "label": label} for text in [ORIGINAL, *COPIES, "Outra coisa."]]
    file.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    assert len({text.text_id for text in read_set(chosen, str(tmp_path))}) == 2


def test_copies_of_a_biography_share_a_cluster() -> None:
    pool = [Biography(text, "nurse", "female") for text in ("She cares for others.", "she cares for others")]
    assert len({document["biography"] for document in documents(pool)}) == 1


@pytest.mark.simulation
def test_copies_do_not_shrink_what_the_gap_looks_like_where_cultures_do_not_matter() -> None:
    """Every text four times: as one cluster a text, the null is that of the texts; as four, half of it."""
    measure, rng = classification(public_sets("offensive")), np.random.default_rng(0)
    texts = [
        Record(culture, f"{culture} {n}", gold, gold if rng.random() < 0.8 else "no", "x")
        for culture in ("arabic", "portuguese", "spanish")
        for n in range(60)
        for gold in ("yes",)
    ] + [
        Record(culture, f"{culture} no {n}", "no", "no" if rng.random() < 0.8 else "yes", "x")
        for culture in ("arabic", "portuguese", "spanish")
        for n in range(60)
    ]
    null = summarise(measure, tuple(texts))["gap_null"]
    as_one = summarise(measure, tuple(texts * 4))["gap_null"]
    apart = tuple(r._replace(cluster=f"{r.cluster} copy {k}") for k in range(4) for r in texts)
    assert as_one == pytest.approx(null, rel=0.1)
    assert summarise(measure, apart)["gap_null"] == pytest.approx(null / 2, rel=0.15)
