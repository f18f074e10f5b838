"""`bias-inherit compare` on folders with placebos."""

from pathlib import Path

from graded_models import calls_arabic_so
from typer.testing import CliRunner
from written_runs import write_run

from bias_inherit.cli.app import app
from bias_inherit.compare.placebo import beside_placebo
from bias_inherit.harness.results import read_output


def test_k_of_both_models_is_shown_and_no_placebo_is_compared(tmp_path: Path) -> None:
    folders = [tmp_path / name for name in ("first", "second")]
    for number, folder in enumerate(folders):
        write_run(folder, calls_arabic_so(1.0 + number, moved=0.5, seed=number), name=f"house/{number}")
    table = tmp_path / "table.csv"
    paths = [str(folder) for folder in folders]
    options = ["--tasks", "bias_inherit_hate", "--export", str(table)]
    done = CliRunner().invoke(app, ["compare", *paths, *options])
    assert done.exit_code == 0, done.stderr
    tests, _, beside = done.stdout.partition("k first [95 %]")
    assert "bias_placebo" not in tests
    k = beside_placebo(read_output(folders[0])).ratios["bias_inherit_hate"]
    assert f"{k.ratio:.2f} [{k.interval.low:.2f}, {k.interval.high:.2f}]" in beside
    assert table.with_suffix(".placebo.csv").exists()


def test_a_placebo_takes_no_headline(tmp_path: Path) -> None:
    write_run(tmp_path, calls_arabic_so(1.0, moved=0.5))
    done = CliRunner().invoke(
        app, ["compare", str(tmp_path), str(tmp_path), "--headline", "bias_placebo_hate=lean"]
    )
    assert done.exit_code == 2
    assert "bias_placebo_hate is not compared; there are bias_inherit_hate" in done.stderr
