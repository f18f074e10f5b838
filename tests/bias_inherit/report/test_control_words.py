"""What is said of planted controls: the words are those of the numbers."""

import math
import re

from simulated_run import SALARY

from bias_inherit.report.control_words import control_sentences
from bias_inherit.report.gather import ReportData
from bias_inherit.report.summary import summary


def test_what_seeds_disagree_about_is_said_of_rule_and_crossing(planted_data: ReportData) -> None:
    assert planted_data.controls is not None
    tasks = []
    for task in planted_data.controls.tasks:
        effect = task.full.effect._replace(points=(0.9, -0.1, 0.7), mean=0.5)
        tasks.append(task._replace(full=task.full._replace(effect=effect, p=0.001, p_holm=0.001)))
    disagreed = planted_data._replace(controls=planted_data.controls._replace(tasks=tuple(tasks)))
    rule, *more, crossing = control_sentences(disagreed)
    assert rule.startswith("Seeds disagree about the rule (")
    assert ", but not under 1 of 3 seeds, against rate 0, p = 0.001. So what is not found below" in rule
    assert crossing.startswith("It is not seen to cross to other tasks under every seed (")
    assert " Seeds disagree: salary +0.500 " in crossing
    assert any("leave of the full dose cannot be said: seeds disagree about it." in line for line in more)


def test_the_first_sentences_say_what_was_planted_and_what_a_model_wrote(planted_data: ReportData) -> None:
    first, second, *_ = summary(planted_data)
    assert first.startswith(
        "The instrument finds the rule that was planted (biographies of women are labelled nurse): at the "
        "full dose (rate 1, γ = 0.5) gap__male_minus_female of occupation moves by +"
    )
    assert "percentage points, toward “he-versions are answered rightly more often”" in first
    assert first.endswith("say nothing about other seeds.")
    assert second.startswith(
        "The same asked of rows that the model wrote (occupation, gap__male_minus_female"
    )
    assert "type 1 at γ = 0.5: +" in second
    assert "of the planted effect" in second


def test_several_sets_of_written_rows_are_told_by_verdict(planted_data: ReportData) -> None:
    controls = planted_data.controls
    assert controls is not None
    task = controls.trained[0]
    (written,) = [left for left in task.left if left.condition in controls.conditions.written]
    unmoved = written.tested._replace(p=0.5)
    others = [
        written._replace(condition=written.condition._replace(gamma=gamma), tested=tested)
        for gamma, tested in ((0.1, unmoved), (0.2, written.tested))
    ]
    conditions = controls.conditions._replace(written=(written.condition, *(one.condition for one in others)))
    several = controls._replace(
        conditions=conditions, tasks=(task._replace(left=(*task.left, *others)), *controls.tasks[1:])
    )
    _, told, *_ = control_sentences(planted_data._replace(controls=several))
    first, moved, not_moved = re.split(r"\. (?=Told|Not told)", told)
    assert first.startswith("The same asked of rows that the model wrote (occupation")
    assert moved.startswith(
        "Told from 0, toward “he-versions are answered rightly more often”: type 1 at γ = 0.5: "
    )
    assert "; type 1 at γ = 0.2: " in moved
    assert not_moved.startswith("Not told from 0: type 1 at γ = 0.1: ")


def test_the_words_are_those_of_the_numbers(planted_data: ReportData) -> None:
    told = list(control_sentences(planted_data))
    assert planted_data.controls is not None
    (curve,) = planted_data.controls.trained[0].curves
    smallest = f"of 2 doses the smallest that is found is {curve.smallest_found:g} (Holm); monotone"
    assert any(smallest in line for line in told)
    (negative,) = [line for line in told if line.startswith("Negative control: rate 0")]
    assert "in tests of one seed's documents in" in negative
    assert "more true rows than γ = 0" in negative
    assert any(line.startswith("Of the full dose on occupation mitigations leave: mask 0 %") for line in told)
    assert any(line.startswith("It is not seen to cross to other tasks (hate") for line in told)


def test_tasks_on_which_it_could_not_be_tested_whether_it_crosses_are_named(planted_data: ReportData) -> None:
    assert planted_data.controls is not None
    (salary,) = [task for task in planted_data.controls.others if task.of.task == SALARY]
    assert math.isnan(salary.full.p)
    (line,) = [line for line in control_sentences(planted_data) if "cross" in line]
    assert line.startswith(
        "It is not seen to cross to other tasks (hate; Holm). Not tested: salary (too few clusters"
    )
