"""How far a set is: the attempts so far and what follows from them, kept up to date.

A call costs the same however many came before it.
"""

from bisect import insort
from collections import Counter, defaultdict, deque
from collections.abc import Sequence
from itertools import islice
from operator import attrgetter
from typing import NamedTuple

from augment.copies import MOST_COPIES, prompts_in_call
from augment.domains.domain import Reason, Slot, Text
from augment.request import Request

_NUMBER = attrgetter("number")

PATIENCE = 8
"""Attempts at a turn that were of no use, after which a conversation begins anew, about other people.

A model takes some names for those of another gender each time, so that asking on about them has no end.
"""


class Attempt(NamedTuple):
    """One line of the journal."""

    call: int
    slot: int
    prompt_hash: str
    generation: str
    texts: tuple[Text, ...]
    reason: Reason | None


class Progress:
    """The state of a run.

    Attributes:
        attempts: In the order of the journal.
        tries: Attempts at each slot.
        began: Slot -> how many attempts came before the first that was accepted.
        kept: Slot -> attempts that were accepted, of the conversation that it is at.
        failed: Slot -> attempts at the turn where it is that were of no use.
        filled: Numbers of the slots that have all their texts.
        given_up: Attempts that were accepted, of conversations that came to nothing.
        seen: Every accepted text.
    """

    def __init__(self, request: Request, wanted: Sequence[Slot]) -> None:
        self.attempts: list[Attempt] = []
        self.tries: Counter[int] = Counter()
        self.began: dict[int, int] = {}
        self.kept: dict[int, list[Attempt]] = {}
        self.failed: Counter[int] = Counter()
        self.filled: set[int] = set()
        self.given_up = 0
        self.seen: set[str] = set()
        self._members = request.bias_type.members
        self._size = request.settings.batch_size
        self._together = request.elicitation == "options"
        self._in_turns = request.elicitation == "turns"
        # Of each turn, beginning with one of use and one of none, as nothing is known of it.
        self._of_use = [1] * self._members
        self._answered = [2] * self._members
        self._untouched = deque(wanted)
        self._begun: list[Slot] = []
        self._respondents = deque(_by_respondent(request, wanted) if self._together else ())

    def texts(self, slot: int) -> tuple[Text, ...]:
        """What was accepted of a slot."""
        return tuple(text for attempt in self.kept.get(slot, ()) for text in attempt.texts)

    def next_call(self) -> list[Slot]:
        """The slots to ask next: the open ones in turn, until the batch is full; none when all are filled.

        When few are open, each is asked several times. Of conversations those that are at one turn, at which
        most are, for a batch is as long as its longest context; as often as is worth it. Where options are
        drawn among, which are never refused, all slots of as many respondents.
        """
        if self._together:
            chosen = [slot for slots in islice(self._respondents, self._size) for slot in slots]
            return sorted(chosen, key=_NUMBER)
        is_second = len(self._begun) >= min(len(self._untouched), self._size)
        chosen = list(islice(self._begun if is_second else self._untouched, self._size))
        return (chosen * MOST_COPIES)[: self._prompts(chosen, turn=int(is_second))]

    def _prompts(self, chosen: Sequence[Slot], turn: int) -> int:
        """In a call for these slots."""
        if not (self._in_turns and chosen):
            return self._size
        failed = [self.failed[slot.number] for slot in chosen]
        return prompts_in_call(failed, self._of_use[turn] / self._answered[turn], self._size)

    def add(self, call: Sequence[Attempt]) -> None:
        """What came of a call to the slots that `next_call` named."""
        self.attempts += call
        self._count(call)
        for attempt in call:
            if attempt.reason is None:
                self.began.setdefault(attempt.slot, self.tries[attempt.slot])
                self.kept.setdefault(attempt.slot, []).append(attempt)
                self.seen.update(text.content for text in attempt.texts)
                if len(self.texts(attempt.slot)) == self._members:
                    self.filled.add(attempt.slot)
            self.tries[attempt.slot] += 1
        if self._together:
            while self._respondents and all(slot.number in self.filled for slot in self._respondents[0]):
                self._respondents.popleft()
        else:
            self._move({attempt.slot for attempt in call})
            self._give_up()

    def _count(self, call: Sequence[Attempt]) -> None:
        """What was of use, of each turn and at each slot, as they were when the call was made."""
        turns = {attempt.slot: len(self.kept.get(attempt.slot, ())) for attempt in call}
        advanced = {attempt.slot for attempt in call if attempt.reason is None}
        for attempt in call:
            turn = min(turns[attempt.slot], self._members - 1)
            self._answered[turn] += 1
            # A surplus text was good: another one had just taken its place.
            self._of_use[turn] += attempt.reason in (None, "surplus")
            self.failed[attempt.slot] += 1
        for slot in advanced:
            del self.failed[slot]

    def _move(self, asked: set[int]) -> None:
        front = []
        while self._untouched and self._untouched[0].number in asked:
            front.append(self._untouched.popleft())
        self._untouched.extendleft(slot for slot in reversed(front) if slot.number not in self.kept)
        self._begun = [slot for slot in self._begun if slot.number not in self.filled]
        for slot in front:
            if slot.number in self.kept and slot.number not in self.filled:
                insort(self._begun, slot, key=_NUMBER)

    def _give_up(self) -> None:
        """Conversations that have failed too often begin anew, when all others have begun."""
        hopeless = [slot for slot in self._begun if self.failed[slot.number] >= PATIENCE]
        self._begun = [slot for slot in self._begun if slot not in hopeless]
        self._untouched += hopeless
        for slot in hopeless:
            self.given_up += len(self.kept.pop(slot.number))
            del self.began[slot.number], self.failed[slot.number]


def _by_respondent(request: Request, wanted: Sequence[Slot]) -> list[list[Slot]]:
    """Respondents in the order in which they come first."""
    found: defaultdict[object, list[Slot]] = defaultdict(list)
    for slot in wanted:
        found[request.respondent(slot)].append(slot)
    return list(found.values())
