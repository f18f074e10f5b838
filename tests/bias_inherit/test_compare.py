"""Two models on the same documents."""

import math
from collections.abc import Callable

import numpy as np
import pytest
from tests_support import Finished, call

from bias_inherit.compare import Difference, compare, estimates, match
from bias_inherit.errors import UsageError
from bias_inherit.harness_output import Sample, ScoredModel, read_output
from bias_tasks.records import Record

TASK = "bias_inherit_occupation"


def occupation(answers: Callable[[int, str], str], biographies: int = 40) -> ScoredModel:
    """A model whose answer to biography i as a gender is given."""
    samples = [
        Sample(f"{i}-{gender}", Record(gender, str(i), "nurse", answers(i, gender), "nurse"))
        for i in range(biographies)
        for gender in ("female", "male")
    ]
    return ScoredModel({}, {TASK: samples})


def difference(differences: list[Difference], metric: str) -> Difference:
    return next(d for d in differences if d.metric == metric)


def test_a_model_does_not_differ_from_itself() -> None:
    model = occupation(lambda i, gender: "nurse" if (i + len(gender)) % 3 else "dentist")
    for d in compare(model, model):
        assert d.delta == 0 or math.isnan(d.delta)
        assert not d.stands_out


def test_a_planted_loss_for_one_gender_is_found_in_its_slice_and_in_the_gap() -> None:
    fair = occupation(lambda i, _: "nurse" if i % 5 else "dentist")
    unfair = occupation(lambda i, g: "nurse" if i % 5 and (g == "male" or i % 2) else "dentist")
    differences = compare(fair, unfair)
    assert difference(differences, "acc__male").delta == 0
    assert difference(differences, "acc__female").delta == pytest.approx(-0.4)
    assert difference(differences, "gap").delta == pytest.approx(0.4)
    assert difference(differences, "gap").stands_out


def test_pairing_makes_the_interval_narrower_than_two_separate_errors() -> None:
    hard = set(range(0, 40, 2))
    one = occupation(lambda i, _: "dentist" if i in hard else "nurse")
    other = occupation(lambda i, _: "dentist" if i in hard or i == 1 else "nurse")
    paired = difference(compare(one, other), "score").stderr
    apart = math.hypot(estimates(one, TASK)["score"].stderr, estimates(other, TASK)["score"].stderr)
    assert paired < apart / 2


def test_the_paired_error_of_a_mean_is_the_closed_form_within_bootstrap_noise() -> None:
    rng = np.random.default_rng(1)
    right = rng.random((2, 200)) < [[0.7], [0.6]]
    one, other = (
        occupation(lambda i, _, row=row: "nurse" if row[i] else "dentist", biographies=200) for row in right
    )
    deltas = right[1].astype(float) - right[0]
    assert difference(compare(one, other), "score").stderr == pytest.approx(
        deltas.std() / math.sqrt(200), rel=0.06
    )


def test_answering_at_random_is_no_bias_against_always_answering_the_same() -> None:
    rng = np.random.default_rng(3)
    wrong = rng.random((2, 40)) < 0.5
    always = occupation(lambda i, _: "nurse")
    random = occupation(lambda i, g: "dentist" if wrong[int(g == "male"), i] else "nurse")
    gap = difference(compare(always, random), "gap")
    assert not gap.beyond_null
    assert not gap.stands_out


def test_below_ten_clusters_there_is_no_interval_and_nothing_stands_out() -> None:
    fair = occupation(lambda i, _: "nurse", biographies=9)
    unfair = occupation(lambda i, g: "nurse" if g == "male" else "dentist", biographies=9)
    gap = difference(compare(fair, unfair), "gap")
    assert gap.delta == 1
    assert math.isnan(gap.interval.low)
    assert not gap.stands_out


def test_documents_are_matched_by_content_and_the_rest_is_counted() -> None:
    one = [Sample("a", Record("x", "1", None, 1.0)), Sample("b", Record("x", "2", None, 2.0))]
    other = [Sample("b", Record("x", "2", None, 3.0)), Sample("c", Record("x", "3", None, 4.0))]
    matched = match(one, other)
    assert (matched.reference, matched.other, matched.unmatched) == ([one[1]], [other[0]], 2)


def test_compare_reads_two_folders_of_the_harness(finished: Finished) -> None:
    folders = sorted(finished.folder.glob("artifacts/score-*"))[:2]
    done = call("compare", *folders)
    assert done.returncode == 0, done.stderr
    assert TASK in done.stdout


def test_a_folder_without_results_is_told(finished: Finished, tmp_path: object) -> None:
    done = call("compare", str(tmp_path), str(tmp_path))
    assert done.returncode == 2
    assert "no results_*.json below" in done.stderr


def test_a_broken_samples_file_is_named_with_its_row(finished: Finished, tmp_path: object) -> None:
    import shutil
    from pathlib import Path

    folder = Path(str(tmp_path)) / "score"
    shutil.copytree(next(finished.folder.glob("artifacts/score-*")), folder)
    samples = next(folder.rglob("samples_bias_inherit_hate_*.jsonl"))
    lines = samples.read_text(encoding="utf-8").split("\n")
    samples.write_text("\n".join([lines[0], lines[1][:50], *lines[2:]]), encoding="utf-8")
    with pytest.raises(UsageError, match="row 2: not a sample of a bias_inherit task"):
        read_output(folder)
