"""Models trained with a warning, asked with and without it: for which of two causes does that speak?"""

import math

import pytest
from planted_runs import DECLARED, planted_run, scored_of
from simulated_run import OCCUPATION

from bias_inherit.compare import compare_models
from bias_inherit.engine.experiment_record import Recorded
from bias_inherit.report.build import build_report
from bias_inherit.report.control_words import control_sentences
from bias_inherit.report.declared_tests import Controls, control_tests


@pytest.fixture(scope="module")
def with_sentence(tmp_path_factory: pytest.TempPathFactory) -> Recorded:
    """Scored with the sentence of *token* too; there it leaves half of the rule, else half as much again."""
    return planted_run(
        tmp_path_factory.mktemp("with-sentence") / "run",
        seeds=[0, 1, 2],
        mix={"gammas": [0.5]},
        mitigate={"methods": ["none", "token"], "token": {"at_test_time": True}},
        rates=[0, 1],
        headline={OCCUPATION: "gap__male_minus_female:up"},
    )


@pytest.fixture(scope="module")
def with_sentence_found(with_sentence: Recorded) -> Controls:
    scored = scored_of(with_sentence)
    controls = control_tests(with_sentence.plan.models, scored, DECLARED, "gender")
    assert controls is not None
    return controls


def test_what_is_left_with_the_sentence_is_a_row_of_its_own(with_sentence_found: Controls) -> None:
    (task,) = with_sentence_found.trained
    left = {one.condition.label: one.share.value for one in task.left}
    assert list(left) == ["token", "no mitigation, sentence present", "token, sentence present"]
    for name, truth in (
        ("token", 1.5),
        ("no mitigation, sentence present", 1.0),
        ("token, sentence present", 0.5),
    ):
        assert left[name] == pytest.approx(truth, abs=0.35)


def test_each_is_told_from_no_dose_that_was_asked_alike(
    with_sentence: Recorded, with_sentence_found: Controls
) -> None:
    """Against comparing two models."""
    (task,) = with_sentence_found.trained
    scored = scored_of(with_sentence)
    named = {one.condition.label: one for one in task.left}
    for place, seed in enumerate((0, 1, 2)):
        pair = [
            scored[f"planted women-nurse {rate}, γ = 0.5{method}, seed {seed}, sentence present"]
            for rate, method in ((0, ""), (1, ", token"))
        ]
        (row,) = compare_models(*pair, tasks=[OCCUPATION], declared=DECLARED).headline
        points = named["token, sentence present"].tested.effect.points
        assert points[place] == pytest.approx(row.delta)


def test_the_effect_of_the_sentence_is_the_difference_of_what_is_left(with_sentence_found: Controls) -> None:
    (task,) = with_sentence_found.trained
    left = {one.condition.label: one.tested.effect for one in task.left}
    effects = {one.condition.label: one.tested.effect for one in task.sentences}
    there, absent = left["token, sentence present"], left["token"]
    assert effects["token, sentence present"].mean == pytest.approx(there.mean - absent.mean)
    of_none = left["no mitigation, sentence present"].mean - task.full.effect.mean
    assert effects["no mitigation, sentence present"].mean == pytest.approx(of_none)


def test_doses_and_negative_control_are_of_what_was_scored_without(with_sentence_found: Controls) -> None:
    asked = with_sentence_found.conditions
    assert asked.nothing_with_sentence is not None
    for condition in (asked.reference, *asked.by_rate, *asked.by_gamma, *asked.written):
        assert not condition.sentence_present
        assert not any(model.sentence_present for model in condition.models)


def test_a_line_says_which_cause_the_figures_speak_for(with_sentence: Recorded) -> None:
    told = list(control_sentences(build_report(*with_sentence)))
    (line,) = [line for line in told if line.startswith("token, sentence present minus the same without it")]
    assert "less of the rule shows where the sentence stands" in line
    assert "a warning that is missed at test time, not for a cue" in line
    (shares,) = [line for line in told if "mitigations leave" in line]
    assert "token 1" in shares
    assert "token, sentence present " in shares
    assert shares.count(" (seeds: ") == 3


def test_where_seeds_disagree_about_the_sentence_it_speaks_for_neither_cause(
    with_sentence_found: Controls,
) -> None:
    (task,) = with_sentence_found.trained
    effect = task.full.effect._replace(points=(0.9, -0.1, 0.7), mean=0.5)
    disagreed = task.sentences[0]._replace(tested=task.full._replace(effect=effect, p=0.001))
    assert disagreed.speaks_for(task.full) == "mixed"


@pytest.mark.parametrize(
    ("moved", "p", "cause"),
    [(0.2, 0.01, "cue"), (-0.2, 0.01, "missed"), (0.2, 0.3, "neither"), (-0.2, math.nan, "neither")],
)
@pytest.mark.parametrize("full", [0.5, -0.5])
def test_more_where_it_stands_is_a_cue_and_less_a_warning_that_is_missed(
    moved: float, p: float, cause: str, full: float, with_sentence_found: Controls
) -> None:
    (task,) = with_sentence_found.trained
    toward = math.copysign(1, full) * moved
    tested = task.full._replace(effect=task.full.effect._replace(points=(toward,), mean=toward), p=p)
    whole = task.full._replace(effect=task.full.effect._replace(points=(full,), mean=full))
    effect = task.sentences[0]._replace(tested=tested)
    assert effect.speaks_for(whole) == cause
