"""Two models on the same documents: what differs, and what only seems to."""

import math
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scored_models import CULTURES, HATE, chooser, difference, occupation, payer, reader

from bias_inherit.compare import compare, compare_models, dose_response
from bias_inherit.harness.results import Sample, ScoredModel
from bias_inherit.kit.errors import UsageError
from bias_tasks.records import Record


def test_a_model_does_not_differ_from_itself() -> None:
    model = occupation(lambda i, gender: "nurse" if (i + len(gender)) % 3 else "dentist")
    for d in compare(model, model):
        assert d.delta == 0 or math.isnan(d.delta)
        assert math.isnan(d.p)
        assert d.test in ("constant", "complement") or math.isnan(d.delta)
        assert not d.stands_out


@settings(max_examples=15)
@given(st.integers(0, 10_000))
def test_turned_round_every_difference_turns_its_sign_and_keeps_its_p(seed: int) -> None:
    rng = np.random.default_rng(seed)
    one, other = (reader(rng.uniform(0.4, 1, 4), int(rng.integers(99)), items=32) for _ in range(2))
    for there, back in zip(compare(one, other), compare(other, one), strict=True):
        assert back.delta == pytest.approx(-there.delta, nan_ok=True)
        assert back.effect == pytest.approx(-there.effect, nan_ok=True)
        assert back.stderr == pytest.approx(there.stderr, nan_ok=True)
        assert back.p == pytest.approx(there.p, abs=0.05, nan_ok=True)
        assert back.interval == pytest.approx((-there.interval.high, -there.interval.low), nan_ok=True)
        assert back.equivalence_interval == pytest.approx(
            (-there.equivalence_interval.high, -there.equivalence_interval.low), nan_ok=True
        )


def test_groups_called_otherwise_swap_their_slices_and_keep_the_gap() -> None:
    one, other = reader([0.8] * 4, 1), reader([0.8, 0.7, 0.9, 0.5], 2)
    turned = dict(zip(CULTURES, CULTURES[::-1], strict=True))
    renamed = [
        ScoredModel(
            {}, {HATE: [s._replace(record=s.record._replace(group=turned[s.record.group])) for s in samples]}
        )
        for samples in (one.samples[HATE], other.samples[HATE])
    ]
    before, after = compare(one, other), compare(*renamed)
    assert difference(after, "gap").delta == pytest.approx(difference(before, "gap").delta)
    assert difference(after, "gap").interval == pytest.approx(difference(before, "gap").interval, abs=0.02)
    for culture, called in turned.items():
        was, now = difference(before, f"acc__{culture}"), difference(after, f"acc__{called}")
        assert (now.delta, now.p) == (was.delta, was.p)
        assert now.interval == pytest.approx(was.interval)


@pytest.mark.filterwarnings("error")
def test_a_group_of_one_document_and_a_group_of_none_are_told_as_far_as_they_can_be() -> None:
    one, other = (
        ScoredModel({}, {HATE: [s for s in model.samples[HATE] if s.record.group != CULTURES[0]]})
        for model in (reader([0.8] * 4, 1), reader([0.7] * 4, 2))
    )
    none = compare(one, other)
    assert math.isnan(difference(none, f"acc__{CULTURES[0]}").p)
    assert math.isnan(difference(none, "gap").delta)
    assert difference(none, "acc").p <= 1
    lonely = [Sample("lonely", Record(CULTURES[0], "0", "no", said)) for said in ("no", "yes")]
    one.samples[HATE].append(lonely[0])
    other.samples[HATE].append(lonely[1])
    single = difference(compare(one, other), f"acc__{CULTURES[0]}")
    assert (single.n_documents, single.delta, single.p) == (1, -1, 1)
    assert math.isnan(single.interval.low)


def test_a_slice_that_nobody_has_is_undefined_and_not_tested() -> None:
    found = difference(compare(reader([0.8] * 4, 1), reader([0.7] * 4, 2)), "function_acc__quoted")
    assert (found.n_documents, found.n_clusters) == (0, 0)
    assert all(math.isnan(v) for v in (found.delta, found.p, found.q, found.effect, found.mde))
    assert not found.stands_out


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("biographies", [1, 2, 3])
def test_a_handful_of_documents_gives_numbers_or_nothing_but_no_warning(biographies: int) -> None:
    one = occupation(lambda i, _: "nurse", biographies)
    other = occupation(lambda i, g: "nurse" if g == "male" else "dentist", biographies)
    found = compare(one, other)
    assert difference(found, "score").delta == -0.5
    assert all(math.isnan(end) for d in found for end in (*d.interval, *d.equivalence_interval))


def test_a_planted_loss_for_one_gender_is_found_in_its_slice_and_in_the_gap() -> None:
    fair = occupation(lambda i, _: "nurse" if i % 5 else "dentist")
    unfair = occupation(lambda i, g: "nurse" if i % 5 and (g == "male" or i % 2) else "dentist")
    differences = compare(fair, unfair)
    assert difference(differences, "acc__male").delta == 0
    assert difference(differences, "acc__female").delta == pytest.approx(-0.4)
    assert difference(differences, "gap").delta == pytest.approx(0.4)
    assert difference(differences, "gap").interval.low > 0
    assert difference(differences, "gap__male_minus_female").stands_out


def test_answering_at_random_is_no_bias_against_always_answering_the_same() -> None:
    rng = np.random.default_rng(3)
    wrong = rng.random((2, 40)) < 0.5
    always = occupation(lambda i, _: "nurse")
    random = occupation(lambda i, g: "dentist" if wrong[int(g == "male"), i] else "nurse")
    gap = difference(compare(always, random), "gap")
    assert gap.delta > 0.05
    assert gap.p > 0.05
    assert gap.interval.low < 0 < gap.interval.high
    assert not gap.stands_out


# --- order -----------------------------------------------------------------------------------------


def test_the_order_of_documents_changes_no_difference() -> None:
    one, other = reader([0.8] * 4, 1), reader([0.8, 0.8, 0.6, 0.8], 2)
    turned = ScoredModel({}, {HATE: other.samples[HATE][::-1]})
    assert repr(compare(one, turned)) == repr(compare(one, other))


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000), st.randoms(use_true_random=False))
def test_no_order_of_documents_changes_anything_that_compare_says(seed: int, random: Random) -> None:
    pair = [
        ScoredModel(
            {},
            {
                **reader(np.random.default_rng(seed + k).uniform(0.4, 1, 4), seed + k, items=16).samples,
                **chooser(0.5 + 0.2 * k, seed + k, slates=12).samples,
                **payer(0.05 * k, seed + k, pairs=15).samples,
            },
        )
        for k in range(2)
    ]
    mixed = [
        ScoredModel({}, {task: random.sample(rows, len(rows)) for task, rows in model.samples.items()})
        for model in pair
    ]
    before, after = compare_models(*pair), compare_models(*mixed)
    assert repr((after.differences, after.families)) == repr((before.differences, before.families))
    three = (
        [(0.0, pair[0]), (0.5, pair[1]), (1.0, pair[0])],
        [(0.0, mixed[0]), (0.5, mixed[1]), (1.0, mixed[0])],
    )
    assert repr(dose_response(three[1])) == repr(dose_response(three[0]))


# --- what is compared ------------------------------------------------------------------------------


def test_only_the_tasks_asked_for_are_compared() -> None:
    one, other = occupation(lambda i, _: "nurse"), occupation(lambda i, _: "dentist")
    for model in (one, other):
        model.samples.update(reader([0.8] * 4, 1).samples)
    found = compare_models(one, other, [HATE])
    assert {d.task for d in found.differences} == {HATE}
    with pytest.raises(UsageError, match="no samples of bias_inherit_spam in the first folder; there are"):
        compare_models(one, other, ["bias_inherit_spam"])


def test_a_task_of_one_folder_only_is_told() -> None:
    one = occupation(lambda i, _: "nurse")
    both = ScoredModel({}, {**one.samples, **reader([0.8] * 4, 1).samples})
    assert compare_models(one, both).only_other == (HATE,)
    assert compare_models(both, one).only_reference == (HATE,)
    with pytest.raises(UsageError, match="the two folders share no task"):
        compare_models(one, reader([0.8] * 4, 1))
