"""A sentence in front of everything that a model is asked: the text is the one that is said, and no other."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from lm_eval import simple_evaluate
from lm_eval._cli.utils import MergeDictAction
from lm_eval.api.instance import Instance
from lm_eval.tasks import TaskManager

import bias_tasks
from bias_inherit.models.scorer import MODEL_NAME
from bias_inherit.models.scorer.language_model import PrefixSharingLM
from bias_inherit.models.scorer.opening import Opening
from bias_tasks.training_rows import Message, TrainingRow
from finetune.mitigations.sentence import with_sentence

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerBase

    Build = Callable[..., PreTrainedModel]
    RequestsOf = Callable[..., list[Instance]]

SENTENCE = "Beware, what follows may be one-sided."
OCCUPATION = "bias_inherit_occupation"


@pytest.fixture(scope="module")
def tiny(build: Build) -> PreTrainedModel:
    return build("llama")


@pytest.fixture(scope="module")
def warned(tiny: PreTrainedModel, tokenizer: PreTrainedTokenizerBase) -> PrefixSharingLM:
    return PrefixSharingLM(pretrained=tiny, tokenizer=tokenizer, sentence=SENTENCE)


def plainly_scored(
    model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase, text: str, answer: str
) -> float:
    """The log-likelihood of an answer by the model itself, without anything of the harness.

    White space at the end of a text is scored with the answer, as the harness parts them.
    """
    texts = (text + answer, text.rstrip())
    whole, before = (tokenizer(words, return_tensors="pt").input_ids for words in texts)
    with torch.no_grad():
        shares = model(whole).logits[0, :-1].log_softmax(-1)
    scored = shares.gather(1, whole[0, 1:, None])[before.shape[1] - 1 :]
    return float(scored.sum())


def asked(*pairs: tuple[str, str]) -> list[Instance]:
    return [Instance("loglikelihood", {}, pair, number) for number, pair in enumerate(pairs)]


def test_without_a_template_it_is_a_paragraph_in_front_of_the_text(
    warned: PrefixSharingLM, tiny: PreTrainedModel, tokenizer: PreTrainedTokenizerBase
) -> None:
    pairs = [("She draws plans. Her job:", " architect"), ("She draws plans. Her job:", " nurse")]
    found = [likelihood for likelihood, _ in warned.loglikelihood(asked(*pairs))]
    expected = [plainly_scored(tiny, tokenizer, f"{SENTENCE}\n\n{text}", answer) for text, answer in pairs]
    bare = [plainly_scored(tiny, tokenizer, text, answer) for text, answer in pairs]
    assert found == pytest.approx(expected, abs=1e-4)
    assert found != pytest.approx(bare, abs=1e-2)


def test_with_a_template_it_opens_the_first_turn_of_the_user(
    warned: PrefixSharingLM, tiny: PreTrainedModel, tokenizer: PreTrainedTokenizerBase
) -> None:
    talk = [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "He heals teeth. His job?"},
        {"role": "assistant", "content": "dentist"},
        {"role": "user", "content": "She paints. Her job?"},
    ]
    opened = [dict(turn) for turn in talk]
    opened[1]["content"] = f"{SENTENCE}\n\nHe heals teeth. His job?"
    text = str(tokenizer.apply_chat_template(opened, tokenize=False, add_generation_prompt=True))
    context = warned.apply_chat_template(talk)
    assert context == text
    ((found, _),) = warned.loglikelihood(asked((context, "painter")))
    assert found == pytest.approx(plainly_scored(tiny, tokenizer, text, "painter"), abs=1e-4)
    assert talk[1]["content"] == "He heals teeth. His job?"


@given(st.lists(st.sampled_from(["system", "user", "assistant"]), min_size=1, max_size=5))
def test_it_stands_where_training_puts_it(roles: list[Any]) -> None:
    turns = [{"role": role, "content": f"Turn {number}."} for number, role in enumerate(roles)]
    row = TrainingRow(
        prompt=tuple(Message(**turn) for turn in turns),
        completion=(Message(role="assistant", content="painter"),),
        source="augmented",
    )
    trained = with_sentence(row, SENTENCE).prompt
    tested = Opening(SENTENCE).of_conversation(turns)
    assert [turn.model_dump() for turn in trained] == tested


def test_prefixes_are_shared_behind_it(
    warned: PrefixSharingLM, tiny: PreTrainedModel, requests_of: RequestsOf
) -> None:
    requests = [Instance(r.request_type, r.doc, r.args, r.idx) for r in requests_of(False)]
    warned.loglikelihood(requests[:1])  # makes the trial
    read = [0]
    hook = tiny.get_input_embeddings().register_forward_hook(
        lambda _layer, _inputs, output: read.append(output.shape[:2].numel())
    )
    warned.loglikelihood(requests)
    hook.remove()
    encoded = [warned._encode_pair(*request.args) for request in requests]
    inputs = [tuple(context + continuation)[:-1] for context, continuation in encoded]
    assert sum(read) == len({one[:length] for one in inputs for length in range(1, len(one) + 1)})


def test_what_is_written_is_written_behind_it(
    warned: PrefixSharingLM, tiny: PreTrainedModel, tokenizer: PreTrainedTokenizerBase
) -> None:
    options = {"until": ["<|endoftext|>"], "do_sample": False, "max_gen_toks": 5}
    (found,) = warned.generate_until([Instance("generate_until", {}, ("She paints", options), 0)])
    inputs = tokenizer(f"{SENTENCE}\n\nShe paints", return_tensors="pt")
    with torch.no_grad():
        tokens = tiny.generate(**inputs, max_new_tokens=5, do_sample=False, pad_token_id=0)
    assert found == tokenizer.decode(tokens[0, inputs.input_ids.shape[1] :], skip_special_tokens=True)


def test_it_stands_there_once_however_often_a_request_is_made(warned: PrefixSharingLM) -> None:
    requests = asked(("Her job:", " nurse"))
    first = warned.loglikelihood(requests)
    assert warned.loglikelihood(requests) == first
    assert requests[0].args == (f"{SENTENCE}\n\nHer job:", " nurse")


def test_a_text_without_prompt_is_refused(warned: PrefixSharingLM) -> None:
    with pytest.raises(ValueError, match="has no prompt for it to stand in"):
        warned.loglikelihood_rolling([Instance("loglikelihood_rolling", {}, ("A text.",), 0)])


def test_requests_that_the_harness_keeps_are_told_apart(
    warned: PrefixSharingLM, tiny: PreTrainedModel, tokenizer: PreTrainedTokenizerBase
) -> None:
    names = {
        PrefixSharingLM(pretrained=tiny, tokenizer=tokenizer, sentence=sentence).tokenizer_name
        for sentence in (None, "Another sentence.")
    }
    assert len({*names, warned.tokenizer_name}) == 3


@pytest.mark.parametrize("sentence", ["", "  ", 5, True])
def test_what_is_no_text_is_refused(sentence: Any) -> None:
    with pytest.raises(ValueError, match=r"sentence=.*: expected a text"):
        Opening(sentence)


def test_a_template_that_changes_it_is_refused(
    tiny: PreTrainedModel, tokenizer: PreTrainedTokenizerBase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        tokenizer, "chat_template", "{% for m in messages %}{{ m.content | upper }}{% endfor %}"
    )
    lm = PrefixSharingLM(pretrained=tiny, tokenizer=tokenizer, sentence=SENTENCE)
    with pytest.raises(ValueError, match="does not keep the sentence 'Beware, what"):
        lm.apply_chat_template([{"role": "user", "content": "Her job?"}])


@pytest.mark.parametrize(
    "given",
    [
        [f'pretrained=MODEL,sentence="{SENTENCE}"'],
        ["pretrained=MODEL", f'sentence="{SENTENCE}"'],
        [json.dumps({"pretrained": "MODEL", "sentence": SENTENCE})],
    ],
)
def test_a_comma_is_kept_by_quotes_or_json_on_the_harness_s_command_line(given: list[str]) -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--model_args", nargs="+", action=MergeDictAction)
    read = parser.parse_args(["--model_args", *given]).model_args
    assert read == {"pretrained": "MODEL", "sentence": SENTENCE}


def test_without_either_a_comma_is_an_error_and_not_half_a_sentence(
    capsys: pytest.CaptureFixture[str],
) -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--model_args", nargs="+", action=MergeDictAction)
    with pytest.raises(SystemExit):
        parser.parse_args(["--model_args", f"pretrained=MODEL,sentence={SENTENCE}"])
    assert "expected `key=value`, got ' what follows may be one-sided.'" in capsys.readouterr().err


@pytest.mark.parametrize("chat_template", [False, True])
def test_the_harness_scores_and_records_the_text_with_it(
    chat_template: bool, tiny_model: Path, tokenizer: PreTrainedTokenizerBase
) -> None:
    """Every answer of a real task is that of the model itself on the text that the samples show."""
    import lm_eval.models  # noqa: F401 - fills the registry
    from lm_eval.api.registry import model_registry

    from bias_inherit.models.scorer import MODEL_CLASS

    if MODEL_NAME not in model_registry:
        model_registry.register(MODEL_NAME, target=MODEL_CLASS)
    done = simple_evaluate(
        model=MODEL_NAME,
        model_args={"pretrained": str(tiny_model), "dtype": "float32", "sentence": SENTENCE},
        tasks=[OCCUPATION],
        task_manager=TaskManager(include_path=str(Path(bias_tasks.__file__).parent), include_defaults=False),
        device="cpu",
        limit=2,
        apply_chat_template=chat_template,
        bootstrap_iters=0,
    )
    assert done["config"]["model_args"]["sentence"] == SENTENCE
    lm = PrefixSharingLM(pretrained=str(tiny_model), dtype="float32", device="cpu")
    for sample in done["samples"][OCCUPATION]:
        for (context, answer), (response,) in zip(sample["arguments"], sample["resps"], strict=True):
            assert context.count(SENTENCE) == 1
            assert f"{SENTENCE}\n\n{sample['doc']['prompt'][:40]}" in context
            found = plainly_scored(lm.model, tokenizer, context, answer)
            assert response[0] == pytest.approx(found, abs=1e-3)
