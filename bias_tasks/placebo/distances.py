"""How many words a placebo changes and how many the group does: `python -m bias_tasks.placebo.distances`.

A word is a run of letters or digits; each Chinese character is one. What counts of every stretch that differs
(difflib) is its longer side: the edit distance where words are only exchanged, at least that elsewhere.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from itertools import combinations
from statistics import quantiles

from bias_tasks.catalogue import FAMILIES

_WORD = re.compile(r"[\u3400-\u9fff]|[^\W_\u3400-\u9fff]+(?:[-'’][^\W_\u3400-\u9fff]+)*|&")


def words(text: str) -> list[str]:
    """The words of a text, in order."""
    return _WORD.findall(text)


def changed_words(before: str, after: str) -> int:
    """How many words of a text another one has otherwise."""
    first, second = words(before), words(after)
    steps = SequenceMatcher(None, first, second, autojunk=False).get_opcodes()
    return sum(max(i2 - i1, j2 - j1) for step, i1, i2, j1, j2 in steps if step != "equal")


def by_group(prompts: Sequence[str], clusters: Sequence[str]) -> Iterator[int]:
    """Changed words between any two documents of a cluster."""
    members = defaultdict(list)
    for prompt, cluster in zip(prompts, clusters, strict=True):
        members[cluster].append(prompt)
    return (changed_words(*pair) for texts in members.values() for pair in combinations(texts, 2))


def by_placebo(prompts: Sequence[str], twins: Sequence[str]) -> Iterator[int]:
    """Changed words between documents and their twins."""
    return (changed_words(*pair) for pair in zip(prompts, twins, strict=True))


def _spread(changes: Iterator[int]) -> str:
    found = sorted(changes)
    middle = "/".join(f"{cut:.0f}" for cut in quantiles(found, n=4))
    return f"{found[0]} | {middle} | {found[-1]}"


def main() -> None:
    """A row a task: fewest, quartiles and most changed words under the group and under the placebo."""
    from lm_eval.tasks import TaskManager

    from bias_tasks.catalogue_files import FOLDER

    print("| task | group: fewest | quartiles | most | placebo: fewest | quartiles | most |")
    print("|---|---|---|---|---|---|---|")
    manager = TaskManager(include_path=str(FOLDER), include_defaults=False)
    probes = list(FAMILIES["bias_probe"])
    tasks = manager.load([*probes, *FAMILIES["bias_placebo"]])["tasks"]
    for probe, placebo in zip(probes, FAMILIES["bias_placebo"], strict=True):
        documents = list(tasks[probe].eval_docs)
        (cluster,) = {"biography", "slate", "item", "block"} & set(documents[0])
        prompts = [document["prompt"] for document in documents]
        twins = [twin["prompt"] for twin in tasks[placebo].eval_docs]
        group = by_group(prompts, [document[cluster] for document in documents])
        name = FAMILIES["bias_probe"][probe].name
        print(f"| {name} | {_spread(group)} | {_spread(by_placebo(prompts, twins))} |")


if __name__ == "__main__":
    main()
