"""The headline: one signed change a task, in the direction that was declared, and in words."""

import json
import math
from collections.abc import Callable, Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from scipy.special import expit
from scored_models import (
    CULTURES,
    HATE,
    HIRING,
    OCCUPATION,
    SALARY,
    caller,
    chooser,
    occupation,
    payer,
    reader,
    without_log_likelihoods,
)
from statsmodels.stats.multitest import multipletests

from bias_inherit.compare import Comparison, HeadlineRow, compare_models, notes
from bias_inherit.compare.exports import Names, to_json, to_latex, to_markdown
from bias_inherit.compare.headline_exports import HEADLINE_COLUMNS, headline_to_csv
from bias_inherit.compare.wording import what_moved
from bias_inherit.harness.results import ScoredModel
from bias_tasks.catalogue import ALL_TASKS
from bias_tasks.margins import MARGINS, Margins

NOTHING = (0.0, 0.0, 0.0, 0.0)


def asked(one: ScoredModel, other: ScoredModel, **declared: str) -> Comparison:
    """Two models, with what was declared for some of their tasks."""
    found = {f"bias_inherit_{task}": words for task, words in declared.items()}
    return compare_models(
        one, other, declared={task: ALL_TASKS[task].headline(words) for task, words in found.items()}
    )


def headline(one: ScoredModel, other: ScoredModel, **declared: str) -> HeadlineRow:
    (row,) = asked(one, other, **declared).headline
    return row


def by_hand(
    model: ScoredModel, culture: str, of_log_odds: Callable[[float], float] = float
) -> Sequence[float]:
    """Of each item the log-odds of yes, or what is made of them, in a culture minus the others' mean."""
    odds: dict[str, dict[str, float]] = {}
    for sample in model.samples[HATE]:
        no, yes = sample.record.log_probabilities or (0.0, 0.0)
        odds.setdefault(sample.record.cluster, {})[sample.record.group] = of_log_odds(yes - no)
    return [item[culture] - np.mean([item[c] for c in CULTURES if c != culture]) for item in odds.values()]


def test_of_four_cultures_the_one_that_moved_is_told_in_its_direction() -> None:
    one, other = caller(NOTHING, 1), caller((0, 0, -0.3, 0), 2)
    row = headline(one, other)
    moved = CULTURES[2]
    assert row.metric == f"lean__{moved}"
    assert len(row.changes) == len(CULTURES)
    expected = np.mean(by_hand(other, moved)) - np.mean(by_hand(one, moved))
    assert row.delta == pytest.approx(expected)
    assert row.interval.high < 0
    assert row.is_found
    assert row.says == row.change.signed.below
    assert f"toward “{row.change.signed.below}”" in what_moved(row)
    assert "log-odds" in what_moved(row)


def test_bands_of_four_are_wider_than_of_one() -> None:
    one, other = caller(NOTHING, 1), caller((0, 0, -0.3, 0), 2)
    together = headline(one, other)
    alone = headline(one, other, hate=together.metric)
    assert together.interval.low < alone.interval.low
    assert together.interval.high > alone.interval.high
    assert together.change.mde > alone.change.mde
    assert alone.delta == together.delta


@pytest.mark.parametrize("words", ["lean:either", "lean:up", "lean:down"])
def test_p_of_a_declared_contrast_is_scipy_s(words: str) -> None:
    """Items' changes with signs flipped; one-sided in a declared direction."""
    one, other = caller(NOTHING, 1, items=24, noise=0.3), caller((0.1, 0, 0, 0), 2, items=24, noise=0.3)
    row = headline(one, other, hate=words)
    changes = np.subtract(by_hand(other, "arabic"), by_hand(one, "arabic"))
    side = {"either": "two-sided", "up": "greater", "down": "less"}[words.partition(":")[2]]
    witness = stats.permutation_test(
        (changes,),
        np.mean,
        permutation_type="samples",
        n_resamples=50_000,
        alternative=side,
        rng=np.random.default_rng(0),
    )
    assert row.p == pytest.approx(witness.pvalue, abs=0.03)
    assert row.delta == pytest.approx(changes.mean())


def test_p_of_a_declared_share_is_scipy_s_and_its_margin_that_of_shares() -> None:
    one, other = caller(NOTHING, 1, items=24, noise=0.3), caller((0.3, 0, 0, 0), 2, items=24, noise=0.3)
    row = headline(one, other, hate="lean_share:up")
    changes = np.subtract(by_hand(other, "arabic", expit), by_hand(one, "arabic", expit))
    witness = stats.permutation_test(
        (changes,),
        np.mean,
        permutation_type="samples",
        n_resamples=50_000,
        alternative="greater",
        rng=np.random.default_rng(0),
    )
    assert (row.metric, row.instead_of) == ("lean_share", "")
    assert row.delta == pytest.approx(changes.mean(), abs=1e-5)
    assert row.change.stderr == pytest.approx(stats.sem(changes), rel=0.1)
    assert row.p == pytest.approx(witness.pvalue, abs=0.03)
    assert row.says == headline(one, other, hate="lean:up").says
    assert row.is_equivalent(Margins(share=0.5, log_odds=0.001))
    assert not row.is_equivalent(Margins(share=0.001, log_odds=9))


def test_a_declared_direction_halves_p_and_the_other_one_never_finds() -> None:
    one, other = caller(NOTHING, 1, noise=0.4), caller((0.15, 0, 0, 0), 2, noise=0.4)
    either, up, down = (headline(one, other, hate=f"lean:{way}") for way in ("either", "up", "down"))
    assert up.p == pytest.approx(either.p / 2, abs=0.01)
    assert down.p > 0.9
    assert not down.is_found
    assert up.delta == down.delta > 0
    assert up.interval == either.interval


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 10_000))
def test_turned_round_the_headline_turns_its_sign_and_keeps_its_p(seed: int) -> None:
    rng = np.random.default_rng(seed)
    one, other = (caller(rng.normal(0, 0.2, 4), int(rng.integers(99)), 24, 0.5) for _ in range(2))
    there, back = headline(one, other), headline(other, one)
    assert back.metric == there.metric
    assert back.delta == pytest.approx(-there.delta)
    assert back.p == pytest.approx(there.p, abs=0.04)
    assert back.interval == pytest.approx((-there.interval.high, -there.interval.low))


def test_a_model_has_no_headline_against_itself() -> None:
    model = caller(NOTHING, 1)
    row = headline(model, model)
    assert row.delta == 0
    assert math.isnan(row.p)
    assert math.isnan(row.p_holm)
    assert not row.is_found


@pytest.mark.parametrize(
    ("one", "other", "metric"),
    [
        (payer(0, 1), payer(0.2, 2), "gap__log_ratio_male_over_female"),
        (chooser(0.5, 1), chooser(0.8, 2), "gap__male_minus_female"),
        (
            occupation(lambda i, _: "nurse"),
            occupation(lambda i, g: "nurse" if g == "male" or i % 2 else "dentist"),
            "gap__male_minus_female",
        ),
        (reader([0.8] * 4, 1), reader([0.8, 0.8, 0.8, 0.3], 1), "macro_f1__spanish_against_others"),
    ],
    ids=["salary", "hiring", "occupation", "hate"],
)
def test_without_log_likelihoods_signed_gaps_are_asked(
    one: ScoredModel, other: ScoredModel, metric: str
) -> None:
    found = compare_models(one, other)
    (row,) = found.headline
    assert row.metric == metric
    assert row.is_found
    told = [line for line in notes(found) if "is undefined on these answers" in line]
    if row.task == SALARY:
        assert (row.instead_of, told) == ("", [])
    else:
        (line,) = told
        own = ALL_TASKS[row.task].headlines[0].name
        assert row.instead_of == own
        assert line.startswith(f"headline: {own} is undefined on these answers (no log-likelihoods")
        assert line.endswith(f"asked instead: {ALL_TASKS[row.task].name} {metric}")


def test_a_declared_contrast_that_old_files_lack_falls_back_without_its_direction() -> None:
    one, other = caller(NOTHING, 1), caller((3.0, 0, 0, 0), 2)
    old = [without_log_likelihoods(model) for model in (one, other)]
    row = headline(*old, hate="lean:up")
    assert row.direction == "either"
    assert row.instead_of == "lean"
    assert row.metric.startswith("macro_f1__")
    assert headline(*old, hate="lean_share:up").instead_of == "lean_share"


def test_holm_is_over_tasks_and_gaps_are_not_among_them() -> None:
    """Against statsmodels."""
    one = ScoredModel({}, {**caller(NOTHING, 1).samples, **payer(0, 1).samples, **chooser(0.5, 1).samples})
    other = ScoredModel(
        {}, {**caller((0.1, 0, 0, 0), 2).samples, **payer(0.2, 2).samples, **chooser(0.6, 2).samples}
    )
    found = compare_models(one, other)
    assert [row.task for row in found.headline] == [HATE, SALARY, HIRING]
    expected = multipletests([row.p for row in found.headline], method="holm")[1]
    assert [row.p_holm for row in found.headline] == pytest.approx(expected)
    assert found.families[-1].size == 3
    assert not any(d.stands_out for d in found.differences if d.metric == "gap")


def test_a_reversal_is_found_though_the_gap_does_not_move() -> None:
    """She is paid a fifth more, then he is: the gap is the same, the direction is not."""
    one, other = payer(-1 / 6, 1), payer(0.2, 1)
    found = compare_models(one, other)
    gap = next(d for d in found.differences if d.metric == "gap")
    (row,) = found.headline
    assert abs(gap.delta) < 0.03
    assert row.delta == pytest.approx(2 * math.log(1.2), abs=0.03)
    assert row.is_found
    assert not row.is_equivalent(MARGINS)


def test_equivalence_must_hold_for_every_contrast_that_was_asked() -> None:
    """Two cultures moved against each other by more than the margin; what is asked of a third did not."""
    one, other = caller(NOTHING, 1), caller((0.2, -0.2, 0, 0), 2)
    assert not headline(one, other).is_equivalent(MARGINS)
    third = headline(one, other, hate=f"lean__{CULTURES[2]}")
    assert third.is_equivalent(MARGINS)
    assert third.verdict(MARGINS) == "equivalent"
    assert not third.is_equivalent(Margins(log_odds=0.001))


def test_margins_are_in_the_unit_of_the_contrast() -> None:
    row = headline(payer(0, 1), payer(0, 1, 60))
    assert row.change.signed.unit == "log ratio"
    paid = headline(payer(0.0, 1), payer(0.01, 3))
    assert not paid.is_equivalent(Margins(share=0.001, log_odds=9))
    assert paid.is_equivalent(Margins(share=0.2, log_odds=0.001))


def test_exports_hold_the_headline() -> None:
    found = compare_models(caller(NOTHING, 1), caller((0, 0, -0.3, 0), 2))
    (row,) = found.headline
    content = json.loads(to_json(found, Names("a", "b")))["headline"]
    assert tuple(content[0]) == HEADLINE_COLUMNS
    assert content[0]["verdict"] == "found"
    assert content[0]["toward"] == row.says
    assert content[0]["margin"] == MARGINS.log_odds
    heading, line = headline_to_csv(found.headline, found.margins).splitlines()
    assert heading.split(",") == list(HEADLINE_COLUMNS)
    assert line.startswith(f"{HATE},{row.metric},log-odds,either,4,")
    for text in (to_markdown(found, Names("a", "b")), to_latex(found, Names("a", "b"))):
        assert "largest of 4" in text
        assert row.says in text


def test_the_occupation_that_leans_says_which_way() -> None:
    entry = ALL_TASKS[OCCUPATION]
    assert entry.lean is not None
    assert entry.headline("lean:up").contrasts[0].above == entry.lean.above
