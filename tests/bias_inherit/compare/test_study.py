"""Many models at once find what each finds alone."""

import math
from dataclasses import replace

import pytest
from scored_models import HATE, OCCUPATION, occupation, reader

from bias_inherit.compare import compare, compare_models, compare_study, estimates
from bias_inherit.harness.results import ScoredModel


@pytest.fixture(scope="module")
def models() -> dict[str, ScoredModel]:
    found = {}
    for seed in range(4):
        one = reader([0.8, 0.8, 0.8, 0.8 - 0.1 * seed], seed)
        one.samples.update(occupation(lambda i, g, s=seed: "nurse" if i % (3 + s) else "dentist").samples)
        found[f"model {seed}"] = one
    found["other task"] = occupation(lambda i, _: "nurse")
    return found


REFERENCES = {"model 1": "model 0", "model 2": "model 0", "model 3": "model 1", "other task": "model 2"}


def test_every_model_is_described_and_compared_as_if_alone(models: dict[str, ScoredModel]) -> None:
    study = compare_study(models, REFERENCES)
    assert list(study) == list(models)
    for label, model in models.items():
        assert set(study[label]) == set(model.samples)
        for task, found in study[label].items():
            assert repr(found.estimates) == repr(estimates(model, task))
            if label not in REFERENCES:
                assert found.differences == []
                assert found.headline is None
                continue
            alone = compare(models[REFERENCES[label]], model)
            expected = [replace(d, q=math.nan) for d in alone if d.task == task]
            assert repr(found.differences) == repr(expected)
            (headline,) = [
                row for row in compare_models(models[REFERENCES[label]], model).headline if row.task == task
            ]
            assert repr(found.headline) == repr(replace(headline, p_holm=math.nan))


def test_a_model_without_the_task_is_left_out_of_it(models: dict[str, ScoredModel]) -> None:
    study = compare_study(models, REFERENCES)
    assert HATE not in study["other task"]
    assert study["other task"][OCCUPATION].differences


def test_more_processes_find_the_same(models: dict[str, ScoredModel]) -> None:
    assert repr(compare_study(models, REFERENCES, workers=2)) == repr(compare_study(models, REFERENCES))
