"""`bias-inherit power`, and what `plan` says of it, on small folders of results and in bad input."""

from pathlib import Path

import pytest
from instant import write_experiment
from scored_models import HATE, OCCUPATION, caller
from tests_support import call
from typer.testing import CliRunner, Result
from written_runs import write_run

from bias_inherit.cli.app import app
from bias_inherit.compare.power import Question, answer, from_folders, known_headline, shipped
from bias_tasks.catalogue import FAMILIES

NOTHING = (0.0, 0.0, 0.0, 0.0)


def power(*words: str) -> Result:
    return CliRunner().invoke(app, ["power", *words])


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, ...]:
    """Two folders that the harness wrote, as options."""
    folder = tmp_path_factory.mktemp("pair")
    for name, model in (("one", caller(NOTHING, 1)), ("other", caller((0.2, 0, 0, 0), 2))):
        write_run(folder / name, model)
    return ("--from", str(folder / "one"), "--from", str(folder / "other"))


def test_without_results_of_ones_own_what_ships_answers_every_task_that_is_read() -> None:
    entries = [entry for family in ("bias_inherit", "bias_probe") for entry in FAMILIES[family].values()]
    read = [entry.harness_name for entry in entries if entry.lean]
    assert len(read) > len(FAMILIES["bias_probe"])
    for task in read:
        done = power("--task", task)
        assert done.exit_code == 0, done.output
        first, _, whose = done.stdout.splitlines()
        assert first.startswith(f"{task}, lean")
        assert "80 of 100 studies of" in first
        assert whose == f"by the variances of {shipped().words}"


@pytest.mark.parametrize("task", ["bias_inherit_salary", "bias_inherit_story"])
def test_what_the_embedded_model_always_writes_alike_is_told_to_be_unknown(task: str) -> None:
    done = power("--task", task)
    assert done.exit_code == 2
    assert "the two do not differ on it" in done.stderr
    assert "name their folders with --from" in done.stderr


def test_what_ships_says_when_and_how_it_was_recorded() -> None:
    recorded = shipped().recorded
    assert recorded is not None
    assert "benchmarks.variances" in recorded.command
    assert "torch" in recorded.versions
    assert recorded.date in shipped().words


def test_results_of_ones_own_answer_in_the_command_as_in_python(pair: tuple[str, ...]) -> None:
    known = from_folders([Path(pair[1]), Path(pair[3])], pytest.fail)
    headline = known_headline(HATE, known, {})
    assert headline is not None
    for words, question in (
        ((), Question()),
        (("--effect", "0.05"), Question(change=0.05)),
        (("--effect", "0.05", "--documents", "64"), Question(change=0.05, documents=64)),
        (("--power", "0.9"), Question(power=0.9)),
        (("--effect", "0.05", "--power", "0.9"), Question(change=0.05, power=0.9)),
        (("--level", "0.005"), Question(level=0.005)),
    ):
        done = power("--task", HATE, *pair, *words)
        assert done.exit_code == 0, done.output
        assert done.stdout.splitlines() == [
            *answer(question, headline),
            f"by the variances of {pair[1]} and {pair[3]}",
        ]


def test_a_declared_direction_is_asked(pair: tuple[str, ...]) -> None:
    done = power("--task", HATE, *pair, "--headline", "lean__chinese:down")
    assert done.stdout.startswith(f"{HATE}, lean__chinese: ")
    assert "down alone" in done.stdout


def test_one_folder_borrows_the_correlation_and_says_so(pair: tuple[str, ...]) -> None:
    done = power("--task", HATE, *pair[:2])
    assert done.exit_code == 0, done.output
    assert "one model; correlation of two as of" in done.stdout


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (
            ("--task", "bias_inherit_hat"),
            "--task: unknown task 'bias_inherit_hat'; did you mean bias_inherit_hate?",
        ),
        (("--task", "hate"), "--task: unknown task 'hate'; did you mean bias_inherit_hate?"),
        (("--task", "nope"), "called by family and subject, such as bias_inherit_occupation: bias_inherit, "),
        (("--task", OCCUPATION, "--effect", "-0.1"), "--effect -0.1: expected a size above 0"),
        (("--task", OCCUPATION, "--effect", "0"), "--effect 0: expected a size above 0"),
        (("--task", OCCUPATION, "--effect", "nan"), "--effect nan: expected a size above 0"),
        (
            ("--task", OCCUPATION, "--headline", "gap"),
            "--headline gap: bias_inherit_occupation: gap has no sign",
        ),
        (("--task", OCCUPATION, "--headline", "lean:left"), "unknown direction 'left'"),
        (
            ("--task", OCCUPATION, "--effect", "0.1", "--power", "0.9", "--documents", "9"),
            "of --effect, --documents and --power give two",
        ),
        (("--task", OCCUPATION, "--documents", "4"), "--documents 4: too few clusters"),
        (("--task", "bias_public_hate"), "bias_public_hate: no variance is known of"),
        (("--task", OCCUPATION, "--from", "gone"), "gone: no such folder"),
        (("--task", OCCUPATION, *3 * ("--from", "gone")), "expected one or two folders (found 3)"),
    ],
)
def test_bad_input_is_one_line_that_says_what_was_expected(words: tuple[str, ...], expected: str) -> None:
    done = power(*words)
    assert done.exit_code == 2
    (line,) = done.stderr.splitlines()
    assert expected in line


@pytest.mark.parametrize(
    "words",
    [("--power", "1"), ("--power", "0.4"), ("--seeds", "0"), ("--level", "0"), ("--documents", "0")],
)
def test_a_number_out_of_range_is_refused_by_its_option(words: tuple[str, str]) -> None:
    done = power("--task", OCCUPATION, *words)
    assert done.exit_code == 2
    assert f"Invalid value for '{words[0]}'" in done.stderr


def test_a_task_that_the_folders_do_not_hold_and_one_on_which_they_do_not_differ_are_told(
    pair: tuple[str, ...], tmp_path: Path
) -> None:
    missing = power("--task", OCCUPATION, *pair)
    assert missing.exit_code == 2
    assert f"{OCCUPATION}: no variance is known of" in missing.stderr
    assert "it was not scored" in missing.stderr
    write_run(tmp_path, caller(NOTHING, 1))
    alike = power("--task", HATE, *pair[:2], "--from", str(tmp_path))
    assert alike.exit_code == 2
    assert "the two do not differ on it" in alike.stderr


def test_the_plan_tells_what_the_study_would_find(pair: tuple[str, ...], tmp_path: Path) -> None:
    file = write_experiment(tmp_path)
    done = call("plan", file, "--out", tmp_path / "run", "--no-calibration")
    assert done.returncode == 0, done.stderr
    assert "power: the smallest change of a headline that 80 of 100 such studies would find" in done.stdout
    assert f"by the variances of {shipped().words}" in done.stdout
    own = call("plan", file, "--out", tmp_path / "run", "--no-calibration", *pair)
    assert own.returncode == 0, own.stderr
    assert f"by the variances of {pair[1]} and {pair[3]}" in own.stdout
