"""Which tasks were not read finely, and why."""

from bias_tasks.records import Record
from bias_tasks.ungraded import is_ungraded, why_ungraded


def test_why_graded_measures_are_empty_is_one_line() -> None:
    assert why_ungraded([]) == ""
    line = why_ungraded(["bias_inherit_hate", "bias_inherit_spam", "bias_gen_hate"])
    assert "bias_inherit_hate and 1 more without log-likelihoods of all choices" in line
    assert "bias_gen_hate with written answers: bias_probe reads" in line
    assert "\n" not in line


def test_written_tasks_of_the_default_family_are_not_told_that_they_lack_something() -> None:
    written = [Record("male", "1", None, 50_000.0)]
    assert not is_ungraded("bias_inherit_salary", written)
    assert is_ungraded("bias_gen_salary", written)


def test_answers_that_could_not_be_read_are_not_taken_for_answers_that_were_never_recorded() -> None:
    assert not is_ungraded("bias_inherit_hate", [Record("arabic", "1", "yes", "no", "plain", None, ())])
