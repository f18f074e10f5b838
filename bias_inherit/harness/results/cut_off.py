"""Answers that are nothing but reasoning that the prompt opened: no task sees a prompt, sample rows do."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bias_inherit.harness.results.files import BadOutputError
from bias_inherit.harness.results.visible import visible
from bias_tasks.answers.reasoning import without_reasoning


def is_cut_off(fields: Mapping[str, Any]) -> bool:
    """Whether the response of a sample row never left the reasoning that its prompt opened.

    False where the row does not tell: a chat API is sent messages, and its template is not known.
    """
    try:
        prompt, response = fields["arguments"]["gen_args_0"]["arg_0"], fields["resps"][0][0]
    except (KeyError, IndexError, TypeError):
        return False
    prompt = prompt[0] if isinstance(prompt, list) and prompt else prompt
    return (
        isinstance(prompt, str) and isinstance(response, str) and without_reasoning(response, prompt).cut_off
    )


def check_room(cut_off: int, documents: int, content: Mapping[str, Any], path: Path) -> None:
    """That no answer was read out of reasoning that ran out of room.

    With `think_end_token` the harness keeps only what follows it: whether it came cannot be told.

    Args:
        cut_off: Answers that were read although they never left their reasoning.
        documents: All answers.
        content: Of the results file.
        path: The samples file.

    Raises:
        BadOutputError: some were.
    """
    config = content.get("config")
    model_args = config.get("model_args") if isinstance(config, dict) else None
    if cut_off and "think_end_token" not in str(model_args):
        raise BadOutputError(
            f"{visible(path)}: {cut_off} of {documents} answers were read out of reasoning that the prompt "
            "opened and that was cut off; score it again with more room "
            "(--gen_kwargs max_gen_toks=2048,until=[])"
        )
