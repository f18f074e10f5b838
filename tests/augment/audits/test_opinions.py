"""Reading real people's answers."""

import csv
import json
import os
from pathlib import Path
from typing import Any

import pytest

from augment.audits.opinions import (
    Answer,
    culture_of,
    culture_of_country,
    gather,
    is_non_answer,
    read_opinions,
    sample_questions,
)
from bias_tasks.population import population
from bias_tasks.public.folder import VARIABLE
from bias_tasks.training_rows import DataError

ROW: dict[str, Any] = {
    "country": "Spain",
    "question": "Is it so?",
    "options": ["Yes", "No", "Don't know"],
    "distribution": [0.3, 0.5, 0.2],
}
BESIDE_THE_PROJECT = Path(__file__).parents[4] / "shared" / "data" / "public"
REAL = Path(os.environ.get(VARIABLE, BESIDE_THE_PROJECT)) / "global_opinions" / "country_answers.jsonl"


def write(folder: Path, *rows: object) -> Path:
    path = folder / "answers.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def hub_csv(folder: Path, **changes: str) -> Path:
    fields = {
        "question": "Is it so?",
        "selections": "defaultdict(<class 'list'>, {'Spain': [0.3, 0.5, 0.2], 'Egypt': [0.0, 1.0, 0.0]})",
        "options": "['Yes', 'No', \"Don't know\"]",
        "source": "GAS",
        **changes,
    }
    path = folder / "answers.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(fields))
        writer.writeheader()
        writer.writerow(fields)
    return path


def test_non_answers_are_dropped_counted_and_the_rest_sums_to_one(tmp_path: Path) -> None:
    opinions = read_opinions(write(tmp_path, ROW))
    (question,) = opinions.questions
    assert question.options == ("Yes", "No")
    assert question.answers["Spain"] == pytest.approx((0.375, 0.625))
    assert opinions.dropped.non_answers == {"Don't know": 1}
    assert opinions.dropped.mean_share == pytest.approx(0.2)


def test_the_hubs_layout_gives_the_same(tmp_path: Path) -> None:
    (question,) = read_opinions(hub_csv(tmp_path)).questions
    assert question.options == ("Yes", "No")
    assert question.answers["Spain"] == pytest.approx((0.375, 0.625))
    assert question.answers["Egypt"] == (0, 1)


def test_countries_that_were_asked_the_same_are_put_together(tmp_path: Path) -> None:
    egypt = {**ROW, "country": "Egypt"}
    (question,) = read_opinions(write(tmp_path, ROW, egypt)).questions
    assert sorted(question.answers) == ["Egypt", "Spain"]


def test_the_same_words_with_other_options_are_another_question(tmp_path: Path) -> None:
    other = {**ROW, "options": ["Yes", "No", "Perhaps"]}
    assert len(read_opinions(write(tmp_path, ROW, other)).questions) == 2


def test_points_of_a_scale_are_whole_numbers(tmp_path: Path) -> None:
    (question,) = read_opinions(write(tmp_path, {**ROW, "options": ["Low", 2.0, 3]})).questions
    assert question.options == ("Low", "2", "3")


def test_questions_without_a_choice_and_answers_without_people_are_counted(tmp_path: Path) -> None:
    one_option = {**ROW, "question": "One?", "options": ["Yes", "DK/Refused", "No answer"]}
    nobody = {**ROW, "question": "Nobody?", "distribution": [0, 0, 0]}
    opinions = read_opinions(write(tmp_path, ROW, one_option, nobody))
    assert [question.text for question in opinions.questions] == ["Is it so?"]
    assert opinions.dropped.questions == 2
    assert opinions.dropped.pairs_without_answers == 1


@pytest.mark.parametrize(
    "option",
    ["Don't know", "DON’T KNOW", "DK/Refused", "Don't know/Refused", "No answer", "Missing; Unknown",
     "Refused", "Other missing; Multiple answers Mail (EVS)", "Hard to say", "INAP: No internet",
     "Total      N="],
)  # fmt: skip
def test_non_answers_are_known(option: str) -> None:
    assert is_non_answer(option)


@pytest.mark.parametrize(
    "option",
    ["Don't belong", "Don't mind", "Not mentioned", "None of them", "Neither (VOL)", "No", "Never",
     "I do not know examples concerned", "Not at all", "Other (VOL)"],
)  # fmt: skip
def test_answers_that_look_like_none_are_kept(option: str) -> None:
    assert not is_non_answer(option)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"question": ""}, "field question: expected a text"),
        ({"country": None}, "field country: expected a text"),
        ({"options": "__import__('os').getcwd()"}, "field options: expected a list"),
        ({"options": []}, "field options: expected a list"),
        ({"options": ["Yes", None, "No"]}, "field options: expected texts or numbers, found None"),
        (
            {"distribution": [0.5, 0.5]},
            "field distribution: expected 3 non-negative shares, one an option, found 2",
        ),
        ({"distribution": [0.5, -0.1, 0.6]}, "found -0.1"),
        ({"distribution": [0.5, "much", 0.5]}, "found 'much'"),
    ],
)
def test_a_broken_row_is_named_by_file_row_and_field(
    tmp_path: Path, changes: dict[str, Any], message: str
) -> None:
    path = write(tmp_path, {**ROW, "country": "Peru"}, {**ROW, **changes})
    with pytest.raises(DataError) as error:
        read_opinions(path)
    assert str(error.value).startswith(f"{path}: row 2: ")
    assert message in str(error.value)
    assert "\n" not in str(error.value)


def test_code_in_the_hubs_columns_is_not_run(tmp_path: Path) -> None:
    path = hub_csv(tmp_path, selections="defaultdict(<class 'list'>, {'Spain': exit()})")
    with pytest.raises(DataError, match="row 1: field selections: expected a dict"):
        read_opinions(path)


def test_a_country_that_answers_twice_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"row 2: field country: Spain answers .* \(first: .*row 1\)"):
        read_opinions(write(tmp_path, ROW, ROW))


@pytest.mark.parametrize("content", ["", "{", "[1]\n"], ids=["nothing", "not JSON", "not an object"])
def test_a_file_without_rows_is_an_error(tmp_path: Path, content: str) -> None:
    path = tmp_path / "answers.jsonl"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(DataError, match=r"expected|not valid JSON"):
        read_opinions(path)


def test_a_missing_file_and_a_folder_are_errors(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no such file"):
        read_opinions(tmp_path / "absent.jsonl")
    with pytest.raises(DataError, match="a folder"):
        read_opinions(tmp_path)


def test_nothing_gathered_is_nothing_dropped() -> None:
    opinions = gather([])
    assert opinions.questions == ()
    assert opinions.dropped.mean_share is None


def test_every_culture_of_the_table_is_one_of_the_population_and_has_a_country() -> None:
    assert set(culture_of_country().values()) == set(population().cultures)


def test_a_non_national_sample_belongs_where_its_country_does() -> None:
    assert culture_of("China (Non-national sample)", culture_of_country()) == "chinese"
    assert culture_of("United States", culture_of_country()) is None


def test_a_sample_of_questions_keeps_their_order_and_is_seeded() -> None:
    rows = [Answer("r", "Spain", f"{i:03}?", ("Yes", "No"), (0.5, 0.5)) for i in range(40)]
    questions = gather(rows).questions
    chosen = sample_questions(questions, 10, seed=1)
    assert len(chosen) == 10
    assert chosen == sorted(chosen, key=lambda question: question.text)
    assert chosen == sample_questions(questions, 10, seed=1)
    assert chosen != sample_questions(questions, 10, seed=2)
    assert sample_questions(questions, 40, seed=1) == list(questions)


@pytest.mark.skipif(
    not REAL.exists(), reason=f"no public data: set {VARIABLE} to a folder with global_opinions/"
)
def test_the_public_file_is_read_whole() -> None:
    opinions = read_opinions(REAL)
    assert sum(len(question.answers) for question in opinions.questions) == 1265
    assert opinions.dropped.pairs_without_answers == 1
    for question in opinions.questions:
        for shares in question.answers.values():
            assert sum(shares) == pytest.approx(1)
