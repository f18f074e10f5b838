"""The table of public sets, and their rows."""

from collections import Counter
from pathlib import Path

import pytest

from bias_tasks.population import population
from bias_tasks.public.folder import VARIABLE, PublicDataMissing
from bias_tasks.public.sets import PublicSet, constructs, public_sets, read_set
from bias_tasks.training_rows import DataError

SETS = {s.name: s for construct in constructs() for s in public_sets(construct)}
EACH = pytest.mark.parametrize("name", SETS)

# Counted in the files themselves, by each set's own labels.
COUNTS = {
    "detoxis_stereotype": {"0": 891, "1": 109},
    "cdial_gender": {"0": 928, "1": 72},
    "ami_misogyny": {"NOT": 464, "OFF": 536},
    "osact5_hate": {"NOT_HS": 2270, "HS": 271},
    "mp_hate": {"NOT_HS": 495, "HS": 180},
    "hateval": {"NOT_HS": 619, "HS": 381},
    "haternet": {"NOT_HS": 727, "HS": 273},
    "offenseval2020": {"NOT": 1598, "OFF": 402},
    "hatebr": {"NOT": 600, "OFF": 400},
    "offcombr": {"NOT": 831, "OFF": 419},
    "mex_a3t": {"NOT": 648, "OFF": 352},
    "offendes": {"NOT": 798, "OFF": 202},
    "detoxis_insult": {"0": 944, "1": 56},
    "detoxis_mockery": {"0": 877, "1": 123},
    "arabic_spam": {"Ham": 838, "Spam": 162},
    "camouflage_spam": {"Ham": 518, "Spam": 482},
}


def test_there_are_16_sets_for_six_constructs() -> None:
    assert len(SETS) == 16
    assert set(constructs()) == {"stereotype", "gender_bias", "hate", "offensive", "abuse", "spam"}


@EACH
def test_each_set_says_where_it_comes_from_and_under_which_terms(name: str) -> None:
    declared = SETS[name]
    assert declared.paper
    assert declared.licence
    assert declared.source.startswith("https://")
    assert declared.culture in population().cultures
    assert sorted(declared.labels.values()) == ["no", "yes"]


@EACH
def test_a_set_s_labels_become_as_many_answers_as_the_set_has_labels(name: str, public_data: str) -> None:
    texts = list(read_set(SETS[name], public_data))
    expected = {SETS[name].labels[label]: count for label, count in COUNTS[name].items()}
    assert Counter(text.gold for text in texts) == expected


@EACH
def test_no_text_is_empty(name: str, public_data: str) -> None:
    assert all(text.text.strip() for text in read_set(SETS[name], public_data))


def test_the_two_sets_of_insults_and_mockery_are_of_the_same_texts(public_data: str) -> None:
    insult, mockery = (
        {text.text_id for text in read_set(SETS[f"detoxis_{kind}"], public_data)}
        for kind in ("insult", "mockery")
    )
    assert insult == mockery


TOY = PublicSet(
    name="toy",
    culture="arabic",
    file="Toy/toy.jsonl",
    text="data",
    labels={"HS": "yes", "NOT": "no"},
    paper="-",
    source="-",
    licence="-",
)


def _write(folder: Path, content: str) -> str:
    (folder / "Toy").mkdir()
    (folder / "Toy" / "toy.jsonl").write_text(content, encoding="utf-8")
    return str(folder)


def test_a_line_separator_inside_a_text_is_part_of_the_text(tmp_path: Path) -> None:
    folder = _write(
        tmp_path, '{"data": "one\u2028two", "label": "HS"}\n\n{"data": "three", "label": "NOT"}\n'
    )
    assert [(text.text, text.gold) for text in read_set(TOY, folder)] == [
        ("one\u2028two", "yes"),
        ("three", "no"),
    ]


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ('{"data": "b"}', "expected a JSON object with 'data' and 'label'"),
        ('{"tweet": "b", "label": "HS"}', "expected a JSON object with 'data' and 'label'"),
        ("[1, 2]", "expected a JSON object"),
        ('{"data": "b", ', "expected a JSON object"),
        ('{"data": "b", "label": "OFF"}', "label 'OFF' is none of HS, NOT"),
    ],
)
def test_a_broken_row_is_named(tmp_path: Path, row: str, told: str) -> None:
    folder = _write(tmp_path, f'{{"data": "a", "label": "HS"}}\n{row}\n')
    with pytest.raises(DataError, match=r"toy\.jsonl: row 2: ") as raised:
        list(read_set(TOY, folder))
    assert told in str(raised.value)


@pytest.mark.parametrize("layout", ["", "data", "culturellm", "CultureLLM/data"])
def test_the_folder_may_be_the_repository_s_or_hold_it(tmp_path: Path, layout: str) -> None:
    (tmp_path / layout).mkdir(parents=True, exist_ok=True)
    _write(tmp_path / layout, '{"data": "a", "label": "HS"}\n')
    assert len(list(read_set(TOY, str(tmp_path)))) == 1


def test_the_environment_names_the_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, _write(tmp_path, '{"data": "a", "label": "HS"}\n'))
    assert len(list(read_set(TOY, None))) == 1


def test_without_a_folder_one_line_says_what_to_get_from_where(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    with pytest.raises(PublicDataMissing) as raised:
        list(read_set(TOY, None))
    for part in ("Toy/toy.jsonl", VARIABLE, "data_dir", "github.com/Scarelette/CultureLLM"):
        assert part in str(raised.value)
    assert "\n" not in str(raised.value)


def test_a_missing_file_is_named_with_its_folder(tmp_path: Path) -> None:
    with pytest.raises(PublicDataMissing, match=f"Toy/toy.jsonl is not in {tmp_path}"):
        list(read_set(TOY, str(tmp_path)))


def test_missing_data_end_a_program_with_the_line_and_no_traceback() -> None:
    assert isinstance(PublicDataMissing("line"), SystemExit)
    assert PublicDataMissing("line").code == "line"
