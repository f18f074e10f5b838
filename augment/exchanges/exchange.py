"""One exchange with a generator, and how prompts reach it."""

from collections import Counter
from collections.abc import Sequence
from typing import Any, NamedTuple

from lm_eval.api.instance import Instance
from lm_eval.api.model import LM
from lm_eval.models.api_models import TemplateAPI

from augment.domains.domain import Slot, Text, Verdict
from augment.request import Request
from bias_tasks.answers.reasoning import without_reasoning
from bias_tasks.training_rows import short_hash


class Place(NamedTuple):
    """Where an answer is wanted.

    Attributes:
        attempt: At the slot; decides whom a prompt asks about.
        given: Texts that were accepted in earlier turns.
    """

    slot: Slot
    attempt: int
    given: tuple[Text, ...] = ()


class Exchange(NamedTuple):
    """What was asked, what was answered, and what of it can be used.

    Attributes:
        generation: Of an answer in several parts, the parts behind `A:` and `B:`.
    """

    prompts: tuple[str, ...]
    generation: str
    verdict: Verdict

    @property
    def prompt_hash(self) -> str:
        """Of the prompt, or of the prompts of a conversation up to the answer."""
        return short_hash(self.prompts[0] if len(self.prompts) == 1 else list(self.prompts))


class GeneratorError(RuntimeError):
    """The model, or the server it is behind, failed. What it had answered before is in the journal."""


def context_of(lm: LM, turns: Sequence[str], chat_template: bool) -> Any:
    """The turns, the user's first, as the model takes them: a text, or for a chat API its messages."""
    if not chat_template:
        return "\n\n".join(turns)
    roles = ("user", "assistant")
    return lm.apply_chat_template(
        [{"role": roles[place % 2], "content": content} for place, content in enumerate(turns)]
    )


def written(
    lm: LM, contexts: Sequence[Any], prompts: Sequence[str], request: Request, call: int, room: int
) -> list[str]:
    """What the model writes behind each context, sampled as the settings say.

    Args:
        prompts: What is asked in each context last.
        room: For an answer, in tokens.

    Raises:
        GeneratorError: the model failed.
    """
    keywords: dict[str, Any] = {
        "until": ["<|endoftext|>"],
        "do_sample": True,
        "temperature": request.settings.temperature,
        "top_p": request.settings.top_p,
        "max_gen_toks": room,
    }
    seeds = _seeds(prompts, request, call) if isinstance(lm, TemplateAPI) else [{}] * len(prompts)
    instances = [
        Instance("generate_until", {}, (context, keywords | seed), number)
        for number, (context, seed) in enumerate(zip(contexts, seeds, strict=True))
    ]
    try:
        generations = lm.generate_until(instances, disable_tqdm=True)
    except Exception as error:  # whatever a server does, the harness lets through
        raise GeneratorError(f"{type(error).__name__}: {' '.join(str(error).split())[:300]}") from error
    # A server may send half of a character, which no file can hold.
    return [generation.encode("utf-8", "replace").decode("utf-8") for generation in generations]


def _seeds(prompts: Sequence[str], request: Request, call: int) -> list[dict[str, int]]:
    """A seed for each request to a server, which would else answer the same prompt always alike.

    As few as will do, because the harness sends only requests of equal settings side by side.
    """
    first = int(short_hash([request.seed, request.bias_type.number, call])[:6], 16)
    earlier: Counter[str] = Counter()
    seeds = []
    for prompt in prompts:
        seeds.append({"seed": first + earlier[prompt]})
        earlier[prompt] += 1
    return seeds


class Said(NamedTuple):
    """An answer without its reasoning; empty, with the verdict, where nothing else is left."""

    text: str
    verdict: Verdict


def said(generation: str, context: Any) -> Said:
    """What of a generation is meant for the reader."""
    # A chat API is sent messages: what its template makes of them is not known here.
    spoken = without_reasoning(generation, context if isinstance(context, str) else "")
    if spoken.cut_off:
        return Said("", Verdict((), "truncated reasoning"))
    return Said(spoken.text, Verdict((), None if spoken.text else "empty"))
