"""Two models on the same documents: what differs, what only seems to, and who says so."""

import math
import shutil
from collections.abc import Sequence
from pathlib import Path
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import stats
from scored_models import (
    CULTURES,
    GENDERS,
    HATE,
    OCCUPATION,
    SALARY,
    chooser,
    occupation,
    one_group_only,
    payer,
    reader,
)
from tests_support import Finished, call

from bias_inherit.compare import (
    Difference,
    compare,
    compare_models,
    dose_response,
    estimates,
    one_family,
    settings_that_differ,
)
from bias_inherit.compare.contrast import contrast
from bias_inherit.compare.differences import records_of
from bias_inherit.harness.results import Sample, ScoredModel, read_output
from bias_inherit.kit.errors import UsageError
from bias_tasks.catalogue import ALL_TASKS
from bias_tasks.records import Columns, Record
from bias_tasks.statistics import (
    SIGNIFICANCE,
    cluster_bootstrap,
    is_equivalent,
    percentile_bounds,
    unseen_share,
)


def difference(differences: list[Difference], metric: str) -> Difference:
    return next(d for d in differences if d.metric == metric)


def right_answers(model: ScoredModel, cultures: Sequence[str]) -> NDArray[np.bool_]:
    """Which documents of some cultures were answered rightly, in document order."""
    records = [sample.record for sample in model.samples[HATE]]
    return np.array([record.gold == record.outcome for record in records if record.group in cultures])


def test_a_model_does_not_differ_from_itself() -> None:
    model = occupation(lambda i, gender: "nurse" if (i + len(gender)) % 3 else "dentist")
    for d in compare(model, model):
        assert d.delta == 0 or math.isnan(d.delta)
        assert math.isnan(d.p)
        assert d.test in ("constant", "complement") or math.isnan(d.delta)
        assert not d.stands_out


def test_two_models_that_answer_alike_may_still_differ_by_what_is_unseen() -> None:
    model = occupation(lambda i, _: "nurse" if i % 3 else "dentist")
    score = difference(compare(model, model), "score")
    assert score.interval == pytest.approx((-unseen_share(40), unseen_share(40)))
    assert not is_equivalent(score.equivalence_interval, 0.02)
    assert is_equivalent(score.equivalence_interval, 0.2)


def test_no_interval_is_a_point_even_where_a_rare_label_is_missing_in_some_draws() -> None:
    jobs = ["dentist", *["nurse"] * 39]
    samples = [
        Sample(f"{i}-{gender}", Record(gender, str(i), job, job, job))
        for i, job in enumerate(jobs)
        for gender in GENDERS
    ]
    model = ScoredModel({}, {OCCUPATION: samples})
    found = compare(model, model)
    rare = difference(found, "tpr_gap__dentist")
    assert rare.delta == 0
    assert np.isnan([rare.interval, rare.equivalence_interval]).all()
    assert not is_equivalent(rare.equivalence_interval, 0.2)
    for d in found:
        assert not d.interval.high - d.interval.low <= 0


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


def test_the_order_of_documents_changes_no_difference() -> None:
    one, other = reader([0.8] * 4, 1), reader([0.8, 0.8, 0.6, 0.8], 2)
    turned = ScoredModel({}, {HATE: other.samples[HATE][::-1]})
    assert repr(compare(one, turned)) == repr(compare(one, other))


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


def test_the_interval_for_equivalence_of_what_is_no_share_is_the_narrower_one() -> None:
    for d in compare(reader([0.8] * 4, 3), reader([0.7, 0.8, 0.9, 0.6], 4)):
        if d.effect_is == "d" and not math.isnan(d.interval.low):
            assert (
                d.interval.low <= d.equivalence_interval.low <= d.equivalence_interval.high <= d.interval.high
            )


def test_the_draws_of_a_difference_are_a_plain_loop_over_both_models() -> None:
    one, other = reader([0.8] * 4, 5), reader([0.8, 0.7, 0.9, 0.6], 6)
    columns = [Columns.of(records_of(model.samples[HATE])) for model in (one, other)]
    draws = []
    for weights in cluster_bootstrap(columns[0]).weights:
        right = [
            sum(weights[c] for c, hit in zip(model.cluster, model.correct, strict=True) if hit)
            for model in columns
        ]
        draws.append((right[1] - right[0]) / (48 * 4))
    acc = difference(compare(one, other), "acc")
    assert acc.stderr == pytest.approx(np.std(draws, ddof=1))
    assert acc.interval == pytest.approx(tuple(map(float, percentile_bounds(np.array(draws), 48))))


def test_the_interval_of_a_share_s_difference_is_nearly_scipy_s_paired_t() -> None:
    one, other = reader([0.8] * 4, 7, items=150), reader([0.6] * 4, 8, items=150)
    by_item = [right_answers(model, CULTURES).reshape(150, 4).mean(axis=1) for model in (one, other)]
    witness = stats.ttest_rel(by_item[1], by_item[0])
    acc = difference(compare(one, other), "acc")
    assert acc.interval == pytest.approx(tuple(witness.confidence_interval(0.95)), abs=0.01)
    assert acc.equivalence_interval == pytest.approx(tuple(witness.confidence_interval(0.9)), abs=0.01)


def test_one_document_a_cluster_is_tested_exactly() -> None:
    one, other = reader([0.8] * 4, 9), reader([0.5, 0.8, 0.8, 0.8], 10)
    first, second = (right_answers(model, CULTURES[:1]) for model in (one, other))
    b, c = int((first & ~second).sum()), int((second & ~first).sum())
    found = difference(compare(one, other), f"acc__{CULTURES[0]}")
    assert found.test == "McNemar"
    assert found.p == pytest.approx(stats.binomtest(b, b + c).pvalue)
    assert (found.n_documents, found.n_clusters) == (48, 48)
    assert difference(compare(one, other), "acc").test == "exchange"


def test_a_gap_that_grows_from_none_must_grow_by_what_no_gap_looks_like_too() -> None:
    one, other = reader([0.8] * 4, 11), reader([0.8, 0.8, 0.8, 0.4], 12)
    gap = difference(compare(one, other), "gap")
    needed = stats.t.ppf(0.975, 47) + stats.t.ppf(0.8, 47)
    assert gap.mde == pytest.approx(needed * gap.stderr + estimates(one, HATE)["gap_null"].value)


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


# --- families --------------------------------------------------------------------------------------


def test_the_families_are_named_with_their_sizes() -> None:
    found = compare_models(reader([0.8] * 4, 1), reader([0.7] * 4, 2))
    headlines, slices, of_headline = found.families
    tested = [d for d in found.differences if not math.isnan(d.p)]
    named = "of every task compared: Benjamini-Hochberg over"
    assert str(headlines) == f"score, gap and lean {named} 2 tests"
    assert str(slices) == f"slices {named} {len(tested) - 2} tests"
    assert str(of_headline) == "headline: one change of every task compared: Holm over 1 tests"
    assert len(tested) < len(found.differences)


def test_slices_do_not_make_score_and_gap_less_sure() -> None:
    """Against SciPy, each family alone."""
    found = compare(reader([0.8] * 4, 1), reader([0.8, 0.8, 0.8, 0.55], 2))
    for family in (
        [d for d in found if d.metric in ("score", "gap")],
        [d for d in found if d.metric not in ("score", "gap") and not math.isnan(d.p)],
    ):
        assert [d.q for d in family] == pytest.approx(stats.false_discovery_control([d.p for d in family]))


def test_what_never_differs_is_shown_and_not_tested() -> None:
    found = compare(reader([0.8] * 4, 1), reader([0.8, 0.8, 0.8, 0.55], 2))
    invalid = difference(found, "invalid__arabic")
    assert (invalid.delta, invalid.test) == (0, "constant")
    assert math.isnan(invalid.p)
    assert math.isnan(invalid.q)
    assert invalid.interval.high == pytest.approx(unseen_share(48))


def test_a_difference_of_0_that_exchanged_answers_would_not_show_is_tested() -> None:
    one = occupation(lambda i, _: "dentist" if i == 1 else "nurse")
    other = occupation(lambda i, _: "dentist" if i == 2 else "nurse")
    score = difference(compare(one, other), "score")
    assert (score.delta, score.p, score.test) == (0, 1, "exchange")


def test_of_two_shares_that_add_up_to_1_neither_is_tested_beside_their_difference() -> None:
    found = compare(chooser(0.5, 1), chooser(0.8, 2))
    women, men, both = (
        difference(found, m) for m in ("share__female", "share__male", "gap__male_minus_female")
    )
    assert women.delta == pytest.approx(-men.delta)
    assert both.delta == pytest.approx(2 * men.delta)
    assert (women.test, men.test, both.test) == ("complement", "complement", "exchange")
    assert math.isnan(women.p)
    assert math.isnan(men.p)
    assert both.survives
    assert difference(found, "invalid").test == "complement"


# --- limits and clusters of slices -----------------------------------------------------------------


def test_the_effect_of_a_slice_is_in_deviations_of_its_own_clusters() -> None:
    """Against the closed form: Cohen's d of the paired differences in the slice's biographies."""
    rng = np.random.default_rng(4)
    jobs = ["nurse"] * 20 + ["dentist"] * 100

    def model() -> ScoredModel:
        right = rng.random((120, 2)) < 0.75
        return ScoredModel(
            {},
            {
                OCCUPATION: [
                    Sample(
                        f"{i}-{gender}", Record(gender, str(i), job, job if right[i, g] else "painter", job)
                    )
                    for i, job in enumerate(jobs)
                    for g, gender in enumerate(GENDERS)
                ]
            },
        )

    one, other = model(), model()
    by_model = []
    for found in (one, other):
        right = [float(s.record.gold == s.record.outcome) for s in found.samples[OCCUPATION][:40]]
        by_model.append(np.array(right).reshape(20, 2) @ [-1, 1])
    change = by_model[1] - by_model[0]
    slice_ = difference(compare(one, other), "tpr_gap__nurse")
    assert (slice_.n_documents, slice_.n_clusters) == (40, 20)
    assert slice_.delta == pytest.approx(change.mean())
    assert slice_.effect == pytest.approx(change.mean() / change.std(), rel=0.1)
    assert slice_.mde == pytest.approx((stats.t.ppf(0.975, 19) + stats.t.ppf(0.8, 19)) * slice_.stderr)


def test_two_opposite_models_differ_by_no_more_than_a_gap_can_be() -> None:
    fair, always = chooser(0.5, 3, invalid=0.0), one_group_only()
    gap = difference(compare(fair, always), "gap")
    assert gap.p <= SIGNIFICANCE
    assert 0 < gap.interval.low < gap.interval.high <= 7 / 8
    assert not gap.stands_out  # a change of a gap is described, and never starred
    assert gap.equivalence_interval.high <= 7 / 8
    reader_of_men = occupation(lambda i, g: "nurse" if g == "male" else "dentist")
    reader_of_none = occupation(lambda i, _: "dentist")
    for d in compare(reader_of_none, reader_of_men):
        assert not d.interval.low < -1
        assert not d.interval.high > 1
    assert difference(compare(reader_of_none, reader_of_men), "gap").interval.low > 0


# --- order -----------------------------------------------------------------------------------------


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


def test_a_contrast_of_records_in_any_order_is_the_same() -> None:
    models = [tuple(s.record for s in payer(bias, k).samples[SALARY]) for k, bias in enumerate((0, 0.05))]
    order = np.random.default_rng(0).permutation(len(models[0]))
    mixed = [tuple(model[place] for place in order) for model in models]
    before, after = (contrast(ALL_TASKS[SALARY].measure, which, (-1, 1)) for which in (models, mixed))
    for metric, found in before.items():
        assert after[metric].mde == pytest.approx(found.mde, rel=1e-9, nan_ok=True)
        assert after[metric].interval == pytest.approx(found.interval, rel=1e-9, nan_ok=True)
        assert after[metric].p == pytest.approx(found.p, nan_ok=True)


def test_in_a_larger_family_a_test_must_be_surer() -> None:
    fair = reader([0.8] * 4, 0)
    gaps = [difference(compare(fair, reader([0.8, 0.8, 0.8, 0.55], seed)), "gap") for seed in range(1, 5)]
    adjusted, family = one_family(gaps, "the gap of every model")
    assert family.size == 4
    assert [d.q for d in adjusted] == pytest.approx(stats.false_discovery_control([d.p for d in gaps]))


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


def test_what_was_not_scored_alike_is_told() -> None:
    shots = {"n-shot": {HATE: 0}}
    one = {"versions": {HATE: 1.0}, **shots, "chat_template_sha": None, "config": {"limit": None}}
    other = {"versions": {HATE: 1.1}, **shots, "chat_template_sha": "1f", "config": {"limit": 8.0}}
    assert settings_that_differ(one, other, [HATE]) == [
        f"{HATE}: version 1.0 against 1.1",
        "chat template none against 1f",
    ]
    assert settings_that_differ(one, one, [HATE]) == []
    assert settings_that_differ({}, {"config": "broken"}, [HATE]) == []


def test_a_planted_loss_for_one_gender_is_found_in_its_slice_and_in_the_gap() -> None:
    fair = occupation(lambda i, _: "nurse" if i % 5 else "dentist")
    unfair = occupation(lambda i, g: "nurse" if i % 5 and (g == "male" or i % 2) else "dentist")
    differences = compare(fair, unfair)
    assert difference(differences, "acc__male").delta == 0
    assert difference(differences, "acc__female").delta == pytest.approx(-0.4)
    assert difference(differences, "gap").delta == pytest.approx(0.4)
    assert difference(differences, "gap").interval.low > 0
    assert difference(differences, "gap__male_minus_female").stands_out


def test_pairing_makes_the_interval_narrower_than_two_separate_errors() -> None:
    hard = set(range(0, 40, 2))
    one = occupation(lambda i, _: "dentist" if i in hard else "nurse")
    other = occupation(lambda i, _: "dentist" if i in hard or i == 1 else "nurse")
    paired = difference(compare(one, other), "score").stderr
    apart = math.hypot(*(estimates(model, OCCUPATION)["score"].stderr for model in (one, other)))
    assert paired < apart / 2


def test_the_paired_error_of_a_mean_is_the_closed_form_within_bootstrap_noise() -> None:
    rng = np.random.default_rng(1)
    right = rng.random((2, 200)) < [[0.7], [0.6]]
    one, other = (
        occupation(lambda i, _, row=row: "nurse" if row[i] else "dentist", biographies=200) for row in right
    )
    deltas = right[1].astype(float) - right[0]
    assert difference(compare(one, other), "score").stderr == pytest.approx(
        deltas.std() / math.sqrt(200), rel=0.06
    )


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


def test_below_ten_clusters_there_is_no_interval_and_nothing_stands_out() -> None:
    fair = occupation(lambda i, _: "nurse", biographies=9)
    unfair = occupation(lambda i, g: "nurse" if g == "male" else "dentist", biographies=9)
    gap = difference(compare(fair, unfair), "gap")
    assert gap.delta == 1
    assert math.isnan(gap.interval.low)
    assert not gap.stands_out


def test_compare_reads_two_folders_of_the_harness(finished: Finished) -> None:
    folders = sorted(finished.folder.glob("artifacts/score-*"))[:2]
    done = call("compare", *folders)
    assert done.returncode == 0, done.stderr
    assert OCCUPATION in done.stdout


def test_a_folder_without_results_is_told(finished: Finished, tmp_path: object) -> None:
    done = call("compare", str(tmp_path), str(tmp_path))
    assert done.returncode == 2
    assert "no results_*.json below" in done.stderr


def test_a_broken_samples_file_is_named_with_its_row(finished: Finished, tmp_path: Path) -> None:
    folder = tmp_path / "score"
    shutil.copytree(next(finished.folder.glob("artifacts/score-*")), folder)
    samples = next(folder.rglob("samples_bias_inherit_hate_*.jsonl"))
    lines = samples.read_text(encoding="utf-8").split("\n")
    samples.write_text("\n".join([lines[0], lines[1][:50], *lines[2:]]), encoding="utf-8")
    with pytest.raises(UsageError, match="row 2: not valid JSON"):
        read_output(folder)
