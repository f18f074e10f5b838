"""Runs that nobody trained, and their reports."""

from pathlib import Path

import pytest
from simulated_run import HATE, OCCUPATION, SALARY, simulated_run

from bias_inherit.engine.experiment_record import Recorded
from bias_inherit.report.build import build_report
from bias_inherit.report.gather import ReportData

HOSTILE = "<script>alert('x')</script><img src=x onerror=alert(1)>"


@pytest.fixture(scope="session")
def study(tmp_path_factory: pytest.TempPathFactory) -> Recorded:
    """Two bias types, three γ, a mitigation; whatever a model wrote is hostile."""
    return simulated_run(tmp_path_factory.mktemp("study") / "run", text=HOSTILE)


@pytest.fixture(scope="session")
def data(study: Recorded) -> ReportData:
    """The study's report, written into its run folder."""
    return build_report(*study)


@pytest.fixture(scope="session")
def page(study: Recorded, data: ReportData) -> Path:
    """The study's page."""
    return study.store.root / "report" / "index.html"


@pytest.fixture(scope="session")
def planted_study(tmp_path_factory: pytest.TempPathFactory) -> Recorded:
    """A rule in three doses under one seed, a mitigation, and rows that a model wrote beside it."""
    return simulated_run(
        tmp_path_factory.mktemp("planted-study") / "run",
        generate={
            "bias_types": [1],
            "shipped": True,
            "planted": {"rule": "women-nurse", "rates": [0, 0.5, 1], "crossed": False},
        },
        mix={"gammas": [0.5]},
        score={"tasks": [OCCUPATION, SALARY, HATE]},
        headline={OCCUPATION: "gap__male_minus_female:up"},
    )


@pytest.fixture(scope="session")
def planted_data(planted_study: Recorded) -> ReportData:
    """Its report, written into its run folder."""
    return build_report(*planted_study)


@pytest.fixture(scope="session")
def planted_page(planted_study: Recorded, planted_data: ReportData) -> Path:
    """Its page."""
    return planted_study.store.root / "report" / "index.html"
