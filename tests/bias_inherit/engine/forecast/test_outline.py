"""`bias-inherit plan`: the graph in words, and what it will cost."""

import resource
import shutil
from pathlib import Path

import pytest
from instant import BASE, InstantExecutor, do, planned, write_experiment
from tests_support import Finished, call

from augment.bias_types import BIAS_TYPES
from augment.corpus import shipped
from bias_inherit.engine.experiment_file.study import load_experiment
from bias_inherit.engine.forecast.estimates import adapter_bytes, seconds_per_token, tokens_of
from bias_inherit.engine.forecast.lengths import Lengths
from bias_inherit.engine.forecast.machine_speed import Measured
from bias_inherit.engine.forecast.outline import outline
from bias_inherit.engine.forecast.tokens import Speed, Tokens
from bias_inherit.engine.planning.experiment_plan import plan_experiment
from bias_inherit.engine.planning.prepare import foresee
from bias_inherit.kit.quantities import duration, size
from bias_inherit.models.embedded import NAME

CONFIGS = Path(__file__).parents[4] / "harness_configs"


def test_the_paper_s_study_is_194_trainings_a_seed_and_planned_in_seconds(tmp_path: Path) -> None:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = call("plan", CONFIGS / "paper-gender.yaml", CONFIGS / "paper-culture.yaml", cwd=tmp_path)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert done.returncode == 0, done.stderr
    assert "together: 194 trainings a seed (12 generations" in done.stdout
    assert "196 scorings" in done.stdout
    assert done.stdout.count("without sharing, 120 trainings") == 2
    assert not (tmp_path / "runs").exists()
    # Of the processor: the wall clock of a machine that does other things says nothing.
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < 5


def test_where_the_base_is_not_here_the_plan_says_what_it_cannot_tell(tmp_path: Path) -> None:
    done = call("plan", write_experiment(tmp_path), "--out", tmp_path / "run")
    assert done.returncode == 0, done.stderr
    assert "nobody/tiny (not on this machine)" in done.stdout
    assert (
        "time: not estimated: nobody/tiny is not on this machine, and a plan fetches nothing" in done.stdout
    )
    assert "adapters: size not known before the base is here" in done.stdout


def test_what_is_done_is_counted_and_tells_how_long_the_rest_takes(tmp_path: Path) -> None:
    file = write_experiment(tmp_path)
    _, plan, store = planned(file, tmp_path / "run")
    do(plan, store, InstantExecutor(store), ["type 1, γ = 0.2", "base"])
    done = call("plan", file, "--out", store.root)
    rows = [line.split() for line in done.stdout.splitlines()]
    assert ["mix", "3", "1"] in rows
    assert ["train", "5", "1", "5", "a", "seed"] in rows
    lengths = Lengths(load_experiment(file), None)
    evidence = seconds_per_token(plan.steps, store, lengths)
    left = [step for step in plan.steps if not store.is_there(step) and sum(tokens_of(step, lengths))]
    assert {step.stage for step in left} == {"train", "score", "distribution"}
    # No audit is done yet, so that something is missing for the time.
    assert "time: not estimated" in done.stdout
    expected = sum(evidence[s.stage] * sum(tokens_of(s, lengths)) for s in left if s.stage != "distribution")
    do(plan, store, InstantExecutor(store), ["distribution"])
    told = call("plan", file, "--out", store.root).stdout
    assert f"time: about {duration(expected)} on this machine, as the finished steps took" in told


def test_rates_turn_tokens_into_time_and_what_steps_take_beside_them_is_added(tmp_path: Path) -> None:
    experiment = load_experiment(write_experiment(tmp_path))
    _, _, store = planned(tmp_path / "experiment.yaml", tmp_path / "run")
    foreseen = foresee(experiment, store.root)
    speed = Speed(read=1000.0, written=10.0, trained=100.0, loading=500, opening=2000, beginning=30_000)
    lengths = Lengths(experiment, None)
    steps = [tokens_of(step, lengths) for step in foreseen.plan.steps]
    total = sum(steps, Tokens())
    seconds = 500 + total.read / 1000 + total.written / 10 + total.trained / 100
    seconds += 2000 * sum(tokens.read > 0 for tokens in steps)
    seconds += 30_000 * sum(tokens.trained > 0 for tokens in steps)
    lines = outline(foreseen, store, Measured(speed, lengths), "").lines
    assert any(f"time: about {duration(seconds)} on this machine, by a calibration" in line for line in lines)


def test_tokens_of_a_training_are_those_of_its_rows_in_every_epoch(tmp_path: Path) -> None:
    file = write_experiment(tmp_path, finetune={"learning_rate": 1e-4, "epochs": 1})
    once, plan, _ = planned(file, tmp_path / "run")
    (plain,) = (s for s in plan.steps if (s.stage, s.label) == ("train", "γ = 0"))
    from finetune.originals.gender import originals

    rows = originals(40, 0)
    texts = [m.content for row in rows for m in (*row.prompt, *row.completion)]
    expected = 24 * sum(len(text.encode()) for text in texts) / 40 / 4
    assert tokens_of(plain, Lengths(once, None)).trained == pytest.approx(expected)
    thrice, plan, _ = planned(write_experiment(tmp_path, finetune={"learning_rate": 1e-4}), tmp_path / "run")
    (plain,) = (s for s in plan.steps if (s.stage, s.label) == ("train", "γ = 0"))
    assert tokens_of(plain, Lengths(thrice, None)).trained == pytest.approx(3 * expected)


PLANTED = {"planted": {"rule": "women-nurse", "rates": [0, 1], "crossed": False}}


def test_planted_rows_are_as_long_as_the_originals_that_they_are(tmp_path: Path) -> None:
    changes = {"mix": {"gammas": [0, 0.5]}, "mitigate": {"methods": ["none"]}}
    file = write_experiment(tmp_path, generate=PLANTED, **changes)
    experiment, plan, _ = planned(file, tmp_path / "run")
    lengths = Lengths(experiment, None)
    plain, *planted = (tokens_of(step, lengths).trained for step in plan.steps if step.stage == "train")
    assert planted == pytest.approx([2 * plain] * 2)


def test_the_model_of_the_sets_that_ship_is_foreseen_to_take_as_many_attempts_again(tmp_path: Path) -> None:
    changes = {"generate": {"bias_types": [1]}, "mix": {"gammas": [0, 0.5]}, "data": {"originals": 24}}
    experiment = load_experiment(write_experiment(tmp_path, **changes))
    made = shipped("gender", BIAS_TYPES[1]).sidecar.outcome
    assert made is not None
    own, other = (
        next(
            tokens_of(step, Lengths(experiment, None))
            for step in plan_experiment(experiment, BASE._replace(name=name)).steps
            if step.stage == "generate"
        )
        for name in (NAME, "another")
    )
    assert other.written == 24 * 112
    assert own.written == pytest.approx(other.written * made.attempts / made.rows)
    assert own.read == pytest.approx(24 * made.prompt_tokens / made.rows)


def test_what_is_shared_is_counted_where_not_everything_is_crossed(tmp_path: Path) -> None:
    mitigate = {"methods": ["none", "token"]}
    file = write_experiment(tmp_path, generate=PLANTED, mix={"gammas": [0, 0.2, 0.5]}, mitigate=mitigate)
    experiment, _, store = planned(file, tmp_path / "run")
    lines = outline(foresee(experiment, store.root), store, None, "").lines
    # Rate 1 at two γ, with token at the larger; rate 0 at the larger: four models in three series of γ.
    told = "γ = 0 is trained once and serves 2 sets and 2 mitigations; without sharing, 7 trainings"
    assert any(told in line for line in lines)


def test_the_adapter_s_size_is_that_of_a_trained_one(tiny_model: Path, finished: Finished) -> None:
    expected = adapter_bytes(load_experiment(finished.file), tiny_model)
    written = next(finished.folder.glob("artifacts/train-*/adapter_model.safetensors")).stat().st_size
    header = int.from_bytes(
        next(finished.folder.glob("artifacts/train-*/adapter_model.safetensors")).read_bytes()[:8], "little"
    )
    assert expected == written - header - 8


def test_a_calibration_is_made_where_the_base_is_and_told(finished: Finished, tmp_path: Path) -> None:
    done = call("plan", finished.file, "--out", tmp_path / "elsewhere")
    assert done.returncode == 0, done.stderr
    (line,) = done.stderr.splitlines()
    assert line.startswith("measuring this machine with model")
    assert "on this machine, by a calibration of ten seconds; measured:" in done.stdout
    without = call("plan", finished.file, "--out", tmp_path / "elsewhere", "--no-calibration")
    assert "time: not estimated: without a calibration" in without.stdout
    assert not without.stderr


def test_a_base_in_the_hub_s_cache_is_on_this_machine(tiny_model: Path, tmp_path: Path) -> None:
    cached = tmp_path / "hub" / "hub" / "models--nobody--tiny"
    (cached / "refs").mkdir(parents=True)
    (cached / "refs" / "main").write_text("0" * 40, encoding="utf-8")
    shutil.copytree(tiny_model, cached / "snapshots" / ("0" * 40))
    done = call("plan", write_experiment(tmp_path), "--no-calibration", HF_HOME=str(tmp_path / "hub"))
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("instant: nobody/tiny; ")
    assert "5 adapters of" in done.stdout


def test_of_a_finished_experiment_nothing_is_left(finished: Finished) -> None:
    done = call("plan", finished.file, "--out", finished.folder)
    assert "time: nothing to do" in done.stdout
    assert "to do: about 0 tokens" in done.stdout


@pytest.mark.parametrize(
    ("seconds", "told"),
    [(4.4, "4 s"), (99, "99 s"), (720, "12 min"), (12_000, "3 h 20 min"), (500_000, "5 days 18 h")],
)
def test_durations_are_told_as_people_do(seconds: float, told: str) -> None:
    assert duration(seconds) == told


@pytest.mark.parametrize(
    ("count", "told"), [(812_000, "812 kB"), (4_200_000, "4.2 MB"), (31e9, "31 GB"), (2e12, "2 TB")]
)
def test_sizes_are_told_as_people_do(count: float, told: str) -> None:
    assert size(count) == told
