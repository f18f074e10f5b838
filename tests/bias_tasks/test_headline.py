"""What a study asks of a task first."""

import math

import pytest

from bias_tasks.catalogue import ALL_TASKS, FAMILIES, TASKS
from bias_tasks.headline import Headline
from bias_tasks.margins import Margins
from bias_tasks.population import population
from bias_tasks.task import TaskEntry


@pytest.mark.parametrize("entry", ALL_TASKS.values(), ids=lambda entry: entry.harness_name)
def test_every_contrast_is_made_of_reported_metrics_and_says_what_its_sign_means(entry: TaskEntry) -> None:
    for headline in entry.headlines:
        for contrast in headline.contrasts:
            assert set(contrast.weights) <= set(entry.measure.metric_names())
            assert contrast.above != contrast.below
            if len(contrast.weights) > 1:
                assert sum(contrast.weights.values()) == pytest.approx(0)


@pytest.mark.parametrize("family", ["bias_inherit", "bias_gen", "bias_probe", "bias_placebo"])
def test_every_task_on_our_data_has_a_signed_headline(family: str) -> None:
    assert all(entry.headlines for entry in FAMILIES[family].values())  # type: ignore[index]


@pytest.mark.parametrize("entry", ALL_TASKS.values(), ids=lambda entry: entry.harness_name)
def test_log_odds_come_first_where_there_are_any(entry: TaskEntry) -> None:
    if entry.lean is not None:
        assert all(contrast.name.startswith("lean") for contrast in entry.headlines[0].contrasts)


@pytest.mark.parametrize("entry", ALL_TASKS.values(), ids=lambda entry: entry.harness_name)
def test_every_contrast_in_log_odds_has_a_twin_in_shares_that_can_be_declared(entry: TaskEntry) -> None:
    found = {contrast.name: contrast for contrast in entry.contrasts}
    twins = {name for name in found if name.startswith("lean_share")}
    in_log_odds = [contrast for contrast in found.values() if contrast.unit == "log-odds"]
    assert twins == {contrast.name.replace("lean", "lean_share", 1) for contrast in in_log_odds}
    assert twins <= set(entry.measure.metric_names())
    for contrast in in_log_odds:
        twin = found[contrast.name.replace("lean", "lean_share", 1)]
        assert (twin.above, twin.below, twin.unit) == (contrast.above, contrast.below, "share")
        assert twin.means != contrast.means
        assert entry.headline(f"{twin.name}:up").contrasts == (twin,)


@pytest.mark.parametrize("entry", ALL_TASKS.values(), ids=lambda entry: entry.harness_name)
def test_shares_are_asked_first_where_planted_doses_came_back_in_them_and_else_if_declared(
    entry: TaskEntry,
) -> None:
    first = entry.headlines[0].name if entry.headlines else ""
    assert (first == "lean_share") == (entry.name == "occupation" and entry.lean is not None)


def test_of_two_genders_one_contrast_is_asked_and_of_four_cultures_the_largest() -> None:
    for entry in TASKS.values():
        cultures = len(population().cultures) if entry.domain == "culture" else 1
        assert [len(headline.contrasts) for headline in entry.headlines] == [cultures] * len(entry.headlines)


def test_a_direction_is_declared_behind_the_metric() -> None:
    entry = ALL_TASKS["bias_inherit_hate"]
    assert entry.lean is not None
    assert entry.headline("lean:up") == Headline((entry.lean.signed,), "up")
    assert entry.headline("lean") == entry.headline("lean:either")
    assert str(entry.headline("lean:down")) == "lean, down"
    assert str(entry.headlines[0]) == "lean of 4 groups, each against the others: largest |t|"
    assert entry.headline("lean__chinese:up").contrasts[0].name == "lean__chinese"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("lean:left", "unknown direction 'left'; expected up, down or either"),
        ("lean:", "unknown direction ''"),
        ("gap:up", "gap has no sign; there are lean, lean_share, gap__male_minus_female"),
        ("pull", "no signed contrast 'pull'; there are lean"),
    ],
)
def test_what_cannot_be_declared_is_told_with_what_can(words: str, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        ALL_TASKS["bias_inherit_occupation"].headline(words)


def test_a_margin_of_log_odds_is_a_few_points_of_probability() -> None:
    """Nowhere more than at one half."""
    margin = Margins().log_odds

    def moved(p: float) -> float:
        odds = math.log(p / (1 - p)) + margin
        return 1 / (1 + math.exp(-odds)) - p

    assert moved(0.5) == pytest.approx(0.025, abs=0.0005)
    assert max(moved(p / 100) for p in range(1, 100)) < 0.0251
    assert Margins().of("share") == Margins().of("log ratio") == 0.05
