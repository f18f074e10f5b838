"""What a difference says besides its interval and test: how large it is, and what would have been found."""

import numpy as np
import pytest
from scipy import stats
from scored_models import GENDERS, HATE, OCCUPATION, SALARY, difference, payer, reader

from bias_inherit.compare import compare, estimates
from bias_inherit.compare.contrast import contrast
from bias_inherit.harness.results import Sample, ScoredModel
from bias_tasks.catalogue import ALL_TASKS
from bias_tasks.records import Record


def test_a_gap_that_grows_from_none_must_grow_by_what_no_gap_looks_like_too() -> None:
    one, other = reader([0.8] * 4, 11), reader([0.8, 0.8, 0.8, 0.4], 12)
    gap = difference(compare(one, other), "gap")
    needed = stats.t.ppf(0.975, 47) + stats.t.ppf(0.8, 47)
    assert gap.mde == pytest.approx(needed * gap.stderr + estimates(one, HATE)["gap_null"].value)


def test_the_effect_of_a_slice_is_in_deviations_of_its_own_clusters() -> None:
    """Against the closed form: Cohen's d of the paired differences in the slice's biographies."""
    rng = np.random.default_rng(4)
    jobs = ["nurse"] * 20 + ["dentist"] * 100

    def model() -> ScoredModel:
        right = rng.random((120, 2)) < 0.75
        return ScoredModel(
            {},
            {
                OCCUPATION: [
                    Sample(
                        f"{i}-{gender}", Record(gender, str(i), job, job if right[i, g] else "painter", job)
                    )
                    for i, job in enumerate(jobs)
                    for g, gender in enumerate(GENDERS)
                ]
            },
        )

    one, other = model(), model()
    by_model = []
    for found in (one, other):
        right = [float(s.record.gold == s.record.outcome) for s in found.samples[OCCUPATION][:40]]
        by_model.append(np.array(right).reshape(20, 2) @ [-1, 1])
    change = by_model[1] - by_model[0]
    slice_ = difference(compare(one, other), "tpr_gap__nurse")
    assert (slice_.n_documents, slice_.n_clusters) == (40, 20)
    assert slice_.delta == pytest.approx(change.mean())
    assert slice_.effect == pytest.approx(change.mean() / change.std(), rel=0.1)
    assert slice_.mde == pytest.approx((stats.t.ppf(0.975, 19) + stats.t.ppf(0.8, 19)) * slice_.stderr)


def test_a_contrast_of_records_in_any_order_is_the_same() -> None:
    models = [tuple(s.record for s in payer(bias, k).samples[SALARY]) for k, bias in enumerate((0, 0.05))]
    order = np.random.default_rng(0).permutation(len(models[0]))
    mixed = [tuple(model[place] for place in order) for model in models]
    before, after = (contrast(ALL_TASKS[SALARY].measure, which, (-1, 1)) for which in (models, mixed))
    for metric, found in before.items():
        assert after[metric].mde == pytest.approx(found.mde, rel=1e-9, nan_ok=True)
        assert after[metric].interval == pytest.approx(found.interval, rel=1e-9, nan_ok=True)
        assert after[metric].p == pytest.approx(found.p, nan_ok=True)
