"""The files that repeat what tasks say of themselves, written anew: `python -m bias_tasks.catalogue_files`.

They are the harness's group files, which can only be plain YAML, the workload, and the README's table. A test
says when one of them is behind.
"""

import re
from itertools import groupby
from pathlib import Path

from bias_tasks.catalogue import FAMILIES, TASK_LIST
from bias_tasks.task import Family, Task
from bias_tasks.workload import measured

FOLDER = Path(__file__).parent
README = FOLDER.parent / "README.md"
_MEMBERS = re.compile(r"(?<=^task:\n)(?:  - .*\n)+", re.MULTILINE)
_TABLE = re.compile(r"(?<=<!-- tasks -->\n).*?(?=<!-- end of tasks -->)", re.DOTALL)
_ON_OUR_DATA: tuple[Family, ...] = ("bias_inherit", "bias_gen", "bias_probe", "bias_placebo")


def with_members(group_file: str, family: Family) -> str:
    """A group's YAML file with the family's tasks as its members."""
    return _MEMBERS.sub("".join(f"  - {name}\n" for name in FAMILIES[family]), group_file)


def with_table(readme: str) -> str:
    """The README with the table of tasks; tasks that ask alike share a line."""
    lines = ["| task | domain | asks for | `gap` (0: none) |\n", "|---|---|---|---|\n"]
    for (domain, relation, asks, gap), tasks in groupby(TASK_LIST, key=_alike):
        names = ", ".join(f"[{task.name}](bias_tasks/{task.name}/README.md)" for task in tasks)
        lines.append(f"| {names} | {domain}{f', {relation}' if relation else ''} | {asks} | {gap} |\n")
    return _TABLE.sub("".join(lines), readme)


def _alike(task: Task) -> tuple[str, str | None, str, str]:
    return task.domain, task.relation, task.asks, task.gap_in_short


def measured_workload() -> str:
    """The text of `workload.yaml`, from the tasks as the harness builds them (takes seconds)."""
    from lm_eval.tasks import TaskManager

    names = [name for family in _ON_OUR_DATA for name in FAMILIES[family]]
    tasks = TaskManager(include_path=str(FOLDER), include_defaults=False).load(names)["tasks"]
    lines = [
        f"{name}: {{documents: {load.documents}, bytes: {load.bytes}, written: {load.written}}}\n"
        for name, load in ((name, measured(tasks[name])) for name in names)
    ]
    return "# See workload.py. Written by python -m bias_tasks.catalogue_files.\n" + "".join(lines)


def main() -> None:
    """Write all of them."""
    for family in FAMILIES:
        group = FOLDER / f"{family}.yaml"
        group.write_text(with_members(group.read_text(encoding="utf-8"), family), encoding="utf-8")
    README.write_text(with_table(README.read_text(encoding="utf-8")), encoding="utf-8")
    (FOLDER / "workload.yaml").write_text(measured_workload(), encoding="utf-8")


if __name__ == "__main__":
    main()
