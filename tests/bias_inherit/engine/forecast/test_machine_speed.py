"""The calibration times what is run, and counts what is read."""

import math
from pathlib import Path
from typing import Any

import pytest
from tests_support import experiment

from bias_inherit.engine.experiment_file.evaluation import Evaluation
from bias_inherit.engine.experiment_file.experiment import Experiment
from bias_inherit.engine.experiment_file.study import Study
from bias_inherit.engine.forecast import machine_speed
from bias_inherit.engine.forecast.counted_lengths import CountedLengths
from bias_inherit.engine.forecast.machine_speed import measure
from bias_inherit.engine.forecast.tokens import Tokens
from bias_inherit.models.base_model import LoadableModel, resolve_base
from bias_inherit.models.model_section import ModelSection
from bias_inherit.models.session import Session
from finetune.batches import EpochOrder
from finetune.examples import encode_all

HATE, HIRING, SALARY = "bias_inherit_hate", "bias_inherit_hiring", "bias_inherit_salary"


@pytest.fixture(scope="module")
def model(tiny_model: Path) -> LoadableModel:
    section = ModelSection(pretrained=str(tiny_model), device="cpu")
    return LoadableModel(resolve_base(section, print), section)


@pytest.fixture(scope="module")
def session(model: LoadableModel) -> Session:
    return Session(*model)


def study(tiny_model: Path, tasks: list[str], **changes: Any) -> Experiment:
    return Experiment.model_validate(experiment(tiny_model, score={"tasks": tasks}, **changes))


def prefixes(texts: list[list[int]]) -> int:
    """How many there are, each once."""
    return len({tuple(ids[:end]) for ids in texts for end in range(1, len(ids) + 1)})


def test_of_a_batch_the_distinct_tokens_are_trained_on(tiny_model: Path, session: Session) -> None:
    lengths = CountedLengths(study(tiny_model, [HATE]), session)
    rows = lengths.original_rows
    ids = [example.input_ids for example in encode_all(session.tokenizer, rows, 2000)]
    order = EpochOrder([*map(len, ids)], [False] * len(ids), 4, 1, 0).batches(0)
    expected = [prefixes([ids[place] for place in batch]) for batch in order]
    assert lengths.of_batches(rows, 4) == expected
    assert lengths.original == pytest.approx(sum(expected) / len(rows))
    assert lengths.original < sum(map(len, ids)) / len(rows)


@pytest.mark.parametrize("chat_template", [True, False])
def test_of_a_task_s_documents_what_the_scorer_reads(
    tiny_model: Path, session: Session, chat_template: bool
) -> None:
    scored = {"tasks": [HATE, HIRING, SALARY], "chat_template": chat_template}
    lengths = CountedLengths(Experiment.model_validate(experiment(tiny_model, score=scored)), session)
    with session.language_model(4) as lm:
        for task in (HATE, HIRING):
            sample = lengths.samples[task]
            pairs = [lm._encode_pair(*request.args) for request in sample.requests]
            assert sample.tokens == prefixes([(context + answer)[:-1] for context, answer in pairs])
            assert lengths.document(task) == sample.tokens / sample.documents
        written = lengths.samples[SALARY]
        assert written.tokens == sum(len(lm.tok_encode(request.args[0])) for request in written.requests)


def test_a_base_without_a_chat_template_is_counted_without_one(
    tiny_model: Path, model: LoadableModel
) -> None:
    """A checkpoint on it may bring its own."""
    bare = Session(*model)
    bare.tokenizer.chat_template = None
    asked = {"name": "bare", "checkpoints": [{"name": "a", "pretrained": str(tiny_model)}]}
    lengths = CountedLengths(Evaluation.model_validate(asked | {"score": {"tasks": [HATE]}}), bare)
    assert (
        0 < lengths.document(HATE) < CountedLengths(study(tiny_model, [HATE]), Session(*model)).document(HATE)
    )


def test_what_is_timed_are_two_steps_of_the_study_s_own_training(
    tiny_model: Path, model: LoadableModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = []

    def noted(*arguments: Any, **named: Any) -> Any:
        _, _, rows, settings = arguments
        seen.append((len(rows), settings.batch_size, settings.lora, settings.epochs))
        return trained(*arguments, **named)

    trained = machine_speed.train_adapter
    monkeypatch.setattr(machine_speed, "train_adapter", noted)
    asked = study(tiny_model, [HATE])
    speed, _ = measure(model, asked, {"train": Tokens(trained=1), "score": Tokens(read=1)})
    assert seen == [(8, 4, asked.finetune.lora, 1)]
    assert 0 < speed.trained < math.inf
    assert 0 < speed.read < math.inf
    assert speed.written == math.inf
    assert min(speed.loading, speed.opening, speed.beginning) > 0


def test_where_nothing_is_trained_nothing_is_timed_of_it(tiny_model: Path, model: LoadableModel) -> None:
    asked: Study = Evaluation.model_validate(
        {
            "name": "two",
            "checkpoints": [{"name": "a", "pretrained": str(tiny_model)}],
            "score": {"tasks": [SALARY]},
        }
    )
    speed, lengths = measure(model, asked, {"score": Tokens(read=1, written=1)})
    assert (speed.trained, speed.beginning) == (math.inf, 0)
    assert 0 < speed.written < math.inf
    assert lengths.document(SALARY) > 0


def test_the_generator_s_batches_are_timed_where_it_writes_most(tiny_model: Path) -> None:
    asked = study(tiny_model, [SALARY])
    assert asked.generate is not None
    assert machine_speed._batch_size(asked, {"score": Tokens(written=2), "generate": Tokens(written=1)}) == (
        asked.score.batch_size
    )
    assert machine_speed._batch_size(asked, {"score": Tokens(written=1), "generate": Tokens(written=2)}) == (
        asked.generate.batch_size
    )
