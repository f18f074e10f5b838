"""What was not scored alike is never ranked together."""

from pathlib import Path
from typing import Any

import pytest
from scored_models import HATE, OCCUPATION, reader
from written_runs import write_results, write_run

from bias_inherit.board.leagues import Leagues, differences, in_leagues
from bias_inherit.board.reading.read_runs import read_runs
from bias_inherit.board.runs import Run
from bias_inherit.harness.results import Folder, ScoredModel

SPAM = "bias_inherit_spam"
GEN = "bias_gen_hate"


def run(folder: Path, name: str, tasks: list[str], **changes: Any) -> list[Run]:
    write_results(folder / name, f"house/{name}", dict.fromkeys(tasks, (0.8, 0.1)), **changes)
    (found,) = Folder(folder / name).results_files(lambda line: pytest.fail(line))
    return read_runs(folder / name, found).runs


def members(found: Leagues) -> list[list[str]]:
    return [[model.name.removeprefix("house/") for model in league.models] for league in found.leagues]


def documents(count: int, *tasks: str) -> dict[str, dict[str, int]]:
    return {task: {"original": 200, "effective": count} for task in tasks}


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({"chat_template": ""}, "chat template: no or yes"),
        (
            {"config": {"gen_kwargs": {"temperature": 1.5}}},
            f"generation_kwargs.temperature: none or 1.5 of {HATE}",
        ),
        (
            {"configs": {HATE: {"generation_kwargs": {"max_gen_toks": 4}}}},
            f"generation_kwargs.max_gen_toks: none or 4 of {HATE}",
        ),
        ({"configs": {HATE: {"description": "Be fair."}}}, f"description: none or Be fair. of {HATE}"),
        ({"config": {"a_new_setting": 1}}, "a_new_setting: none or 1"),
        ({"chat_template_sha": "1f"}, "chat template: no or yes"),
        ({"system_instruction_sha": "2e"}, "system instruction: none or 2e"),
        (
            {"config": {"model_args": {"sentence": "Beware, it may lie."}}},
            "sentence in front: none or Beware, it may lie.",
        ),
        ({"versions": {HATE: 1.1}}, f"task version: 1.0 or 1.1 of {HATE}"),
        ({"n-shot": {HATE: 5}}, f"few-shot examples: 0 or 5 of {HATE}"),
        ({"n-samples": documents(8, HATE)}, f"documents scored: 200 or 8 of {HATE}"),
    ],
)
def test_another_setting_is_another_league_and_told(
    tmp_path: Path, changes: dict[str, Any], line: str
) -> None:
    one, same = run(tmp_path, "one", [HATE]), run(tmp_path, "same", [HATE])
    found = in_leagues([*one, *same, *run(tmp_path, "other", [HATE], **changes)])
    assert members(found) == [["one", "same"], ["other"]]
    assert differences(found.leagues) == [f"bias_inherit: {line}"]
    first, second = (league.title for league in found.leagues)
    assert first == "bias_inherit · no chat template · 0-shot · all documents · version 1.0"
    assert first != second


def test_the_title_of_a_league_says_what_no_other_part_of_it_does(tmp_path: Path) -> None:
    runs = [
        found
        for name, limit in (("one", 48), ("two", 48), ("three", 4))
        for found in run(tmp_path, name, [GEN], configs={GEN: {"generation_kwargs": {"max_gen_toks": limit}}})
    ]
    titles = [league.title for league in in_leagues(runs).leagues]
    assert titles[1] == f"{titles[0]} · generation_kwargs.max_gen_toks 4"


def test_a_chat_api_stands_with_those_whose_template_the_harness_applied(tmp_path: Path) -> None:
    api = run(tmp_path, "api", [GEN], chat_template="", chat_template_sha=None)
    found = in_leagues([*api, *run(tmp_path, "local", [GEN], chat_template_sha="1f")])
    assert members(found) == [["api", "local"]]
    assert found.leagues[0].title.startswith("bias_gen · chat template · ")


def chosen(folder: Path, name: str, documents: slice, with_samples: bool = True, **changes: Any) -> list[Run]:
    """A run on some documents of the task, as `--samples` makes it."""
    model = reader([0.8] * 4, 1)
    some = ScoredModel({}, {HATE: model.samples[HATE][documents]})
    counts = {HATE: {"original": 192, "effective": len(some.samples[HATE])}}
    path = write_run(
        folder / name, some, f"house/{name}", with_samples=with_samples, **{"n-samples": counts, **changes}
    )
    (found,) = Folder(path.parent).results_files(lambda line: pytest.fail(line))
    return read_runs(path.parent, found).runs


def test_the_same_number_of_other_documents_is_another_league(tmp_path: Path) -> None:
    limited = {"config": {"limit": 48.0}}
    first = chosen(tmp_path, "first", slice(48), **limited)
    # Our experiments choose the first documents by number, which is the same as a limit.
    same = chosen(tmp_path, "same", slice(48))
    found = in_leagues([*first, *same, *chosen(tmp_path, "others", slice(40, 88))])
    assert members(found) == [["first", "same"], ["others"]]
    titles = [league.title for league in found.leagues]
    assert titles[1] == f"{titles[0]} · other documents"
    assert differences(found.leagues) == [
        f"bias_inherit: documents scored: 48 of 192 or 48 of 192 (others) of {HATE}"
    ]


def test_first_documents_need_no_samples_to_be_known_and_chosen_ones_do(tmp_path: Path) -> None:
    limited = {"config": {"limit": 48.0}}
    runs = [
        *chosen(tmp_path, "first", slice(48), **limited),
        *chosen(tmp_path, "bare", slice(48), with_samples=False, **limited),
        *chosen(tmp_path, "unknown", slice(48), with_samples=False),
    ]
    assert members(in_leagues(runs)) == [["bare", "first"], ["unknown"]]


def test_first_documents_that_are_not_known_are_no_difference(tmp_path: Path) -> None:
    """As where the samples of a former version fit its measure no longer."""
    limited = {"config": {"limit": 48.0}}
    old = chosen(tmp_path, "old", slice(48), with_samples=False, versions={HATE: 0.9}, **limited)
    runs = [*old, *chosen(tmp_path, "new", slice(48), **limited)]
    assert differences(in_leagues(runs).leagues) == [f"bias_inherit: task version: 0.9 or 1.0 of {HATE}"]
    found = in_leagues([*runs, *chosen(tmp_path, "others", slice(40, 88))])
    assert differences(found.leagues) == [
        f"bias_inherit: task version: 0.9 or 1.0 of {HATE}",
        f"bias_inherit: documents scored: 48 of 192 or 48 of 192 (others) of {HATE}",
    ]


def test_chosen_documents_that_are_not_known_are_told(tmp_path: Path) -> None:
    runs = [found for name in "ab" for found in chosen(tmp_path, name, slice(48), with_samples=False)]
    assert differences(in_leagues(runs).leagues) == [
        f"bias_inherit: documents scored: 48 of 192 or 48 of 192 (others) of {HATE}"
    ]


def test_two_adapters_and_two_lengths_of_one_base_are_models_of_their_own(tmp_path: Path) -> None:
    name = {"model_name": "house/base"}
    runs = [
        found
        for number, arguments in enumerate(
            (
                {"lora_local_path": "kind"},
                {"lora_local_path": "unkind"},
                {},
                {"max_length": 64},
                {"batch_size": 8},
            )
        )
        for found in run(
            tmp_path,
            str(number),
            [HATE],
            config={"model_args": {"pretrained": "house/base", **arguments}},
            **name,
        )
    ]
    found = in_leagues(runs)
    assert members(found) == [["base", "base (max_length=64)", "base + kind", "base + unkind"]]
    # The same but for the size of batches: one model, twice.
    assert len(found.problems) == 1


def test_leagues_that_differ_in_a_number_only_have_titles_of_their_own(tmp_path: Path) -> None:
    larger = {"n-samples": {HATE: {"original": 300, "effective": 300}}}
    found = in_leagues([*run(tmp_path, "one", [HATE]), *run(tmp_path, "two", [HATE], **larger)])
    titles = [league.title for league in found.leagues]
    assert titles[1] == f"{titles[0]} · no. 2"


def test_examples_as_turns_matter_only_where_there_are_examples(tmp_path: Path) -> None:
    none = run(tmp_path, "none", [HATE], fewshot_as_multiturn=True)
    found = in_leagues([*none, *run(tmp_path, "one", [HATE])])
    assert members(found) == [["none", "one"]]


def test_a_model_with_fewer_tasks_joins_those_that_were_asked_the_same(tmp_path: Path) -> None:
    whole = run(tmp_path, "whole", [HATE, OCCUPATION])
    found = in_leagues([*run(tmp_path, "part", [HATE]), *whole, *run(tmp_path, "more", [SPAM])])
    assert members(found) == [["more", "part", "whole"]]
    assert set(found.leagues[0].scopes) == {HATE, OCCUPATION, SPAM}
    assert differences(found.leagues) == []


def test_families_are_leagues_of_their_own_and_no_difference(tmp_path: Path) -> None:
    found = in_leagues(run(tmp_path, "both", [HATE, "bias_public_hate"]))
    assert [league.settings.family for league in found.leagues] == ["bias_inherit", "bias_public"]
    assert differences(found.leagues) == []


def test_of_a_task_that_a_model_has_twice_the_newest_is_shown_and_told(tmp_path: Path) -> None:
    name = {"model_name": "house/model", "config": {"model_args": {"pretrained": "house/model"}}}
    old = run(tmp_path, "old", [HATE, OCCUPATION], date="2026-01-01T00-00-00", **name)
    new = run(tmp_path, "new", [HATE], date="2026-02-01T00-00-00", **name)
    found = in_leagues([*old, *new])
    (model,) = found.leagues[0].models
    assert model.tasks == {HATE: new[0].tasks[HATE], OCCUPATION: old[0].tasks[OCCUPATION]}
    assert found.problems == [
        "old/results_2026-01-01T00-00-00.json: house/model: newer results of 1 of these 2 tasks lie in "
        "new/results_2026-02-01T00-00-00.json; the newer are shown"
    ]


def test_each_line_names_the_file_that_holds_the_newer_task(tmp_path: Path) -> None:
    name = {"model_name": "house/model", "config": {"model_args": {"pretrained": "house/model"}}}
    runs = [
        found
        for month, tasks in ((1, [HATE]), (2, [HATE]), (3, [OCCUPATION]))
        for found in run(tmp_path, str(month), tasks, date=f"2026-0{month}-01T00-00-00", **name)
    ]
    (line,) = in_leagues(runs).problems
    assert line.startswith("1/results_2026-01-01T00-00-00.json: ")
    assert " lie in 2/results_2026-02-01T00-00-00.json; " in line
