"""Audit of distribution: how far augmented texts lie from the originals, beside the originals' own scatter.

The paper's third misalignment: embeddings of original and augmented texts separate. What is embedded is what
was written (`rows.passage_of`). Each augmented set is held against the originals
by MMD² (any difference of distribution) and by a classifier's AUC (can one tell them apart?). The same two
numbers for two random halves of the originals, split by cluster, stand beside them: what no shift looks like.

The shipped originals are composed from one stock of sentences, each used equally often. Two sets of them are
more alike than two random draws: a sentence held out on one side was seen on the other in training. Their
AUC is then below 0.5 and their p near 1; neither is an error, and neither is a sign of a shift.
"""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from pydantic import BaseModel

from augment.audits.two_samples import (
    BOOTSTRAP_DRAWS,
    FOLDS,
    PERMUTATIONS,
    Sample,
    classifier_auc,
    mmd_test,
    pool,
    principal_coordinates,
)
from bias_tasks.training_rows import DataError

FEWEST_CLUSTERS = 10
"""On each side of a comparison; fewer make neither folds nor permutations worth the name."""

ORIGINALS = "originals"


class Comparison(BaseModel):
    """Two samples, compared.

    Attributes:
        rows: Rows of the two samples.
        clusters: Clusters of the two samples.
        mmd_squared: Unbiased MMD²; may be below 0.
        p_value: Of MMD², by permutation.
        bandwidth: Of the kernel.
        auc: Of the classifier: 0.5 cannot be told apart, 1 always; below 0.5 by chance, or because the sets
            are made of the same pieces.
        auc_low: Lower end of its 95 % interval.
        auc_high: Upper end.
    """

    rows: tuple[int, int]
    clusters: tuple[int, int]
    mmd_squared: float
    p_value: float
    bandwidth: float
    auc: float
    auc_low: float
    auc_high: float


class Cloud(BaseModel):
    """The texts of one set in the plane of the two first principal components of all sets."""

    points: list[tuple[float, float]]


class DistributionAudit(BaseModel):
    """Augmented sets against the originals.

    Attributes:
        embedding: What made the vectors.
        dimensions: Of a vector.
        null: Two halves of the originals.
        reference: What stands in the originals' place: these, or rows of another elicitation.
        comparisons: Name of an augmented set -> originals against it.
        clouds: Name of a set (`reference` among them) -> its texts in the plane.
        variance_shares: Share of variance of the plane's two axes.
        permutations: Of the MMD test.
        draws: Bootstrap draws of the AUC's interval.
        folds: Of the classifier.
        seed: Of halves, permutations, folds and draws.
    """

    embedding: str
    dimensions: int
    null: Comparison
    reference: str = ORIGINALS
    comparisons: dict[str, Comparison]
    clouds: dict[str, Cloud]
    variance_shares: tuple[float, float]
    permutations: int
    draws: int
    folds: int
    seed: int

    @property
    def halves(self) -> str:
        """What `null` compares."""
        return f"halves of {self.reference}"


class Halves(NamedTuple):
    """A sample, split by cluster."""

    first: Sample
    second: Sample


def audit_distribution(
    originals: Sample,
    augmented: Mapping[str, Sample],
    embedding: str,
    permutations: int = PERMUTATIONS,
    draws: int = BOOTSTRAP_DRAWS,
    seed: int = 0,
    reference: str = ORIGINALS,
) -> DistributionAudit:
    """Compare each augmented set with the originals, and the originals with themselves.

    Args:
        originals: Vectors and clusters of the original rows, `2 * FEWEST_CLUSTERS` clusters at least.
        augmented: Name -> vectors and clusters, `FEWEST_CLUSTERS` clusters at least.
        embedding: Name of what made the vectors, for the record.
        permutations: Of the MMD test.
        draws: Bootstrap draws of the AUC's interval.
        seed: Of all that is random here.
        reference: What stands in the originals' place.

    Raises:
        DataError: too few rows, or vectors that are not finite or of another size than the originals'.
    """
    _require(
        reference,
        originals,
        2 * FEWEST_CLUSTERS,
        f"two halves of {FEWEST_CLUSTERS}",
        originals.vectors.shape[1:],
    )
    for name, sample in augmented.items():
        _require(name, sample, FEWEST_CLUSTERS, "for folds and permutations", originals.vectors.shape[1:])
    halves = split_in_half(originals, seed)
    samples = {reference: originals, **augmented}
    points, shares = principal_coordinates(np.concatenate([sample.vectors for sample in samples.values()]))
    ends = np.cumsum([len(sample.vectors) for sample in samples.values()])[:-1]
    return DistributionAudit(
        embedding=embedding,
        dimensions=originals.vectors.shape[1],
        reference=reference,
        null=compare(halves.first, halves.second, permutations, draws, seed),
        comparisons={
            name: compare(originals, sample, permutations, draws, seed) for name, sample in augmented.items()
        },
        clouds={
            name: Cloud(points=[(float(x), float(y)) for x, y in part])
            for name, part in zip(samples, np.split(points, ends), strict=True)
        },
        variance_shares=(float(shares[0]), float(shares[1])),
        permutations=permutations,
        draws=draws,
        folds=FOLDS,
        seed=seed,
    )


def compare(first: Sample, second: Sample, permutations: int, draws: int, seed: int) -> Comparison:
    """MMD² and AUC of two samples."""
    pooled = pool(first, second)
    mmd = mmd_test(pooled, permutations, seed)
    auc = classifier_auc(pooled, draws, seed)
    return Comparison(
        rows=(len(first.clusters), len(second.clusters)),
        clusters=(len(set(first.clusters)), len(set(second.clusters))),
        mmd_squared=mmd.squared,
        p_value=mmd.p_value,
        bandwidth=mmd.bandwidth,
        auc=auc.value,
        auc_low=auc.low,
        auc_high=auc.high,
    )


def split_in_half(sample: Sample, seed: int) -> Halves:
    """Two random halves of a sample's clusters; the first has one more if their number is odd."""
    names = list(dict.fromkeys(sample.clusters))
    order = np.random.default_rng(seed).permutation(len(names))
    later = {names[place] for place in order[(len(names) + 1) // 2 :]}
    second = np.array([cluster in later for cluster in sample.clusters], dtype=bool)
    return Halves(_part(sample, ~second), _part(sample, second))


def _part(sample: Sample, chosen: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> Sample:
    clusters = [cluster for cluster, wanted in zip(sample.clusters, chosen, strict=True) if wanted]
    return Sample(sample.vectors[chosen], clusters)


def _require(name: str, sample: Sample, fewest: int, reason: str, size: tuple[int, ...]) -> None:
    rows, clusters = len(sample.clusters), len(set(sample.clusters))
    if clusters < fewest:
        raise DataError(
            f"distribution audit: {name}: {rows} rows in {clusters} clusters; "
            f"expected at least {fewest} clusters ({reason})"
        )
    if sample.vectors.shape != (rows, *size):
        raise DataError(
            f"distribution audit: {name}: vectors of shape {sample.vectors.shape}; expected {(rows, *size)}"
        )
    if not np.isfinite(sample.vectors).all():
        raise DataError(f"distribution audit: {name}: a vector is not finite; expected finite numbers only")
