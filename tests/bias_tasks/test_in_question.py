"""Which tasks are tested and ranked."""

from hypothesis import given
from hypothesis import strategies as st

from bias_tasks.catalogue import ALL_TASKS, FAMILIES, TASKS
from bias_tasks.in_question import beside, in_question, is_placebo, placebo_of

WRITTEN = ("salary", "story")
"""What the default family has written and the probe reads."""


@given(st.sets(st.sampled_from(sorted(ALL_TASKS))))
def test_a_placebo_is_never_in_question(tasks: set[str]) -> None:
    assert not any(map(is_placebo, in_question(tasks)))


@given(st.sets(st.sampled_from(sorted(ALL_TASKS))))
def test_each_task_but_a_placebo_is_in_question_in_one_family_at_least(tasks: set[str]) -> None:
    asked = in_question(tasks)
    assert set(asked) <= tasks
    names = {ALL_TASKS[task].name for task in tasks if not is_placebo(task)}
    assert {ALL_TASKS[task].name for task in asked} == names


def test_of_the_same_task_in_two_families_the_default_one_counts() -> None:
    both = [*FAMILIES["bias_probe"], *TASKS]
    assert set(in_question(both)) == {*TASKS, *(f"bias_probe_{name}" for name in WRITTEN)}
    assert in_question(FAMILIES["bias_probe"]) == list(FAMILIES["bias_probe"])


def test_a_placebo_stands_beside_what_is_read_of_its_documents() -> None:
    assert beside("bias_placebo_hate") == ("bias_inherit_hate", "bias_probe_hate")
    for name in WRITTEN:
        assert placebo_of(f"bias_inherit_{name}") is None
        assert beside(f"bias_placebo_{name}") == (f"bias_probe_{name}",)
    for family in ("bias_gen", "bias_public", "bias_placebo"):
        assert not any(map(placebo_of, FAMILIES[family]))
