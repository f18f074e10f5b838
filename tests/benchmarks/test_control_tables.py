"""The tables of planted controls say what reports say, side by side."""

import json
from pathlib import Path
from typing import Any

import pytest
from scipy.stats import binom

from benchmarks.control_tables import main, negatives, read

NOTHING = ("low_95", "high_95", "p", "p_holm", "found", "share_of_full_dose", "share_low_95", "share_high_95")


def row(asked: str, of: str, minus: str, delta: float, seeds: str = "all", **others: Any) -> dict[str, Any]:
    whole = {"task": "occupation", "asked": asked, "of": of, "minus": minus, "delta": delta, "seeds": seeds}
    return {**dict.fromkeys(NOTHING), **whole, **others}


def written(folder: Path, base: str, rows: list[dict[str, Any]]) -> Path:
    (folder / base / "report").mkdir(parents=True)
    report = {"base": {"name": base}, "controls": rows}
    (folder / base / "report" / "report.json").write_text(json.dumps(report), encoding="utf-8")
    return folder / base


@pytest.fixture
def first(tmp_path: Path) -> Path:
    of_full = {"low_95": 0.05, "high_95": 0.11, "p": 0.0001, "p_holm": 0.0002}
    rows = [
        row("full dose", "full dose", "rate 0", 0.08, **of_full),
        row("dose over rate", "rate 1", "γ = 0", 0.09, low_95=0.06, high_95=0.12),
        row("dose over rate", "rate 1", "rate 0", 0.08, **of_full),
        row(
            "mitigation", "mask", "rate 0", 0.004,
            share_of_full_dose=0.05, share_low_95=-0.1, share_high_95=0.2, share_of_each_seed="0.12 -0.02",
        ),
        row("negative control", "rate 0", "γ = 0", 0, "0", p=0.5),
        row("negative control", "rate 0", "γ = 0", 0, "1", p=0.03),
        row("negative control", "rate 0", "γ = 0", 0, p=0.2),
    ]  # fmt: skip
    return written(tmp_path, "first", rows)


def test_a_dose_that_a_seed_contradicts_is_marked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    mixed = {"low_95": 0.05, "high_95": 0.11, "p": 0.0001, "p_holm": 0.0002, "found": "mixed"}
    rows = [row(asked, "rate 1", "rate 0", 0.08, **mixed) for asked in ("full dose", "dose over rate")]
    main([written(tmp_path, "mixed", rows)])
    assert "| rate 1 | +0.080 [+0.050, +0.110], < 0.001, seeds disagree |" in capsys.readouterr().out


def test_a_dose_stands_with_its_interval_and_holm_s_p(
    first: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    untested = [row("full dose", "full dose", "rate 0", 0.5), row("dose over rate", "rate 1", "rate 0", 0.5)]
    main([first, written(tmp_path, "second", untested)])
    lines = capsys.readouterr().out.splitlines()
    assert lines[:3] == [
        "| occupation, minus rate 0 | first | second |",
        "| --- | --- | --- |",
        "| rate 1 | +0.080 [+0.050, +0.110], < 0.001 | +0.500 |",
    ]
    assert "| mask | 5 % [-10, 20]; 12 -2 | – |" in lines
    assert lines[-1] == "- second: not tested"
    assert "| occupation | +0.080 [+0.050, +0.110], < 0.001 | +0.500 |" in lines


def test_tests_of_the_negative_control_are_counted_seed_by_seed(first: Path) -> None:
    by_chance = 1 - binom.cdf(0, 2, 0.05)
    assert negatives(read(first)) == f"first: 1 of 2 tests; as many or more by chance: p = {by_chance:.3f}"
