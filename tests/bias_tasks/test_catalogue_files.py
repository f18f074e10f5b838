"""What repeats the tasks is what they say now: `python -m bias_tasks.catalogue_files` writes it anew."""

import pytest

from bias_tasks.catalogue import FAMILIES
from bias_tasks.catalogue_files import FOLDER, README, measured_workload, with_members, with_table
from bias_tasks.task import Family


@pytest.mark.parametrize("family", FAMILIES)
def test_a_group_file_lists_the_tasks_of_its_family(family: Family) -> None:
    text = (FOLDER / f"{family}.yaml").read_text(encoding="utf-8")
    assert with_members(text, family) == text


def test_a_member_too_many_or_too_few_is_seen() -> None:
    text = "group: bias_inherit\ntask:\n  - bias_inherit_old\n  - bias_inherit_older\nmetadata: {}\n"
    listed = "".join(f"  - {name}\n" for name in FAMILIES["bias_inherit"])
    assert with_members(text, "bias_inherit") == f"group: bias_inherit\ntask:\n{listed}metadata: {{}}\n"


def test_the_readme_s_table_is_of_these_tasks() -> None:
    text = README.read_text(encoding="utf-8")
    assert with_table(text) == text
    assert all(f"[{task.name}](bias_tasks/{task.name}/" in text for task in FAMILIES["bias_inherit"].values())


def test_the_workload_is_what_the_documents_are() -> None:
    assert (FOLDER / "workload.yaml").read_text(encoding="utf-8") == measured_workload()
