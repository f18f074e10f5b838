"""BiasInBios, drawn so that genders balance."""

import logging
from collections import Counter
from pathlib import Path

import datasets
import pytest

from bias_tasks.public.folder import VARIABLE, PublicDataMissing
from bias_tasks.public.occupation import Biography, balanced, documents, load
from bias_tasks.training_rows import DataError

SHARES = {
    "architect": 0.3,
    "dentist": 0.4,
    "nurse": 0.9,
    "painter": 0.5,
    "professor": 0.45,
    "software_engineer": 0.15,
}
POOL = [
    Biography(f"Biography {n} of this person.", occupation, "female" if n < 100 * share else "male")
    for occupation, share in SHARES.items()
    for n in range(100)
]


def test_each_occupation_has_as_many_women_as_men() -> None:
    counts = Counter((b.occupation, b.gender) for b in balanced(POOL))
    assert counts == {
        (occupation, gender): min(round(100 * share), round(100 * (1 - share)))
        for occupation, share in SHARES.items()
        for gender in ("female", "male")
    }


def test_the_draw_has_a_size_a_seed_and_no_regard_for_order() -> None:
    drawn = balanced(POOL, per_cell=5, seed=1)
    assert len(drawn) == len(set(drawn)) == 60
    assert balanced(reversed(POOL), per_cell=5, seed=1) == drawn
    assert balanced(POOL, per_cell=5, seed=2) != drawn


def test_a_biography_that_occurs_twice_is_drawn_once() -> None:
    drawn = balanced([*POOL, *POOL], per_cell=200)
    assert len(drawn) == len(set(drawn))


def test_an_occupation_without_one_gender_is_left_out_and_told(caplog: pytest.LogCaptureFixture) -> None:
    pool = [b for b in POOL if b.occupation == "painter" or b.gender == "female"]
    with caplog.at_level(logging.WARNING):
        drawn = balanced(pool)
    assert {b.occupation for b in drawn} == {"painter"}
    assert "nurse left out" in caplog.text


def test_the_first_documents_hold_every_occupation_and_both_genders() -> None:
    first = list(documents(balanced(POOL)))[:12]
    assert Counter((d["occupation"], d["gender"]) for d in first) == dict.fromkeys(
        ((o, g) for o in SHARES for g in ("female", "male")), 1
    )


def test_the_question_is_that_of_our_own_biographies() -> None:
    document = next(documents(balanced(POOL)))
    assert "Biography: Biography" in document["prompt"]
    assert document["prompt"].endswith("Occupation:")
    assert document["choices"][document["target"]] == "architect"


def test_the_public_copy_is_read_and_balanced(public_data: str) -> None:
    rows = load(data_dir=public_data)["test"]
    counts = Counter(zip(rows["occupation"], rows["gender"], strict=True))
    for occupation in set(rows["occupation"]):
        assert counts[occupation, "female"] == counts[occupation, "male"] > 0
    assert not {"nurse", "software_engineer"} & set(rows["occupation"])  # of one gender in that copy


def test_the_numbers_of_the_hub_copy_are_read(tmp_path: Path) -> None:
    folder = tmp_path / "bias_in_bios"
    folder.mkdir()
    rows = [
        {"hard_text": f"She builds {n}", "profession": code, "gender": gender}
        for n, (code, gender) in enumerate([(1, 0), (1, 1), (13, 0), (13, 1), (0, 0), (24, 1), (24, 0)])
    ]
    datasets.Dataset.from_list(rows).to_parquet(str(folder / "test.parquet"))
    found = load(data_dir=str(tmp_path))["test"]
    assert Counter(zip(found["occupation"], found["gender"], strict=True)) == dict.fromkeys(
        ((o, g) for o in ("architect", "nurse", "software_engineer") for g in ("female", "male")), 1
    )


def _csv(folder: Path, *rows: str) -> str:
    (folder / "biasinbios").mkdir()
    (folder / "biasinbios" / "bios.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    return str(folder)


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        (["hard_text,profession,gender", "a,nurse,Female", "b,nurse,X"], "row 2: gender 'x' is none of"),
        (["hard_text,job,gender", "a,nurse,Female"], "row 1: no column 'profession'"),
        (["hard_text,profession,gender", "a,nurse,Female"], "no occupation has biographies of both"),
        (["hard_text,profession,gender"], "no occupation has biographies of both"),
    ],
)
def test_broken_data_are_named(tmp_path: Path, rows: list[str], told: str) -> None:
    with pytest.raises(DataError, match=told):
        load(data_dir=_csv(tmp_path, *rows))


def test_without_data_and_hub_one_line_says_what_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    monkeypatch.setenv("HF_DATASETS_CACHE", str(tmp_path))
    with pytest.raises(PublicDataMissing) as raised:
        load()
    assert "LabHC/bias_in_bios" in str(raised.value)
    assert VARIABLE in str(raised.value)
