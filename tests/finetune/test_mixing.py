"""γ-mixing: how many augmented rows, and which."""

from collections.abc import Callable, Iterable
from fractions import Fraction
from itertools import pairwise
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bias_tasks.training_rows import Message, TrainingRow
from finetune.mix_settings import Design
from finetune.mixing import MixError, counts, labels_apart, labels_apart_in, mix

MakeRows = Callable[..., list[TrainingRow]]

designs = st.sampled_from(get_args(Design))
gammas = st.floats(0, 0.95)
SOURCES = ("original", "augmented")


@pytest.mark.parametrize(
    ("gamma", "accumulate", "replace"),
    [
        (0, (3600, 0), (3600, 0)),
        (0.1, (3600, 400), (3240, 360)),
        (0.25, (3600, 1200), (2700, 900)),
        (0.5, (3600, 3600), (1800, 1800)),
        (0.8, (3600, 14400), (720, 2880)),
    ],
)
def test_the_paper_s_set_of_3600_mixes_to(
    gamma: float, accumulate: tuple[int, int], replace: tuple[int, int]
) -> None:
    assert counts(3600, gamma, "accumulate") == accumulate
    assert counts(3600, gamma, "replace") == replace


@given(st.integers(1, 10_000), gammas)
def test_accumulate_keeps_the_originals_and_adds_gamma_over_one_minus_gamma_of_them(
    originals: int, gamma: float
) -> None:
    found = counts(originals, gamma, "accumulate")
    assert found.original == originals
    assert abs(found.augmented - gamma / (1 - gamma) * originals) <= 0.5 + 1e-9 * originals


@given(st.integers(1, 10_000), gammas)
def test_replace_keeps_the_total_and_swaps_gamma_of_it(originals: int, gamma: float) -> None:
    try:
        found = counts(originals, gamma, "replace")
    except MixError:
        assert round(gamma * originals) == originals
        return
    assert found.original + found.augmented == originals
    assert found.original > 0
    assert abs(found.augmented - gamma * originals) <= 0.5 + 1e-9 * originals


@given(st.integers(1000, 10_000), gammas, designs)
def test_gamma_is_the_share_of_augmented_rows_up_to_rounding(
    originals: int, gamma: float, design: Design
) -> None:
    found = counts(originals, gamma, design)
    assert found.augmented / sum(found) == pytest.approx(gamma, abs=1 / originals)


@given(st.integers(1, 100_000), st.integers(0, 999), designs)
def test_no_whole_number_is_nearer_to_the_formula_in_exact_fractions(
    originals: int, thousandths: int, design: Design
) -> None:
    """At a tie, such as 2.5 rows, either neighbour will do."""
    gamma = Fraction(thousandths, 1000)
    exact = originals * (gamma / (1 - gamma) if design == "accumulate" else gamma)
    try:
        found = counts(originals, thousandths / 1000, design)
    except MixError:
        assert design == "replace"
        assert originals - exact <= Fraction(1, 2)
        return
    assert abs(found.augmented - exact) <= Fraction(1, 2)
    assert found.original == originals - (found.augmented if design == "replace" else 0)


@pytest.fixture(scope="module")
def pools(make_rows: MakeRows) -> tuple[list[TrainingRow], list[TrainingRow]]:
    return make_rows(1_000), make_rows(1_000, "augmented")


@given(
    st.integers(1, 1_000), st.lists(st.integers(0, 50), min_size=2, max_size=6), designs, st.integers(0, 99)
)
def test_the_sets_of_one_seed_are_nested_over_all_gammas(
    pools: tuple[list[TrainingRow], list[TrainingRow]],
    originals: int,
    percents: list[int],
    design: Design,
    seed: int,
) -> None:
    sets = []
    for percent in sorted(percents):
        rows = mix(pools[0][:originals], pools[1], percent / 100, design, seed)
        by_source = {source: [row.text_id for row in rows if row.source == source] for source in SOURCES}
        assert len(by_source["original"]) + len(by_source["augmented"]) == len({row.text_id for row in rows})
        sets.append(by_source)
    for fewer, more in pairwise(sets):
        assert more["augmented"][: len(fewer["augmented"])] == fewer["augmented"]
        assert fewer["original"][: len(more["original"])] == more["original"]


@given(st.data(), designs, st.integers(1, 30), st.integers(0, 5))
def test_a_larger_gamma_holds_every_augmented_row_of_a_smaller_one_and_in_the_same_order(
    make_rows: MakeRows, data: st.DataObject, design: Design, originals: int, seed: int
) -> None:
    smaller, larger = sorted(data.draw(st.tuples(st.floats(0, 0.8), st.floats(0, 0.8))))
    pools = make_rows(originals), make_rows(4 * originals + 1, "augmented")
    try:
        few, many = (mix(*pools, gamma, design, seed) for gamma in (smaller, larger))
    except MixError:
        assert design == "replace"
        return
    few_augmented, many_augmented = (
        [row for row in rows if row.source == "augmented"] for rows in (few, many)
    )
    assert many_augmented[: len(few_augmented)] == few_augmented
    few_original, many_original = ([row for row in rows if row.source == "original"] for rows in (few, many))
    assert few_original[: len(many_original)] == many_original


@given(st.integers(1, 30), st.floats(0, 0.7), designs, st.integers(0, 5))
def test_a_mix_holds_the_rows_counted_and_none_twice(
    make_rows: MakeRows, originals: int, gamma: float, design: Design, seed: int
) -> None:
    try:
        wanted = counts(originals, gamma, design)
    except MixError:
        return
    rows = mix(make_rows(originals), make_rows(100, "augmented"), gamma, design, seed)
    assert [row.source for row in rows] == ["original"] * wanted.original + ["augmented"] * wanted.augmented
    assert len({row.text_id for row in rows}) == len(rows)


def test_the_order_of_the_originals_is_the_same_for_every_gamma_and_pool(make_rows: MakeRows) -> None:
    plain = mix(make_rows(20), [], 0, "accumulate", seed=1)
    mixed = mix(make_rows(20), make_rows(50, "augmented"), 0.5, "accumulate", seed=1)
    assert mixed[:20] == plain


@pytest.mark.parametrize("design", get_args(Design))
def test_the_seed_chooses_rows_and_order(make_rows: MakeRows, design: Design) -> None:
    pools = make_rows(40), make_rows(40, "augmented")
    one, same, other = (mix(*pools, 0.3, design, seed) for seed in (1, 1, 2))
    assert one == same
    assert one != other
    assert {row.text_id for row in one} != {row.text_id for row in other}


@pytest.mark.parametrize("gamma", [-0.1, 1, 1.5, float("nan"), float("inf")])
@pytest.mark.parametrize("design", get_args(Design))
def test_a_gamma_outside_nought_to_one_is_refused_with_its_value(gamma: float, design: Design) -> None:
    with pytest.raises(MixError, match=rf"γ is {gamma}; expected a share in \[0, 1\)"):
        counts(100, gamma, design)


def test_a_pool_too_small_is_refused_with_what_is_needed_and_what_is_there(make_rows: MakeRows) -> None:
    with pytest.raises(
        MixError, match=r"γ = 0.5 \(accumulate\) needs 10 augmented rows for 10 originals; there are 9"
    ):
        mix(make_rows(10), make_rows(9, "augmented"), 0.5, "accumulate", seed=1)


def test_a_gamma_that_leaves_no_original_is_refused_with_the_number() -> None:
    with pytest.raises(MixError, match=r"γ = 0.95 would replace all 4 originals"):
        counts(4, 0.95, "replace")


def test_an_unknown_design_is_refused_with_the_known_ones() -> None:
    with pytest.raises(MixError, match="'mix'; expected one of: accumulate, replace"):
        counts(100, 0.5, "mix")  # type: ignore[arg-type]


# --- labels of the two sources ---------------------------------------------------------------------


def labelled(labels: Iterable[str], source: str = "original", **more: str | None) -> list[TrainingRow]:
    """A row for each label, which is its answer too."""
    return [
        TrainingRow(
            prompt=(Message(role="user", content="Is this mild?"),),
            completion=(Message(role="assistant", content=label),),
            **{"label": label, "source": source, **more},  # type: ignore[arg-type]
        )
        for label in labels
    ]


def test_the_line_about_labels_names_both_vocabularies() -> None:
    assert labels_apart(labelled(["rude", "mild"]), labelled(["1", "0"])) == (
        "the labels of original and augmented rows have nothing in common (mild, rude; 0, 1); "
        "if they mean the same, write them alike"
    )


def test_the_line_about_many_or_long_labels_is_short() -> None:
    line = labels_apart(labelled([f"topic {n:02}" for n in range(40)]), labelled(["word " * 100]))
    assert line is not None
    assert "(topic 00, topic 01, topic 02, topic 03, topic 04, topic 05 and 34 more; word word" in line
    assert len(line) < 300


vocabularies = st.sets(st.text(min_size=1, max_size=5), min_size=1, max_size=6)


@given(vocabularies, vocabularies)
def test_labels_are_apart_exactly_where_no_answer_is_shared(ours: set[str], theirs: set[str]) -> None:
    line = labels_apart(labelled(ours), labelled(theirs, "augmented"))
    assert (line is None) == bool(ours & theirs)
    assert labels_apart_in([*labelled(ours), *labelled(theirs, "augmented")]) == line


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (["no", "yes"], ["No", "Yes"]),
        (["no", "yes"], ["false", "true"]),
        (["0", "1"], ["0.0", "1.0"]),
        (["software engineer"], ["software_engineer"]),
        (["mild"], ["LABEL_0", "LABEL_1"]),
    ],
)
def test_the_same_class_written_otherwise_is_another_answer(ours: list[str], theirs: list[str]) -> None:
    assert labels_apart(labelled(ours), labelled(theirs)) is not None
    assert labels_apart(labelled(ours), labelled([*theirs, ours[0]])) is None


def test_answers_in_words_have_no_labels_to_compare() -> None:
    essays = labelled(["It is mild, since ..."], "augmented", label=None)
    assert labels_apart(labelled(["mild"]), essays) is None
    assert labels_apart(essays, labelled(["mild"])) is None
    assert labels_apart(labelled(["mild"]), []) is None
