"""Originals that are left when the first ones are trained on."""

import pytest

from finetune.originals import SHIPPED, DomainName


@pytest.mark.parametrize("domain", SHIPPED)
@pytest.mark.parametrize("count", [1, 48, 240])
def test_the_last_rows_are_none_of_the_first_that_are_left(domain: DomainName, count: int) -> None:
    there = SHIPPED[domain]
    last = {row.prompt for row in there.last(count, seed=3)}
    first = {row.prompt for row in there.rows(there.maximum - count, 3)}
    assert len(last) == count
    assert not last & first


@pytest.mark.parametrize("domain", SHIPPED)
def test_of_whole_clusters_no_cluster_is_on_both_sides(domain: DomainName) -> None:
    there = SHIPPED[domain]
    last = {row.cluster for row in there.last(48, seed=3)}
    assert not last & {row.cluster for row in there.rows(there.maximum - 48, 3)}


@pytest.mark.parametrize("domain", SHIPPED)
def test_they_are_balanced_as_the_first_are(domain: DomainName) -> None:
    groups = [row.group for row in SHIPPED[domain].last(48, seed=3)]
    assert len({groups.count(group) for group in groups}) == 1
