"""The directive `{tasks}`: what every task says of itself, beside a link to its card."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

if TYPE_CHECKING:
    from sphinx.application import Sphinx

    from bias_tasks.task import Task


def _section(task: "Task") -> Iterator[str]:
    from bias_tasks.catalogue import ALL_TASKS

    yield f"\n## {task.name}\n"
    card = f"[The card](../bias_tasks/{task.name}/README.md)"
    yield f"Asks for {task.asks}. {card} says what it can and cannot show.\n"
    yield "| | |\n|---|---|"
    yield f"| domain | {task.domain}{f', {task.relation}' if task.relation else ''} |"
    yield f"| a right answer | {'yes' if task.has_right_answer else 'no'} |"
    yield f"| shown by group | {task.shown.title}: `{task.shown.metric}__GROUP` |"
    for name, entry in ALL_TASKS.items():
        if entry.task is task:
            gap = entry.gap_means.replace("|", "\\|")
            lean = f"<br>lean: {entry.lean.means}" if entry.lean else ""
            yield f"| `{name}` | gap: {gap}{lean} |"
    measure = next(iter(task.variants.values())).measure
    metrics = [metric for metric in measure.metric_names() if not metric.endswith("_stderr")]
    yield "\n" + ", ".join(f"`{metric}`" for metric in metrics) + "\n"


class Tasks(SphinxDirective):
    """All tasks of the catalogue."""

    def run(self) -> list[nodes.Node]:
        from bias_tasks.catalogue import TASK_LIST

        text = "\n".join(line for task in TASK_LIST for line in _section(task))
        return self.parse_text_to_nodes(text, allow_section_headings=True)


def setup(app: "Sphinx") -> dict[str, Any]:
    """Called by Sphinx."""
    app.add_directive("tasks", Tasks)
    return {"parallel_read_safe": True}
