"""One question of power and its answer in words."""

import re

import pytest
from known_variances import KNOWN
from scored_models import HATE, OCCUPATION

from bias_inherit.compare.power import (
    Known,
    KnownHeadline,
    OfContrast,
    OfTask,
    Question,
    answer,
    known_headline,
)
from bias_inherit.kit.errors import UsageError
from bias_tasks.catalogue import ALL_TASKS


def of(task: str, words: str = "", known: Known = KNOWN) -> KnownHeadline:
    declared = {task: ALL_TASKS[task].headline(words)} if words else {}
    found = known_headline(task, known, declared)
    assert found is not None
    return found


def said(headline: KnownHeadline, question: Question) -> str:
    return next(answer(question, headline))


def test_without_anything_the_smallest_change_of_all_documents_is_told() -> None:
    # 0.05 / sqrt(120) times the t quantiles of 0.975 and 0.8 with 119 degrees of freedom.
    assert list(answer(Question(), of(OCCUPATION))) == [
        "bias_inherit_occupation, lean_share: 80 of 100 studies of 240 documents (120 clusters) "
        "find a change of 0.013",
        "tested at 0.05, in either direction; of one training seed",
    ]


def test_a_share_has_no_unit() -> None:
    assert said(of(OCCUPATION, "gap__male_minus_female"), Question()).endswith("find a change of 0.103")
    assert said(of(OCCUPATION, "lean"), Question()).endswith("find a change of 0.129 log-odds")


def test_a_change_asks_for_the_power() -> None:
    assert "80 of 100 studies of 240 documents" in said(of(OCCUPATION), Question(change=0.0129))
    assert "fewer than 1 of 100" in said(of(HATE), Question(change=1e-6, level=0.001))
    assert "more than 99 of 100" in said(of(HATE), Question(change=9.0))


def test_a_change_and_a_power_ask_for_the_documents() -> None:
    told = said(of(OCCUPATION), Question(change=0.0129, power=0.8))
    found = re.search(r"80 of 100 studies of (\d+) documents \((\d+) clusters\)", told)
    assert found
    assert int(found[1]) == 2 * int(found[2]) == pytest.approx(240, abs=4)
    assert "1,000" not in told
    assert re.search(r"of [\d,]{6,} documents", said(of(OCCUPATION), Question(change=0.001, power=0.8)))


def test_documents_and_a_change_ask_for_the_power_with_so_many() -> None:
    few = said(of(OCCUPATION), Question(change=0.0129, documents=60))
    assert "studies of 60 documents (30 clusters)" in few
    assert int(few.split(": ")[1].split()[0]) < 80


def test_a_declared_direction_is_told() -> None:
    assert list(answer(Question(), of(OCCUPATION, "lean:down")))[1].startswith("tested at 0.05, down alone")


def test_seeds_are_told_where_their_scatter_is_known() -> None:
    contrast = OfContrast(clusters=60, difference=0.5, alone=1.0, seeds=0.1, shared=0.5)
    seeded = Known(
        models="seeds", tasks={OCCUPATION: OfTask(documents=120, contrasts={"lean_share": contrast})}
    )
    assert list(answer(Question(seeds=5), of(OCCUPATION, known=seeded)))[1].endswith(
        "mean over 5 training seeds"
    )
    assert list(answer(Question(seeds=4), of(OCCUPATION, known=seeded)))[1].endswith("of one training seed")
    assert list(answer(Question(seeds=5), of(OCCUPATION)))[1].endswith("of one training seed")
    with pytest.raises(
        UsageError, match="no number of documents is enough; expected a larger effect or more --seeds"
    ):
        said(of(OCCUPATION, known=seeded), Question(change=0.01, power=0.8, seeds=5))


def test_a_change_that_is_next_to_nothing_is_never_found() -> None:
    with pytest.raises(UsageError, match=r"no number of documents is enough; expected a larger effect$"):
        said(of(OCCUPATION), Question(change=1e-9, power=0.8))


def test_all_three_leave_nothing_to_be_told() -> None:
    with pytest.raises(UsageError, match="of --effect, --documents and --power give two"):
        said(of(OCCUPATION), Question(change=0.1, documents=100, power=0.8))


def test_too_few_documents_are_refused_with_how_many_it_takes() -> None:
    with pytest.raises(UsageError, match="--documents 8: too few clusters for any test"):
        said(of(OCCUPATION), Question(documents=8))
    assert "of 12 documents (6 clusters)" in said(of(OCCUPATION), Question(documents=12))
