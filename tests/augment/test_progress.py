"""How far a set is: what is kept up to date is what a look at all attempts would say."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from augment.bias_types import BIAS_TYPES, BiasType
from augment.copies import MOST_COPIES
from augment.domains import domain
from augment.domains.domain import Reason, Slot, Text
from augment.elicitation import Elicitation
from augment.progress import PATIENCE, Attempt, Progress
from augment.prompts import PromptTemplate
from augment.request import Request
from augment.settings import GenerationSettings
from bias_tasks.population import population

EXPLICIT, PAIR = BIAS_TYPES[1], BIAS_TYPES[6]
REASONS: st.SearchStrategy[list[Reason | None]] = st.lists(st.sampled_from([None, "refusal"]), max_size=80)


def request(bias_type: BiasType, rows: int, elicitation: Elicitation, batch_size: int) -> Request:
    name = "culture" if elicitation == "options" else "gender"
    settings = GenerationSettings(max_new_tokens=60, batch_size=batch_size, elicitation=elicitation)
    template = PromptTemplate.shipped(name, bias_type)
    return Request(domain(name, population()), bias_type, template, "scripted", rows, settings, 3)


def accepted(so_far: Progress) -> Counter[int]:
    """Slot -> how many of its texts are there, from all attempts."""
    return Counter(attempt.slot for attempt in so_far.attempts if attempt.reason is None)


def answered(slot: int, reason: Reason | None, texts: int) -> Attempt:
    return Attempt(0, slot, "", "", tuple(Text("text", None) for _ in range(texts)), reason)


@given(st.integers(1, 12), st.integers(1, 5), REASONS)
def test_open_slots_are_asked_in_turn(slots: int, batch_size: int, reasons: list[Reason | None]) -> None:
    asked_for, still = request(EXPLICIT, slots, "written", batch_size), iter(reasons)
    wanted = asked_for.slots()
    so_far = Progress(asked_for, wanted)
    while asked := so_far.next_call():
        filled = set(accepted(so_far))
        assert asked == ([slot for slot in wanted if slot.number not in filled] * MOST_COPIES)[:batch_size]
        assert so_far.filled == filled
        assert so_far.tries == Counter(attempt.slot for attempt in so_far.attempts)
        so_far.add([answered(slot.number, next(still, None), 1) for slot in asked])
    assert so_far.filled == {slot.number for slot in wanted}


@given(st.integers(1, 12), st.integers(1, 5), REASONS)
def test_of_conversations_the_turn_is_asked_at_which_most_are(
    pairs: int, batch_size: int, reasons: list[Reason | None]
) -> None:
    asked_for, still = request(PAIR, 2 * pairs, "turns", batch_size), iter(reasons)
    wanted = asked_for.slots()
    so_far = Progress(asked_for, wanted)
    first, second, failed = list(wanted), list[Slot](), Counter[int]()
    while asked := so_far.next_call():
        is_second = len(second) >= min(len(first), batch_size)
        most = second if is_second else first
        assert asked == (most * MOST_COPIES)[: len(asked)]
        assert min(len(most), batch_size) <= len(asked) <= batch_size
        done: set[int] = set()
        call = []
        for slot in asked:
            reason: Reason | None = "surplus" if slot.number in done else next(still, None)
            done |= {slot.number} if reason is None else set()
            failed[slot.number] += reason is not None
            call.append(answered(slot.number, reason, 1 if reason is None else 0))
        so_far.add(call)
        # By hand: who has both texts is done, who has one goes on, who failed too often begins anew.
        moved = [slot for slot in most if slot.number in done]
        most[:] = [slot for slot in most if slot.number not in done]
        failed = Counter({number: times for number, times in failed.items() if number not in done})
        if not is_second:
            second = sorted([*second, *moved], key=lambda slot: slot.number)
        anew = [slot for slot in second if failed[slot.number] >= PATIENCE]
        first += anew
        second = [slot for slot in second if slot not in anew]
        for slot in anew:
            del failed[slot.number]
    assert so_far.filled == {slot.number for slot in wanted}
    assert all(len(so_far.texts(slot.number)) == 2 for slot in wanted)
    for slot, tried in so_far.began.items():
        of_slot = [attempt.reason for attempt in so_far.attempts if attempt.slot == slot]
        of_use = [place for place, reason in enumerate(of_slot) if reason is None]
        assert of_use[-2] == tried
    texts = sum(attempt.reason is None for attempt in so_far.attempts)
    assert texts == 2 * len(wanted) + so_far.given_up


def test_a_conversation_that_comes_to_nothing_begins_anew_about_other_people() -> None:
    asked_for = request(PAIR, 2, "turns", batch_size=1)
    (slot,) = asked_for.slots()
    so_far = Progress(asked_for, [slot])
    so_far.add([answered(slot.number, None, 1)])
    for _ in range(PATIENCE - 1):
        so_far.add([answered(slot.number, "wrong group", 0)])
        assert so_far.began == {slot.number: 0}
    so_far.add([answered(slot.number, "wrong group", 0)])
    assert (so_far.began, so_far.texts(slot.number), so_far.given_up) == ({}, (), 1)
    assert so_far.next_call() == [slot]
    for _ in range(2):
        so_far.add([answered(slot.number, None, 1)])
    assert so_far.began == {slot.number: 1 + PATIENCE}
    assert so_far.filled == {slot.number}


@given(st.integers(1, 60), st.integers(1, 5))
def test_all_slots_of_a_respondent_are_asked_in_one_call(rows: int, batch_size: int) -> None:
    asked_for = request(EXPLICIT, rows, "options", batch_size)
    wanted = asked_for.slots()
    so_far = Progress(asked_for, wanted)
    while asked := so_far.next_call():
        still_open = [slot for slot in wanted if slot.number not in so_far.filled]
        respondents = list(dict.fromkeys(map(asked_for.respondent, still_open)))[:batch_size]
        assert asked == [slot for slot in still_open if asked_for.respondent(slot) in respondents]
        so_far.add([answered(slot.number, None, 1) for slot in asked])
    assert so_far.filled == {slot.number for slot in wanted}


def test_turns_that_are_answered_well_are_not_asked_twice_and_failing_ones_are() -> None:
    asked_for = request(PAIR, 2 * 8, "turns", batch_size=32)
    so_far = Progress(asked_for, asked_for.slots())
    for _turn in range(2):
        asked = so_far.next_call()
        # Of what nothing is known yet, or much is good, few copies; no slot is asked four times.
        assert len(asked) < 4 * 8
        so_far.add([answered(number, None, 1) for number in {slot.number for slot in asked}])
    one = Progress(request(PAIR, 2, "turns", batch_size=32), asked_for.slots()[:1])
    for _call in range(6):
        asked = one.next_call()
        one.add([answered(slot.number, "refusal", 0) for slot in asked])
    assert len(one.next_call()) == MOST_COPIES
