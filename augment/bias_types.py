"""The six bias types and the neutral prompt.

Three axes (paper, section on bias types): contextual (a background description sways the answer) or
contrastive (two groups are compared outright); single (one identity) or intersectional (age, gender,
culture stacked); explicit (the group is named) or implicit (signalled by a name). The numbering is
this project's.
"""

from typing import NamedTuple


class BiasType(NamedTuple):
    """One prompt condition.

    Attributes:
        number: 0 (neutral) to 6.
        template: Name of the Jinja2 template inside a domain's folder.
        members: How many people a prompt asks about.
        named: Whether the person is signalled by a name, so that no group is spelled out.
    """

    number: int
    label: str
    template: str
    members: int
    named: bool


NEUTRAL = BiasType(0, "neutral", "neutral", members=1, named=False)

BIAS_TYPES = (
    NEUTRAL,
    BiasType(1, "contextual, single, explicit", "1", members=1, named=False),
    BiasType(2, "contextual, single, implicit", "2", members=1, named=True),
    BiasType(3, "contextual, intersectional, explicit", "3", members=1, named=False),
    BiasType(4, "contextual, intersectional, implicit", "4", members=1, named=True),
    BiasType(5, "contrastive, explicit", "5", members=2, named=False),
    BiasType(6, "contrastive, implicit", "6", members=2, named=True),
)
