"""What a step of each stage has the model do, and what it leaves on the disk.

Estimates, told as such: rows are as long as those that ship, and answers as long as they may be.
"""

from collections.abc import Mapping

from augment.bias_types import BIAS_TYPES
from augment.corpus import shipped
from bias_inherit.engine.forecast.lengths import Lengths
from bias_inherit.engine.forecast.tokens import Tokens
from bias_inherit.engine.step import Step
from bias_tasks.workload import workload
from finetune.mixing import counts

BYTES_PER_SCORED_DOCUMENT = 9_000
"""Of the harness's sample files (measured: 2,955,199 bytes for 320 documents of all ten tasks)."""
_TOKENS_OF_A_SURVEY_QUESTION = 100


def nothing(step: Step, lengths: Lengths) -> Tokens:
    """No model is asked."""
    return Tokens()


def of_generation(step: Step, lengths: Lengths) -> Tokens:
    """Of each attempt its prompt, and all the room that it has: a batch is written to the end of its longest.

    The model that wrote the set that ships takes as many attempts a row as for that; of others one is taken
    to be enough. Where options are drawn nothing is written.
    """
    if "bias_type" not in step.inputs or "shipped" in step.inputs:
        return Tokens()
    bias_type = BIAS_TYPES[step.inputs["bias_type"]]
    made = shipped(step.inputs["domain"], bias_type).sidecar
    if made.outcome is None or made.outcome.prompt_tokens is None:
        return Tokens()
    settings = step.inputs["settings"]
    is_alike = step.inputs["base"]["name"] == made.asked.generator and "elicitation" not in settings
    attempts = step.inputs["rows"] * (made.outcome.attempts / made.outcome.rows if is_alike else 1)
    room = settings["max_new_tokens"] * bias_type.members * (settings.get("elicitation") != "options")
    return Tokens(attempts * made.outcome.prompt_tokens / made.outcome.attempts, attempts * room)


def of_embedding(step: Step, lengths: Lengths) -> Tokens:
    """Originals and every set, as many rows of each as are looked at."""
    most = step.inputs["most"]
    rows = most + sum(min(rows_of(parent), most) for parent in step.parents)
    return Tokens(read=rows * lengths.passage)


def of_questions(step: Step, lengths: Lengths) -> Tokens:
    """Of a survey."""
    return Tokens(read=step.inputs["questions"] * _TOKENS_OF_A_SURVEY_QUESTION)


def of_training(step: Step, lengths: Lengths) -> Tokens:
    """Every row of the mix in every epoch."""
    (mixed,) = step.parents
    rows = counts(mixed.inputs["originals"]["rows"], mixed.inputs["gamma"], mixed.inputs["design"])
    length = rows.original * lengths.original
    if rows.augmented:
        written = [
            lengths.original if "rule" in parent.inputs else lengths.augmented(parent.inputs.get("bias_type"))
            for parent in mixed.parents
        ]
        length += rows.augmented * sum(written) / len(written)
    return Tokens(trained=length * step.inputs["settings"]["epochs"])


def of_scoring(step: Step, lengths: Lengths) -> Tokens:
    """Every document of every task."""
    total = Tokens()
    for task, limit in step.inputs["tasks"].items():
        if load := workload().get(task):
            documents = min(limit or load.documents, load.documents)
            total += Tokens(documents * lengths.document(task), documents * load.written)
    return total


def of_block(step: Step, lengths: Lengths) -> Tokens:
    """Its share of what all blocks of a model are at the most."""
    read, written, _ = of_scoring(step, lengths)
    return Tokens(read / step.inputs["of"], written / step.inputs["of"])


def no_bytes(step: Step) -> int:
    """Too little to count, or not told by the step alone."""
    return 0


def bytes_of_scores(step: Step) -> int:
    """Of the result files of one scoring."""
    return scored_documents(step.inputs["tasks"]) * BYTES_PER_SCORED_DOCUMENT


def bytes_of_block(step: Step) -> int:
    """Twice, since blocks are kept beside what is gathered of them."""
    return 2 * bytes_of_scores(step) // int(step.inputs["of"])


def rows_of(generation: Step) -> int:
    """How many rows a set has, or will have."""
    own = generation.inputs.get("own")
    return int(own["rows"] if own else generation.inputs["rows"])


def scored_documents(tasks: Mapping[str, int | None]) -> int:
    """How many documents a scoring has; those of public sets are not counted.

    Args:
        tasks: Task -> limit.
    """
    sizes = {task: load.documents for task, load in workload().items() if task in tasks}
    return sum(min(tasks[task] or documents, documents) for task, documents in sizes.items())
