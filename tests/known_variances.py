"""Variances made up for tests: round numbers, so that answers can be worked out by hand."""

from scored_models import CULTURES, HATE, OCCUPATION

from bias_inherit.compare.power import Known, OfContrast, OfTask

LEAN = OfContrast(clusters=60, difference=0.5, alone=1.0)
SHARE = OfContrast(clusters=60, difference=0.05, alone=0.1)
GAP = OfContrast(clusters=60, difference=0.4, alone=0.4)
OF_CULTURE = {
    f"lean__{culture}": OfContrast(clusters=48, difference=difference, alone=1.0)
    for culture, difference in zip(CULTURES, (0.2, 0.6, 0.3, 0.1), strict=True)
}

OF_OCCUPATION = {"lean_share": SHARE, "lean": LEAN, "gap__male_minus_female": GAP}

KNOWN = Known(
    models="two models made up",
    tasks={
        OCCUPATION: OfTask(documents=120, contrasts=OF_OCCUPATION),
        HATE: OfTask(documents=192, contrasts={"lean": OF_CULTURE["lean__arabic"], **OF_CULTURE}),
    },
)
