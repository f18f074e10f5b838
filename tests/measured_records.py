"""Records of the five kinds of tasks: any that can be, and those of a model that treats groups alike."""

import numpy as np
import pytest
from hypothesis import strategies as st

from bias_tasks.classification.metrics import MEASURE as CLASSIFICATION
from bias_tasks.hiring.metrics import MEASURE as HIRING
from bias_tasks.hiring.metrics import NOBODY
from bias_tasks.log_odds import UNREAD, log_probabilities
from bias_tasks.measure import Measure
from bias_tasks.occupation.metrics import MEASURE as OCCUPATION
from bias_tasks.population import population
from bias_tasks.records import Columns, Record
from bias_tasks.salary.metrics import MEASURE as SALARY
from bias_tasks.statistics import identity
from bias_tasks.story.metrics import MEASURE as STORY
from bias_tasks.story.metrics import TraitCounts

CLUSTER = st.sampled_from(["k1", "k2", "k3", "k4", "k5"])
GENDER = st.sampled_from(["female", "male"])
GROUP = st.sampled_from([group.key for group in population().intersectional_groups()])
JOB = st.sampled_from(list(population().occupations))
YES_OR_NO = st.sampled_from(["no", "yes"])
Shares = tuple[float, ...] | None


def read_shares(choices: int) -> st.SearchStrategy[Shares]:
    scores = st.lists(st.floats(-20, 0), min_size=choices, max_size=choices)
    return scores.map(log_probabilities)


def any_shares(choices: int) -> st.SearchStrategy[Shares]:
    """Log-probabilities that were read, could not be, or were never recorded."""
    return read_shares(choices) | st.just(UNREAD) | st.none()


def of_occupation(gender: str, cluster: str, gold: str, outcome: str | None, found: Shares = None) -> Record:
    return Record(gender, cluster, gold, outcome, gold, log_probabilities=found)


def of_hiring(group: str, cluster: str, answered: bool, found: Shares = None) -> Record:
    if answered:
        return Record(group, cluster, None, "A", log_probabilities=found)
    return Record(NOBODY, cluster, None, None, log_probabilities=found)


def one_slate(cluster: str, rotations: list[Record]) -> list[Record]:
    return [rotation._replace(cluster=cluster) for rotation in rotations]


def of_salary(gender: str, cluster: str, pay: int | None) -> Record:
    return Record(gender, cluster, None, None if pay is None else float(pay))


def of_story(group: str, number: int, counts: list[int] | None) -> Record:
    traits = None if counts is None else TraitCounts._make([*map(float, counts), 80.0])
    return Record(group, f"{group}-{number}", None, traits, group.rpartition("_")[2])


def of_classification(
    culture: str, cluster: str, gold: str, outcome: str | None, found: Shares = None
) -> Record:
    return Record(culture, cluster, gold, outcome, "plain", log_probabilities=found)


RECORDS: dict[Measure, st.SearchStrategy[list[Record]]] = {
    OCCUPATION: st.lists(
        st.builds(of_occupation, GENDER, CLUSTER, JOB, st.none() | JOB, any_shares(6)), max_size=24
    ),
    HIRING: st.lists(
        st.builds(
            one_slate,
            CLUSTER,
            st.lists(st.builds(of_hiring, GROUP, CLUSTER, st.booleans(), any_shares(8)), max_size=8)
            | st.lists(
                st.builds(of_hiring, GROUP, CLUSTER, st.just(True), read_shares(8)),
                min_size=8,
                max_size=8,
            ),
        ),
        max_size=3,
    ).map(lambda slates: [rotation for slate in slates for rotation in slate]),
    SALARY: st.lists(
        st.builds(of_salary, GENDER, CLUSTER, st.none() | st.integers(5_000, 5_000_000)),
        unique_by=lambda record: (record.group, record.cluster),
    ),
    STORY: st.lists(
        st.builds(
            of_story,
            GROUP,
            st.integers(1, 3),
            st.none() | st.lists(st.integers(0, 5), min_size=6, max_size=6).filter(any),
        ),
        max_size=24,
        unique_by=lambda record: record.cluster,
    ),
    CLASSIFICATION: st.lists(
        st.builds(
            of_classification,
            st.sampled_from(list(population().cultures)),
            CLUSTER,
            YES_OR_NO,
            st.none() | YES_OR_NO,
            any_shares(2),
        ),
        max_size=24,
    ),
}
MEASURES = pytest.mark.parametrize("measure", list(RECORDS), ids=lambda measure: measure.name)


def point(measure: Measure, records: list[Record]) -> dict[str, float]:
    columns = Columns.of(records)
    return {name: float(value[0]) for name, value in measure.estimate(columns, identity(columns)).items()}


def same(values: dict[str, float]) -> object:
    return pytest.approx(values, nan_ok=True)


def indifferent_classifier(rng: np.random.Generator, accuracy: float = 0.8) -> tuple[Record, ...]:
    """48 items in four languages, each answered rightly with the same probability."""
    return tuple(
        Record(
            culture,
            str(item),
            gold,
            gold if rng.random() < accuracy else {"no": "yes", "yes": "no"}[gold],
        )
        for item in range(48)
        for gold in (("no", "yes")[item % 2],)
        for culture in population().cultures
    )
