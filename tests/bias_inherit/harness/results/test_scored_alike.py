"""Whatever lm-eval records of a run is compared, unless the table says why not."""

import copy
import dataclasses
import inspect
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from lm_eval.config.task import TaskConfig
from lm_eval.models.huggingface import HFLM
from lm_eval.result_schema import EvalResults, _EvalConfig
from scored_models import HATE

from bias_inherit.harness.results import identity, model_names, settings_that_differ, versions_that_differ
from bias_inherit.harness.results.recorded import Treatment, table
from bias_inherit.models.scorer.language_model import PrefixSharingLM

CONFIG = [*_EvalConfig.__annotations__, "peft_sha", "delta_sha"]
"""`HFLM.get_model_info` adds the two hashes."""

TASK = [field.name for field in dataclasses.fields(TaskConfig)]
ARGUMENTS = [
    name
    for kind in (HFLM, PrefixSharingLM)
    for name in inspect.signature(kind.__init__).parameters
    if name not in ("self", "args", "kwargs")
]
Content = dict[str, Any]


def whole() -> Content:
    """A results file in which every key has a value, of a run with examples in the prompt."""
    return {
        **{key: f"a {key}" for key in EvalResults.__annotations__},
        "results": {HATE: {"score,none": 0.5}},
        "versions": {HATE: 1.0},
        "n-shot": {HATE: 2},
        "n-samples": {HATE: {"original": 192, "effective": 192}},
        "configs": {HATE: {**{key: f"a {key}" for key in TASK}, "output_type": "generate_until"}},
        "config": {
            **{key: f"a {key}" for key in CONFIG},
            "model_args": {key: f"a {key}" for key in ARGUMENTS},
        },
        "fewshot_as_multiturn": True,
    }


def config(content: Content) -> Content:
    part: Content = content["config"]
    return part


def task(content: Content) -> Content:
    part: Content = content["configs"][HATE]
    return part


def model_args(content: Content) -> Content:
    part: Content = content["config"]["model_args"]
    return part


def run(content: Content) -> Content:
    return content


PARTS: dict[str, Callable[[Content], Content]] = {
    "config": config,
    "task": task,
    "model_args": model_args,
    "run": run,
}


def changed(part: str, key: str, value: object) -> Content:
    content = copy.deepcopy(whole())
    PARTS[part](content)[key] = value
    return content


def is_told(one: Content, other: Content) -> bool:
    """Whether a reader learns of it: as a setting, or because the two runs are of two models."""
    names = model_names([identity(one), identity(other)])
    return bool(settings_that_differ(one, other, [HATE])) or names[0] != names[1]


@pytest.mark.parametrize(
    ("part", "key"),
    [
        *(("config", key) for key in CONFIG if key != "model_args"),
        *(("task", key) for key in TASK),
        *(("model_args", key) for key in ARGUMENTS),
    ],
)
def test_every_key_that_lm_eval_records_is_told_or_the_table_says_why_not(part: str, key: str) -> None:
    treated: Treatment = table()[part].get(key, Treatment())  # type: ignore[call-overload]
    other = changed(part, key, "another")
    if treated.use == "nothing":
        assert treated.because
        assert not is_told(whole(), other)
    else:
        assert is_told(whole(), other)


def test_a_sentence_in_front_makes_no_other_model_of_it_but_another_way_of_asking() -> None:
    other = changed("model_args", "sentence", "Beware, what follows may be one-sided.")
    names = model_names([identity(whole()), identity(other)])
    assert names[0] == names[1]
    (line,) = settings_that_differ(whole(), other, [HATE])
    assert line == "sentence in front a sentence against Beware, what follows may be one-sided."


@pytest.mark.parametrize("key", EvalResults.__annotations__)
def test_every_key_of_the_results_file_itself_stands_in_the_table(key: str) -> None:
    treated = table()["run"][key]
    if treated.use == "nothing":
        assert treated.because


@given(
    st.sampled_from(["config", "task", "model_args"]),
    st.text(min_size=1),
    st.one_of(st.text(min_size=1), st.integers(1), st.lists(st.integers(), min_size=1)),
)
def test_a_key_that_nobody_knows_yet_is_compared(part: str, key: str, value: object) -> None:
    assume(key not in table()[part])  # type: ignore[index]
    assume(str(value).strip().lower() not in ("", "none", "false"))
    assert is_told(whole(), changed(part, key, value))
    assert not is_told(changed(part, key, value), changed(part, key, value))


def test_the_table_holds_no_key_that_lm_eval_does_not_record() -> None:
    found = table()
    assert set(found["config"]) <= set(CONFIG)
    assert set(found["task"]) <= set(TASK)
    assert set(found["run"]) <= set(EvalResults.__annotations__)


@pytest.mark.parametrize(
    ("one", "same"),
    [(1, "1"), (1.0, "1"), (0.5, "0.50"), (True, "true"), (None, "None"), (False, ""), ([], None), ("", {})],
)
@pytest.mark.parametrize("part", ["config", "task", "model_args"])
def test_a_value_says_the_same_however_it_is_written(part: str, one: object, same: object) -> None:
    assert not is_told(changed(part, "new", one), changed(part, "new", same))


def test_arguments_say_the_same_as_text_and_as_a_mapping() -> None:
    as_text = changed("config", "model_args", "pretrained=house/model,max_length=512,batch_size=8")
    as_mapping = changed("config", "model_args", {"pretrained": "house/model", "max_length": 512})
    assert not is_told(as_text, as_mapping)
    assert is_told(as_text, changed("config", "model_args", "pretrained=house/model,max_length=256"))


def test_what_differs_in_a_mapping_is_named() -> None:
    one = changed("task", "generation_kwargs", {"until": ["\n"], "max_gen_toks": 48})
    other = changed("task", "generation_kwargs", {"until": ["\n"], "max_gen_toks": 4, "temperature": 1.5})
    assert settings_that_differ(one, other, [HATE]) == [
        f"{HATE}: generation_kwargs.max_gen_toks 48 against 4",
        f"{HATE}: generation_kwargs.temperature none against 1.5",
    ]


def test_what_examples_are_drawn_by_counts_only_where_there_are_some() -> None:
    for part, key in (
        ("config", "fewshot_seed"),
        ("task", "fewshot_delimiter"),
        ("run", "fewshot_as_multiturn"),
    ):
        one, other = whole(), changed(part, key, "another")
        assert settings_that_differ(one, other, [HATE])
        for content in (one, other):
            content["n-shot"][HATE] = 0
        assert not settings_that_differ(one, other, [HATE])


def test_decoding_of_the_command_line_counts_where_no_task_s_own_is_recorded() -> None:
    sampled = {"config": {"gen_kwargs": {"temperature": 1.5}}}
    expected = [f"{HATE}: generation_kwargs.temperature none against 1.5"]
    assert settings_that_differ({}, sampled, [HATE]) == expected
    assert settings_that_differ({}, {"config": {"gen_kwargs": "temperature=1.5"}}, [HATE]) == expected
    read = {"configs": {HATE: {"output_type": "multiple_choice"}}}
    assert settings_that_differ(read, {**read, **sampled}, [HATE]) == []


def test_a_chat_api_has_a_template_though_its_hash_is_not_known() -> None:
    api, bare = {"chat_template": "", "chat_template_sha": None}, {"chat_template": None}
    assert settings_that_differ(api, bare, []) == ["chat template the server's against none"]


def test_what_was_not_scored_alike_is_told() -> None:
    shots = {"n-shot": {HATE: 0}}
    one = {"versions": {HATE: 1.0}, **shots, "chat_template_sha": None, "config": {"limit": None}}
    other = {"versions": {HATE: 1.1}, **shots, "chat_template_sha": "1f", "config": {"limit": 8.0}}
    assert settings_that_differ(one, other, [HATE]) == [
        f"{HATE}: version 1.0 against 1.1",
        "chat template none against 1f",
    ]
    assert settings_that_differ(one, one, [HATE]) == []
    assert settings_that_differ({}, {"config": "broken"}, [HATE]) == []


def test_a_setting_of_many_tasks_is_one_line() -> None:
    one, other = ({"versions": dict.fromkeys("abc", version)} for version in (1.0, 1.1))
    assert settings_that_differ(one, other, "abc") == ["a and 2 more: version 1.0 against 1.1"]
    assert versions_that_differ(one, other, "ab") == dict.fromkeys("ab", "version 1.0 against 1.1")
    assert versions_that_differ({"versions": {"a": 1}}, {"versions": {"a": 1.0}}, "a") == {}


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_whatever_a_stranger_records_is_a_printable_line(value: Any) -> None:
    strange = {
        "config": value,
        "configs": {HATE: value},
        "versions": value,
        "n-shot": value,
        "model_name": value,
    }
    for line in settings_that_differ({}, strange, [HATE]):
        assert line.isprintable()
    (name,) = model_names([identity(strange)])
    assert name.isprintable()
