"""What `plan` says of power."""

from typing import Any

from known_variances import KNOWN
from scored_models import HATE, OCCUPATION

from bias_inherit.compare.power import Known, OfContrast, OfTask, Planned, known_headline, lines
from bias_inherit.engine.experiment_file.evaluation import Evaluation
from bias_inherit.engine.experiment_file.experiment import Experiment
from bias_inherit.engine.planning.experiment_plan import plan_experiment
from bias_inherit.engine.planning.plan import Plan
from bias_inherit.kit.quantities import number
from bias_inherit.models.base_model import Base

SPAM = "bias_inherit_spam"


def told(known: Known = KNOWN, **changes: Any) -> list[str]:
    settings = {
        "name": "planned",
        "data": {"originals": 48},
        "generate": {"bias_types": [1], "shipped": True},
        "mix": {"gammas": [0, 0.5]},
        "finetune": {"learning_rate": 1e-3, "epochs": 1, "batch_size": 4, "max_length": 512},
        **changes,
    }
    study = Experiment.model_validate(settings)
    return list(lines(study, plan_experiment(study, Base("model", "", "0")), known))


def effect(task: str, documents: int, level: float) -> str:
    headline = known_headline(task, KNOWN, {})
    assert headline is not None
    return number(headline.smallest_change(Planned(documents, level=level)))


def test_every_task_is_told_at_its_documents_and_at_the_first_step_of_holm_s() -> None:
    first, occupation, hate, tested, whose = told(score={"tasks": [OCCUPATION, HATE], "limits": {HATE: 64}})
    assert first == "  power: the smallest change of a headline that 80 of 100 such studies would find"
    assert occupation.split() == [
        *(OCCUPATION, "lean_share", effect(OCCUPATION, 240, 0.025)),
        *("240", "documents", "(120", "clusters)"),
    ]
    assert hate.split()[-5:] == ["log-odds", "64", "documents", "(16", "clusters)"]
    assert f"lean of any of 4 groups  {effect(HATE, 64, 0.025)} log-odds" in hate
    assert "tested at 0.05 / 2 = 0.025, Holm's first step over 2 tasks; of one training seed" in tested
    assert whose == "    by the variances of two models made up"


def test_what_the_file_declares_is_asked() -> None:
    score, headline = {"tasks": [OCCUPATION]}, {OCCUPATION: "lean_share:up"}
    either, up = told(score=score)[1], told(score=score, headline=headline)[1]
    assert float(up.split()[2]) < float(either.split()[2])


def test_where_nothing_is_known_of_what_is_declared_the_task_s_own_is_told_and_said_to_be() -> None:
    line = told(score={"tasks": [HATE]}, headline={HATE: "lean_share"})[1]
    assert f"lean of any of 4 groups  {effect(HATE, 192, 0.05)} log-odds" in line
    assert line.endswith("(48 clusters); no variance of lean_share is known")


def test_a_limit_larger_than_the_task_is_the_task() -> None:
    assert "240 documents (120 clusters)" in told(score={"tasks": [OCCUPATION], "limit": 9999})[1]


def test_a_task_of_which_nothing_is_known_is_named_and_counts_in_the_family() -> None:
    *_, not_told, tested, _ = told(score={"tasks": [SPAM, OCCUPATION]})
    assert not_told == f"    not told, because no variance of it is known: {SPAM}"
    assert "0.05 / 2" in tested


def test_a_limit_that_leaves_too_few_clusters_shows_that_nothing_can_be_found() -> None:
    line = told(score={"tasks": [OCCUPATION], "limit": 8})[1]
    assert line.split()[2] == "–"
    assert line.endswith("8 documents (4 clusters): too few for any test")


def test_that_doses_are_not_tested_on_so_few_clusters_is_told_beforehand() -> None:
    planted = {"generate": {"planted": {"rule": "women-nurse", "rates": [0, 1]}}}
    score = {"tasks": [OCCUPATION], "limit": 16}
    assert told(score=score, **planted)[1].endswith(
        "16 documents (8 clusters): too few for a test of doses, which takes 10"
    )
    assert told(score=score)[1].endswith("16 documents (8 clusters)")
    assert told(score={"tasks": [OCCUPATION], "limit": 20}, **planted)[1].endswith("(10 clusters)")


def test_seeds_count_where_their_scatter_is_known() -> None:
    contrast = OfContrast(clusters=60, difference=0.5, alone=1.0, seeds=0.05, shared=0.5)
    seeded = Known(
        models="seeds", tasks={OCCUPATION: OfTask(documents=120, contrasts={"lean_share": contrast})}
    )
    score, seeds = {"tasks": [OCCUPATION]}, list(range(5))
    assert "tested at 0.05; of the mean over 5 training seeds" in told(seeded, score=score, seeds=seeds)[2]
    assert "how much the 5 scatter is not known" in told(score=score, seeds=seeds)[2]
    assert "of one training seed" in told(seeded, score=score, seeds=seeds[:4])[2]


def test_a_study_of_one_model_compares_nothing() -> None:
    alone = Evaluation.model_validate({"name": "one", "checkpoints": [{"name": "a", "pretrained": "a"}]})
    assert list(lines(alone, Plan((), (), ()), KNOWN)) == []
