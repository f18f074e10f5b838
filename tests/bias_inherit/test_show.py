"""One model's metrics with intervals, from what the harness wrote."""

from tests_support import Finished, call

from bias_inherit.compare import estimates
from bias_inherit.harness_output import read_output
from bias_inherit.quantities import number
from bias_inherit.report.terminal import bounds


def test_show_prints_every_metric_with_error_and_interval(finished: Finished) -> None:
    folder = next(finished.folder.glob("artifacts/score-*"))
    done = call("show", folder, "--task", "bias_inherit_occupation")
    assert done.returncode == 0, done.stderr
    lines = {line.split()[0]: line for line in done.stdout.splitlines() if line.startswith("  ")}
    expected = estimates(read_output(folder), "bias_inherit_occupation")
    assert set(lines) == set(expected)
    assert number(expected["score"].value) in lines["score"]
    assert bounds(expected["acc__female"].interval) in lines["acc__female"]


def test_show_of_a_task_that_was_not_scored_names_those_that_were(finished: Finished) -> None:
    folder = next(finished.folder.glob("artifacts/score-*"))
    done = call("show", folder, "--task", "bias_gen_hate")
    assert done.returncode == 2
    assert "no samples of bias_gen_hate; there are bias_inherit_occupation" in done.stderr
