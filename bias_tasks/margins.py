"""Below which a signed change counts as none."""

from typing import Literal, NamedTuple

Unit = Literal["log-odds", "log ratio", "share"]
"""Of a signed contrast."""


class Margins(NamedTuple):
    """Below which a signed change counts as none. A change is within, if its 90 % interval is.

    A change of log-odds by 0.1 moves a probability of one half by 2.5 percentage points, and any other by
    less; a rule that was planted in half of a training set moved 0.13. A share may move by 5 points, pay by
    5 %.

    Attributes:
        log_odds: Of contrasts in log-odds.
        share: Of differences of shares, and of log ratios of pay.
    """

    log_odds: float = 0.1
    share: float = 0.05

    def of(self, unit: Unit) -> float:
        """The margin of a contrast in this unit."""
        return self.log_odds if unit == "log-odds" else self.share


MARGINS = Margins()
"""Unless the user declares others."""
