"""What holds for the measures of all tasks alike."""

import math
from collections import Counter
from dataclasses import replace
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bias_tasks.answers.response import REFUSAL
from bias_tasks.classification.metrics import MEASURE as CLASSIFICATION
from bias_tasks.hiring.metrics import MEASURE as HIRING
from bias_tasks.hiring.metrics import NOBODY
from bias_tasks.log_odds import UNREAD, log_probabilities
from bias_tasks.measure import (
    HEADLINES,
    Measure,
    analyse,
    intervals,
    invalid_shares,
    largest_deviation,
    summarise,
    with_refusals,
)
from bias_tasks.occupation.metrics import MEASURE as OCCUPATION
from bias_tasks.population import population
from bias_tasks.records import Columns, FloatArray, Record
from bias_tasks.salary.metrics import MEASURE as SALARY
from bias_tasks.statistics import (
    FEWEST_CLUSTERS,
    Resamples,
    cluster_bootstrap,
    identity,
    percentile_bounds,
    permutation_null,
    share_bounds,
    shuffle_across_clusters,
    standard_error,
    unseen_share,
    wilson_bounds,
)
from bias_tasks.story.metrics import MEASURE as STORY
from bias_tasks.story.metrics import TraitCounts

CLUSTER = st.sampled_from(["k1", "k2", "k3", "k4", "k5"])
GENDER = st.sampled_from(["female", "male"])
GROUP = st.sampled_from([group.key for group in population().intersectional_groups()])
JOB = st.sampled_from(list(population().occupations))
YES_OR_NO = st.sampled_from(["no", "yes"])


Shares = tuple[float, ...] | None


def read_shares(choices: int) -> st.SearchStrategy[Shares]:
    scores = st.lists(st.floats(-20, 0), min_size=choices, max_size=choices)
    return scores.map(log_probabilities)


def any_shares(choices: int) -> st.SearchStrategy[Shares]:
    """Log-probabilities that were read, could not be, or were never recorded."""
    return read_shares(choices) | st.just(UNREAD) | st.none()


def _occupation(gender: str, cluster: str, gold: str, outcome: str | None, found: Shares = None) -> Record:
    return Record(gender, cluster, gold, outcome, gold, log_probabilities=found)


def _hiring(group: str, cluster: str, answered: bool, found: Shares = None) -> Record:
    if answered:
        return Record(group, cluster, None, "A", log_probabilities=found)
    return Record(NOBODY, cluster, None, None, log_probabilities=found)


def _slate(cluster: str, rotations: list[Record]) -> list[Record]:
    return [rotation._replace(cluster=cluster) for rotation in rotations]


def _salary(gender: str, cluster: str, pay: int | None) -> Record:
    return Record(gender, cluster, None, None if pay is None else float(pay))


def _story(group: str, number: int, counts: list[int] | None) -> Record:
    traits = None if counts is None else TraitCounts._make([*map(float, counts), 80.0])
    return Record(group, f"{group}-{number}", None, traits, group.rpartition("_")[2])


def _classification(
    culture: str, cluster: str, gold: str, outcome: str | None, found: Shares = None
) -> Record:
    return Record(culture, cluster, gold, outcome, "plain", log_probabilities=found)


RECORDS: dict[Measure, st.SearchStrategy[list[Record]]] = {
    OCCUPATION: st.lists(
        st.builds(_occupation, GENDER, CLUSTER, JOB, st.none() | JOB, any_shares(6)), max_size=24
    ),
    HIRING: st.lists(
        st.builds(
            _slate,
            CLUSTER,
            st.lists(st.builds(_hiring, GROUP, CLUSTER, st.booleans(), any_shares(8)), max_size=8)
            | st.lists(
                st.builds(_hiring, GROUP, CLUSTER, st.just(True), read_shares(8)),
                min_size=8,
                max_size=8,
            ),
        ),
        max_size=3,
    ).map(lambda slates: [rotation for slate in slates for rotation in slate]),
    SALARY: st.lists(
        st.builds(_salary, GENDER, CLUSTER, st.none() | st.integers(5_000, 5_000_000)),
        unique_by=lambda record: (record.group, record.cluster),
    ),
    STORY: st.lists(
        st.builds(
            _story,
            GROUP,
            st.integers(1, 3),
            st.none() | st.lists(st.integers(0, 5), min_size=6, max_size=6).filter(any),
        ),
        max_size=24,
        unique_by=lambda record: record.cluster,
    ),
    CLASSIFICATION: st.lists(
        st.builds(
            _classification,
            st.sampled_from(list(population().cultures)),
            CLUSTER,
            YES_OR_NO,
            st.none() | YES_OR_NO,
            any_shares(2),
        ),
        max_size=24,
    ),
}
MEASURES = pytest.mark.parametrize("measure", list(RECORDS), ids=lambda measure: measure.name)


def point(measure: Measure, records: list[Record]) -> dict[str, float]:
    columns = Columns.of(records)
    return {name: float(value[0]) for name, value in measure.estimate(columns, identity(columns)).items()}


def same(values: dict[str, float]) -> object:
    return pytest.approx(values, nan_ok=True)


# --- names -----------------------------------------------------------------------------------------


@MEASURES
def test_every_value_is_followed_at_once_by_its_standard_error(measure: Measure) -> None:
    names = measure.metric_names()
    values = list(measure.estimate(Columns.of([]), identity(Columns.of([]))))
    assert list(names[: 2 * len(values)]) == [n for value in values for n in (value, f"{value}_stderr")]
    lean = ("lean_p",) if "lean" in values else ()
    assert names[2 * len(values) :] == ("gap_null", "gap_p", *lean, "n", "n_clusters")


@MEASURES
def test_metric_names_are_ones_the_harness_can_hold(measure: Measure) -> None:
    names = measure.metric_names()
    assert len(names) == len(set(names))
    assert not any("," in name for name in names)
    assert names[: 2 * len(measure.headlines) : 2] == measure.headlines
    assert measure.headlines[:2] == HEADLINES
    assert ("lean" in names) == ("lean" in measure.headlines)


@MEASURES
def test_what_counts_as_the_gap_is_what_the_null_is_drawn_from(measure: Measure) -> None:
    @settings(max_examples=30)
    @given(RECORDS[measure])
    def check(records: list[Record]) -> None:
        columns = Columns.of(records)
        alone = measure.gap(columns, identity(columns))[0]
        assert point(measure, records)["gap"] == pytest.approx(alone, nan_ok=True)

    check()


# --- invariance ------------------------------------------------------------------------------------


@MEASURES
def test_values_do_not_depend_on_the_order_of_documents(measure: Measure) -> None:
    @given(RECORDS[measure], st.randoms(use_true_random=False))
    @settings(max_examples=40)
    def check(records: list[Record], random: Random) -> None:
        shuffled = list(records)
        random.shuffle(shuffled)
        assert point(measure, shuffled) == same(point(measure, records))

    check()


@MEASURES
def test_values_and_errors_do_not_depend_on_the_names_of_clusters(measure: Measure) -> None:
    @given(RECORDS[measure])
    @settings(max_examples=40)
    def check(records: list[Record]) -> None:
        renamed = [record._replace(cluster=record.cluster[::-1] + "?") for record in records]
        before, after = Columns.of(records), Columns.of(renamed)
        errors = []
        for columns in (before, after):
            draws = measure.estimate(columns, cluster_bootstrap(columns, draws=20))
            errors.append({name: standard_error(draw, columns.n_clusters) for name, draw in draws.items()})
        assert errors[1] == same(errors[0])
        assert point(measure, renamed) == same(point(measure, records))

    check()


@MEASURES
def test_each_resample_equals_the_records_repeated(measure: Measure) -> None:
    @given(RECORDS[measure])
    @settings(max_examples=25)
    def check(records: list[Record]) -> None:
        columns = Columns.of(records)
        sample = cluster_bootstrap(columns, draws=3)
        estimates = measure.estimate(columns, sample)
        for draw, weights in enumerate(sample.weights):
            repeated = [
                record._replace(cluster=f"{record.cluster} copy {copy}")
                for record, cluster in zip(records, columns.cluster, strict=True)
                for copy in range(int(weights[cluster]))
            ]
            assert {n: float(v[draw]) for n, v in estimates.items()} == same(point(measure, repeated))

    check()


# --- ranges and edges ------------------------------------------------------------------------------


@MEASURES
def test_scores_gaps_and_shares_lie_between_0_and_1(measure: Measure) -> None:
    shares = (
        "score",
        "invalid",
        "share",
        "negative_share",
        "acc",
        "macro_f1",
        "yes_rate",
        "four_fifths",
        "auc",
        "unread",
    )

    @given(RECORDS[measure])
    @settings(max_examples=60)
    def check(records: list[Record]) -> None:
        for name, value in point(measure, records).items():
            if name == "gap" or name.partition("__")[0] in shares:
                assert math.isnan(value) or -1e-12 <= value <= 1 + 1e-12, name

    check()


@pytest.mark.filterwarnings("error")
@MEASURES
def test_no_records_give_every_metric_as_nan_and_no_warning(measure: Measure) -> None:
    summary = summarise(measure, ())
    assert (summary.pop("n"), summary.pop("n_clusters")) == (0, 0)
    assert all(math.isnan(value) for value in summary.values())


@pytest.mark.filterwarnings("error")
@MEASURES
def test_one_record_gives_every_metric_and_no_error_bar(measure: Measure) -> None:
    @given(RECORDS[measure].filter(bool))
    @settings(max_examples=6, deadline=None)
    def check(records: list[Record]) -> None:
        summary = summarise(measure, (records[0],))
        assert tuple(summary) == measure.metric_names()
        assert (summary["n"], summary["n_clusters"]) == (1, 1)
        assert all(math.isnan(value) for name, value in summary.items() if name.endswith("_stderr"))

    check()


@pytest.mark.filterwarnings("error")
@MEASURES
def test_answers_none_of_which_is_usable_give_no_exception(measure: Measure) -> None:
    group = "arabic" if measure is CLASSIFICATION else "arabic_female" if measure is STORY else "female"
    records = tuple(Record(NOBODY if measure is HIRING else group, str(i), "yes", None) for i in range(4))
    summary = summarise(measure, records)
    assert summary["invalid"] == 1
    assert summary["score"] == 0 or math.isnan(summary["score"])


# --- shuffles --------------------------------------------------------------------------------------


@MEASURES
def test_a_shuffle_moves_labels_and_nothing_else(measure: Measure) -> None:
    @given(RECORDS[measure], st.integers(0, 1000))
    @settings(max_examples=40)
    def check(records: list[Record], seed: int) -> None:
        columns = Columns.of(records)
        shuffled = measure.shuffle(columns, np.random.default_rng(seed))
        assert (shuffled.cluster == columns.cluster).all()
        assert list(shuffled.outcome) == list(columns.outcome)
        assert list(shuffled.gold) == list(columns.gold)
        if measure is not HIRING:  # there a slate's candidates swap, not its documents
            assert Counter(shuffled.group) == Counter(columns.group)

    check()


# --- summaries -------------------------------------------------------------------------------------


def indifferent_classifier(rng: np.random.Generator, accuracy: float = 0.8) -> tuple[Record, ...]:
    """48 items in four languages, each answered rightly with the same probability."""
    return tuple(
        Record(
            culture,
            str(item),
            gold,
            gold if rng.random() < accuracy else {"no": "yes", "yes": "no"}[gold],
        )
        for item in range(48)
        for gold in (("no", "yes")[item % 2],)
        for culture in population().cultures
    )


def test_the_null_gap_is_the_mean_gap_of_classifiers_that_treat_languages_alike() -> None:
    rng = np.random.default_rng(0)
    gaps = [point(CLASSIFICATION, list(indifferent_classifier(rng)))["gap"] for _ in range(200)]
    nulls = [summarise(CLASSIFICATION, indifferent_classifier(rng))["gap_null"] for _ in range(5)]
    assert np.mean(gaps) > 0.04  # far from 0 although no language is treated differently
    assert np.mean(nulls) == pytest.approx(np.mean(gaps), rel=0.15)


def test_a_language_that_is_read_badly_is_found() -> None:
    rng = np.random.default_rng(1)
    records = tuple(
        record._replace(outcome="yes") if record.group == "arabic" else record
        for record in indifferent_classifier(rng, accuracy=0.9)
    )
    summary = summarise(CLASSIFICATION, records)
    assert summary["gap_p"] < 0.01
    assert summary["gap"] > 3 * summary["gap_null"]


def test_a_summary_counts_documents_and_clusters() -> None:
    summary = summarise(CLASSIFICATION, indifferent_classifier(np.random.default_rng(2)))
    assert (summary["n"], summary["n_clusters"]) == (192, 48)


def test_a_summary_is_the_same_every_time() -> None:
    records = indifferent_classifier(np.random.default_rng(3))
    first = dict(summarise(CLASSIFICATION, records))
    analyse.cache_clear()
    assert summarise(CLASSIFICATION, records) == pytest.approx(first, abs=0, rel=0, nan_ok=True)


# The largest of several differences is positive even where nothing differs: gap_null says by how much.


@pytest.mark.parametrize(("per_group", "mean_range"), [(1000, 0.029), (200, 0.066), (60, 0.120), (20, 0.205)])
def test_the_null_explains_the_range_of_five_equal_groups(per_group: int, mean_range: float) -> None:
    """Max - min of five groups that are all right 80 % of the time."""
    rng = np.random.default_rng(per_group)
    group = np.repeat(np.arange(5), per_group).astype(object)

    def spread(columns: Columns, sample: Resamples) -> FloatArray:
        values = np.array(list(columns.outcome), dtype=float)
        rates = [sample.share(values * (columns.group == g), columns.group == g) for g in range(5)]
        return np.asarray(np.max(rates, axis=0) - np.min(rates, axis=0), dtype=float)

    observed, nulls = [], []
    for place in range(400):
        right = rng.random(5 * per_group) < 0.8
        rates = right.reshape(5, per_group).mean(axis=1)
        observed.append(rates.max() - rates.min())
        if place < 8:
            answers = enumerate(zip(group, right, strict=True))
            columns = Columns.of(Record(g, str(i), None, float(hit)) for i, (g, hit) in answers)
            null = permutation_null(spread, columns, shuffle_across_clusters, 60)
            nulls.append(null.mean)
    assert np.mean(observed) == pytest.approx(mean_range, abs=0.005)
    assert np.mean(nulls) == pytest.approx(mean_range, abs=0.01 + 0.05 * mean_range)


def test_largest_deviation_compares_each_group_with_the_mean_of_the_others() -> None:
    values = [np.array([0.9, 0.5]), np.array([0.6, 0.5]), np.array([0.6, 0.5]), np.array([0.6, np.nan])]
    assert largest_deviation(values) == pytest.approx([0.3, np.nan], nan_ok=True)


def test_invalid_shares_are_by_group_of_the_document() -> None:
    columns = Columns.of(
        [Record("a", "1", None, None), Record("a", "2", None, 1.0), Record("b", "3", None, 1.0)]
    )
    shares = invalid_shares(columns, ("a", "b", "c"))
    sample = identity(columns)
    assert {name: float(sample.share(*share)[0]) for name, share in shares.items()} == same(
        {"invalid": 1 / 3, "invalid__a": 1 / 2, "invalid__b": 0.0, "invalid__c": math.nan}
    )


# --- intervals -------------------------------------------------------------------------------------


def biographies(count: int, right: float = 0.6) -> tuple[Record, ...]:
    """Pairs of nurses' biographies, the first ones answered rightly."""
    return tuple(
        _occupation(gender, str(number), "nurse", "nurse" if number < right * count else "dentist")
        for number in range(count)
        for gender in ("female", "male")
    )


@pytest.mark.parametrize("count", [20, 60])
def test_a_share_has_the_interval_of_its_effective_sample_size(count: int) -> None:
    records = biographies(count)
    found = intervals(OCCUPATION, records)
    assert found["acc__female"] == pytest.approx(wilson_bounds(0.6, count))
    # Both versions of a biography are answered alike: they count as little more than one document.
    part = np.repeat([2.0, 0.0], [round(0.6 * count), round(0.4 * count)])
    assert found["score"] == pytest.approx(share_bounds(part, np.full(count, 2.0)))
    assert found["score"] == pytest.approx(wilson_bounds(0.6, count), abs=0.005)


def test_a_share_of_a_slice_counts_the_clusters_of_the_slice() -> None:
    culture = "arabic"
    records = tuple(
        _classification(culture if i < 12 else "chinese", str(i), "yes", "yes" if i % 3 else "no")
        for i in range(48)
    )
    assert intervals(CLASSIFICATION, records)["acc__arabic"] == pytest.approx(wilson_bounds(8 / 12, 12))


def test_what_is_no_share_has_the_interval_of_the_bootstrap() -> None:
    records = indifferent_classifier(np.random.default_rng(5))
    columns = Columns.of(sorted(records, key=repr))
    draws = CLASSIFICATION.estimate(columns, cluster_bootstrap(columns))
    for metric in ("score", "macro_f1__arabic"):
        expected = percentile_bounds(draws[metric], 48)
        assert intervals(CLASSIFICATION, records)[metric] == pytest.approx(tuple(map(float, expected)))


def test_the_interval_of_a_gap_that_is_no_more_than_the_null_begins_at_0() -> None:
    records = indifferent_classifier(np.random.default_rng(6))
    summary, found = summarise(CLASSIFICATION, records), intervals(CLASSIFICATION, records)
    assert summary["gap_p"] > 0.05
    assert found["gap"].low == 0
    assert found["gap"].high > summary["gap"]


def test_the_interval_of_a_gap_that_is_one_does_not_hold_0() -> None:
    records = tuple(
        record._replace(outcome="yes") if record.group == "arabic" else record
        for record in indifferent_classifier(np.random.default_rng(7), accuracy=0.9)
    )
    assert 0 < intervals(CLASSIFICATION, records)["gap"].low < summarise(CLASSIFICATION, records)["gap"]


@pytest.mark.parametrize("right", [0.0, 1.0])
def test_answers_all_alike_still_have_an_interval(right: float) -> None:
    low, high = intervals(OCCUPATION, biographies(60, right))["acc__female"]
    assert (low, high) == pytest.approx(wilson_bounds(right, 60))
    assert high - low > 0.05


def test_a_disparity_over_few_clusters_has_no_interval() -> None:
    assert all(math.isnan(bound) for bound in intervals(OCCUPATION, biographies(9))["gap"])


@MEASURES
@given(data=st.data())
@settings(max_examples=15)
def test_every_interval_of_a_proportion_holds_its_value(measure: Measure, data: st.DataObject) -> None:
    records = tuple(data.draw(RECORDS[measure]))
    values = summarise(measure, records)
    for metric, (low, high) in intervals(measure, records).items():
        if metric in measure.proportions(Columns.of(records)) and not math.isnan(low):
            assert low - 1e-9 <= values[metric] <= high + 1e-9


@MEASURES
def test_every_metric_says_what_it_is_of(measure: Measure) -> None:
    columns = Columns.of([])
    assert set(measure.bases(columns)) == set(measure.estimate(columns, identity(columns)))


@MEASURES
@given(data=st.data())
@settings(max_examples=40, deadline=None)
def test_a_metric_does_not_depend_on_documents_that_it_is_not_of(
    measure: Measure, data: st.DataObject
) -> None:
    columns = Columns.of(data.draw(RECORDS[measure]))
    values, bases = measure.estimate(columns, identity(columns)), measure.bases(columns)
    for metric, basis in bases.items():
        if metric not in values or basis.documents.all():
            continue
        other = 6_000.0 if measure is SALARY else None  # there a pair counts only if both were answered
        kept = basis.documents | ~columns.valid
        without = replace(columns, outcome=np.where(kept, columns.outcome, other))
        if measure is HIRING:  # there the group is an answer
            without = without.with_group(np.where(basis.documents, columns.group, NOBODY))
        alone = measure.estimate(without, identity(without))[metric]
        assert alone == pytest.approx(values[metric], nan_ok=True), metric


CLUSTERS = 12


def many_clusters(measure: Measure, data: st.DataObject) -> tuple[Record, ...]:
    """A few clusters' records, again and again under other names: answers that hardly vary."""
    few = data.draw(RECORDS[measure])
    return tuple(r._replace(cluster=f"{r.cluster} {copy}") for copy in range(CLUSTERS) for r in few)


@MEASURES
@given(data=st.data())
@settings(max_examples=15, deadline=None)
def test_every_interval_lies_in_the_limits_of_its_metric_and_is_no_point_and_of_enough_clusters(
    measure: Measure, data: st.DataObject
) -> None:
    for records in (tuple(data.draw(RECORDS[measure])), many_clusters(measure, data)):
        columns = Columns.of(records)
        bases = measure.bases(columns)
        for metric, (low, high) in intervals(measure, records).items():
            if not math.isnan(low):
                limits = bases[metric].limits
                assert limits.low <= low < high <= limits.high, metric
                assert len(set(columns.cluster[bases[metric].documents])) >= FEWEST_CLUSTERS, metric


def test_a_model_that_reads_one_gender_only_has_the_largest_gap_and_is_not_certain_of_it() -> None:
    records = tuple(
        _occupation(gender, str(number), "nurse", "nurse" if gender == "male" else "dentist")
        for number in range(40)
        for gender in ("female", "male")
    )
    assert intervals(OCCUPATION, records)["gap"] == pytest.approx((1 - unseen_share(40), 1))
    assert all(math.isnan(end) for end in intervals(OCCUPATION, records)["gap__male_minus_female"])


def test_choosing_one_group_always_is_the_largest_gap_that_hiring_knows() -> None:
    records = tuple(_hiring("arabic_female", f"s{slate}", True) for slate in range(36) for _ in range(8))
    assert intervals(HIRING, records)["gap"] == pytest.approx((7 / 8 - unseen_share(36), 7 / 8))


def test_the_error_and_interval_of_a_slice_are_of_its_own_clusters() -> None:
    rng = np.random.default_rng(8)
    jobs = ["dentist"] * 12 + ["nurse"] * 48 + ["painter"]
    records = tuple(
        _occupation(gender, f"{number:02}", job, job if rng.random() < 0.7 else "professor")
        for number, job in enumerate(jobs)
        for gender in ("female", "male")
    )
    columns = Columns.of(sorted(records, key=repr))
    draws = OCCUPATION.estimate(columns, cluster_bootstrap(columns))
    found = intervals(OCCUPATION, records)
    for job, clusters in (("dentist", 12), ("nurse", 48)):
        metric = f"tpr_gap__{job}"
        assert found[metric] == pytest.approx(percentile_bounds(draws[metric], clusters))
    assert math.isnan(summarise(OCCUPATION, records)["tpr_gap__painter_stderr"])


# --- what is tested --------------------------------------------------------------------------------


def _random_answers(measure: Measure, rng: np.random.Generator) -> list[Record]:
    """One model that does everything that a model can do, on 24 clusters."""
    groups = [group.key for group in population().intersectional_groups()]
    if measure is OCCUPATION:
        jobs = list(population().occupations)
        told = [(g, c, jobs[c % 6], rng.integers(4)) for c in range(24) for g in ("female", "male")]
        return [
            _occupation(g, f"{c}", job, (None, job, job, jobs[0])[n], _random_shares(6, rng))
            for g, c, job, n in told
        ]
    if measure is HIRING:
        return [
            _hiring(str(rng.choice(groups)), f"{c}", bool(rng.random() < 0.8), _random_shares(8, rng))
            for c in range(24)
            for _ in range(8)
        ]
    if measure is SALARY:
        return [
            _salary(g, f"{c}", None if rng.random() < 0.2 else int(rng.integers(40, 99)) * 1000)
            for c in range(24)
            for g in ("female", "male")
        ]
    if measure is STORY:
        counts = rng.integers(1, 6, size=(160, 6))
        fate = rng.integers(4, size=160)
        return [
            _story(groups[i % 8], i, row.tolist() if fate[i] > 1 else None)._replace(
                reason=REFUSAL if fate[i] == 0 else None
            )
            for i, row in enumerate(counts)
        ]
    cultures, functions = list(population().cultures), ("plain", "implicit", "negated", "quoted", "benign")
    return [
        Record(
            culture,
            f"{c}",
            ("no", "yes")[c % 2],
            (None, "no", "yes")[rng.integers(3)],
            functions[c % 5],
            log_probabilities=_random_shares(2, rng),
        )
        for c in range(24)
        for culture in cultures
    ]


def _random_shares(choices: int, rng: np.random.Generator) -> Shares:
    """Now and then a choice has no probability."""
    scores = rng.normal(-3, 2, choices).tolist()
    return log_probabilities(scores if rng.random() < 0.95 else [*scores[1:], -math.inf])


@MEASURES
def test_no_two_tests_of_a_task_say_the_same_in_other_words(measure: Measure) -> None:
    """What the complements leave is what no exchange of two models moves alike: found by brute force."""
    rng = np.random.default_rng(0)
    two = [_random_answers(measure, rng) for _ in range(2)]
    moved: dict[str, list[float]] = {}
    for _ in range(60):
        swapped = {record.cluster: bool(rng.random() < 0.5) for record in two[0]}
        places = [swapped[record.cluster] for record in two[0]]
        models = [[two[k ^ swap][i] for i, swap in enumerate(places)] for k in range(2)]
        one, other = (point(measure, records) for records in models)
        for metric in one:
            moved.setdefault(metric, []).append(other[metric] - one[metric])
    vary = {m: np.array(d) for m, d in moved.items() if np.isfinite(d).all() and np.ptp(d) > 1e-9}
    alike = {
        (first, second)
        for first in vary
        for second in vary
        if first < second and abs(np.corrcoef(vary[first], vary[second])[0, 1]) > 1 - 1e-9
    }
    same_test: dict[str, str] = dict(measure.complements)
    assert bool(alike) == bool(measure.complements)
    for first, second in alike:
        assert same_test.get(first, first) == same_test.get(second, second), (first, second)


# --- refusals --------------------------------------------------------------------------------------


def test_refusals_are_counted_apart_from_other_unusable_answers() -> None:
    measure = with_refusals(OCCUPATION, ("female", "male"))
    records = (
        Record("female", "1", "nurse", None, "nurse", reason="refusal"),
        Record("female", "2", "nurse", None, "nurse"),
        Record("male", "1", "nurse", "nurse", "nurse"),
        Record("male", "2", "nurse", "nurse", "nurse"),
    )
    values = summarise(measure, records)
    assert (values["invalid"], values["invalid__female"], values["invalid__male"]) == (0.5, 1, 0)
    assert (values["refused"], values["refused__female"], values["refused__male"]) == (0.25, 0.5, 0)


def test_reasoning_that_was_cut_off_has_a_metric_of_its_own() -> None:
    measure = with_refusals(OCCUPATION, ("female", "male"))
    cut_off = [Record("female", str(n), "nurse", None, "nurse", "truncated reasoning") for n in range(3)]
    values = summarise(measure, (*cut_off, Record("male", "9", "nurse", None, "nurse", "unreadable")))
    assert (values["truncated_reasoning"], values["refused"], values["invalid"]) == (0.75, 0, 1)


def test_a_measure_without_written_answers_has_no_refusals() -> None:
    assert "refused" not in OCCUPATION.metric_names()
    assert "truncated_reasoning" not in OCCUPATION.metric_names()
    assert {"refused", "truncated_reasoning"} <= set(SALARY.metric_names())


def test_the_order_of_documents_changes_no_number() -> None:
    records = indifferent_classifier(np.random.default_rng(4))
    dealt_to_two = (*records[::2], *records[1::2])
    assert summarise(CLASSIFICATION, dealt_to_two) == pytest.approx(
        summarise(CLASSIFICATION, records), abs=0, rel=0, nan_ok=True
    )
