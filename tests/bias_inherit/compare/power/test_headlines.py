"""A headline before a study: what is asked, how strictly, of how many clusters."""

import math

import pytest
from known_variances import GAP, KNOWN, LEAN, OF_CULTURE, SHARE
from scored_models import HATE, OCCUPATION
from statsmodels.stats.power import TTestPower

from bias_inherit.compare.headline import questions
from bias_inherit.compare.power import Known, KnownHeadline, OfTask, Planned, known_headline
from bias_tasks.catalogue import ALL_TASKS

GAP_NAME = "gap__male_minus_female"


def asked(task: str, words: str = "", known: Known = KNOWN) -> KnownHeadline:
    declared = {task: ALL_TASKS[task].headline(words)} if words else {}
    found = known_headline(task, known, declared)
    assert found is not None
    return found


def test_what_is_asked_is_what_compare_asks() -> None:
    assert asked(OCCUPATION).headline is questions(OCCUPATION, {})[0]
    assert asked(OCCUPATION).hardest is SHARE
    declared = asked(OCCUPATION, "gap__male_minus_female:down")
    assert declared.headline == ALL_TASKS[OCCUPATION].headline("gap__male_minus_female:down")
    assert declared.hardest is GAP


def test_where_the_first_contrast_is_not_known_the_next_one_is_asked_as_compare_does() -> None:
    old = Known(models="old results", tasks={OCCUPATION: OfTask(documents=120, contrasts={GAP_NAME: GAP})})
    assert asked(OCCUPATION, known=old).headline is ALL_TASKS[OCCUPATION].headlines[1]


def test_nothing_known_is_nothing_told() -> None:
    # It has the measure of hate, and other documents.
    assert known_headline("bias_inherit_spam", KNOWN, {}) is None
    empty = Known(models="alike", tasks={OCCUPATION: OfTask(documents=240, contrasts={})})
    assert known_headline(OCCUPATION, empty, {}) is None


@pytest.mark.parametrize(
    ("task", "is_known"),
    [
        ("bias_probe_hate", True),
        ("bias_gen_hate", False),
        ("bias_placebo_hate", False),
        ("bias_public_hate", False),
    ],
)
def test_another_family_is_known_where_it_asks_the_same_documents_alike(task: str, is_known: bool) -> None:
    found = known_headline(task, KNOWN, {})
    assert (found is not None) == is_known


def test_of_several_groups_the_one_that_scatters_most_is_told() -> None:
    found = asked(HATE)
    assert found.hardest is OF_CULTURE["lean__chinese"]
    assert found.name == "lean of any of 4 groups"
    level = 1 - 0.95**0.25
    expected = TTestPower().solve_power(nobs=48, alpha=level, power=0.8) * 0.6
    assert found.smallest_change(Planned(192)) == pytest.approx(expected, rel=0.01)


def test_documents_hold_clusters_as_those_did_that_were_seen() -> None:
    found = asked(OCCUPATION)
    assert found.documents == 240
    assert found.clusters(240) == 120
    expected = TTestPower().solve_power(nobs=120, alpha=0.05, power=0.8) * 0.05
    assert found.smallest_change(Planned(240)) == pytest.approx(expected, rel=0.005)


def test_a_declared_direction_is_tested_on_one_side() -> None:
    up, either = asked(OCCUPATION, "lean:up"), asked(OCCUPATION, "lean")
    expected = TTestPower().solve_power(nobs=120, alpha=0.05, power=0.8, alternative="larger") * 0.5
    assert up.smallest_change(Planned(240)) == pytest.approx(expected, rel=0.005)
    assert up.smallest_change(Planned(240)) < either.smallest_change(Planned(240))


def test_of_two_groups_one_contrast_mirrors_the_other() -> None:
    task = "bias_public_hate"
    (headline, *_) = ALL_TASKS[task].headlines
    assert len(headline.contrasts) == 2
    expected = asked(OCCUPATION, "lean").smallest_change(Planned(240))
    assert KnownHeadline(task, headline, LEAN, 120).smallest_change(Planned(240)) == expected


def test_effect_power_and_documents_ask_the_same_question() -> None:
    for found in (asked(OCCUPATION), asked(HATE), asked(OCCUPATION, "lean:up")):
        planned = Planned(documents=96, level=0.01)
        change = found.smallest_change(planned, 0.9)
        assert found.share_found(change, planned) == pytest.approx(0.9)
        assert found.documents_needed(change * (1 + 1e-9), 0.9, 1, 0.01) == 96


def test_too_few_documents_find_nothing_however_large() -> None:
    found = asked(HATE)
    fewest = found.fewest_documents(0.05, 1)
    assert math.isnan(found.smallest_change(Planned(fewest - 4)))
    assert found.share_found(100.0, Planned(fewest - 4)) == 0
    assert found.smallest_change(Planned(fewest)) > 0
