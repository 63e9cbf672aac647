"""App Home stays within Slack's limits, whatever is in it, and says what was left out."""

from datetime import date
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.views.home import Home, Lot, Part, Purse, Review, home_view, read_choice
from bot.views.home.choices import MORE, PRIORITY
from bot.views.home.team import without_pictures
from jobs.domain.batch import Batch, Membership
from jobs.domain.ledger import Account, Balance, Holder, Measure
from jobs.domain.people import Person
from jobs.domain.plan import Plan, Priority
from jobs.domain.risk import Tier
from jobs.domain.run import RunState
from jobs.domain.task import InReview, Task, TaskState
from jobs.domain.team import Numbers, Picture, Week
from playground.slack.payload import size
from playground.slack.validate import view_definition
from tests.factories import NOON, a_merge_request, a_run, a_spec, a_task
from tests.messages.test_thread import HOSTILE

Payload = dict[str, Any]
ADDRESS = "https://playground.slack.com/"


def tasks(count: int, **fields: Any) -> tuple[Task, ...]:
    return tuple(a_task(origin=f"o/{number}", **fields) for number in range(count))


def texts(view: Payload) -> list[str]:
    return [
        part["text"]
        for block in view["blocks"]
        for part in [block.get("text"), *block.get("elements", ())]
        if isinstance(part, dict) and isinstance(part.get("text"), str)
    ]


def sound(home: Home) -> Payload:
    view: Payload = home_view(home)
    shown = view_definition(view, "home")
    assert len(shown["blocks"]) <= 100 and size(view) <= 250_000
    return shown


def element(view: Payload, action: str) -> Payload:
    for block in view["blocks"]:
        for one in [block.get("accessory"), *block.get("elements", ())]:
            if isinstance(one, dict) and one.get("action_id") == action:
                return {"block_id": block["block_id"], **one}
    raise AssertionError(f"no {action}")


@given(text=HOSTILE, count=st.integers(0, 30), money=st.integers(0, 10**12), state=st.sampled_from(TaskState))
@settings(max_examples=12, deadline=None)
def test_whatever_people_wrote_slack_takes_the_view(
    text: str, count: int, money: int, state: TaskState
) -> None:
    title = (text.strip() or "x")[:150].strip()
    request = a_merge_request(url=f"https://gitlab.example/{'g' * (count * 40)}")
    spec = a_spec(title=title, goal=text or "y")
    mine = tasks(count, spec=spec, state=state, waiting=None, merge_request=request)
    waiting = tasks(count, spec=spec)
    batch = Batch(
        id="cb-00000000",
        title=title,
        requester=Person(id="U0ANA"),
        channel="C0PAY",
        ts="1.000001",
        tasks=("cg-00000000",),
        created_at=NOON,
    )
    account = Account(holder=Holder.CHANNEL, id="C0PAY", period="2026-11", limit={Measure.USD: money + 1})
    spent = Balance(spent={Measure.USD: money}, held={Measure.USD: 1})
    sound(
        Home(
            person="U0ANA",
            notice="There is no such task here.",
            address=ADDRESS,
            mine=mine,
            reviews=tuple(Review(task=one, minutes=count, tier=Tier.HIGH) for one in mine),
            queue=waiting,
            waiting=1000,
            changeable=frozenset(one.id for one in waiting),
            purses=(Purse(account=account, balance=spent),) * 6,
            renews=NOON,
            lots=(Lot(batch=batch, tasks=mine),) * 3,
            shown=dict.fromkeys(Part, 50),
        )
    )


def test_an_empty_home_says_what_to_do() -> None:
    said = " ".join(texts(sound(Home(person="U0ANA"))))
    assert "/codegen" in said and "Nothing waits for your review." in said


def test_a_row_says_where_the_task_is_and_leads_to_its_thread() -> None:
    task = a_task(state=TaskState.IN_REVIEW, waiting=None, in_review=InReview.REVIEW)
    task = task.note(merge_request=a_merge_request(), run=a_run(task, state=RunState.DELIVERED))
    [row] = [
        one for one in texts(sound(Home(person="U0ANA", address=ADDRESS, mine=(task,)))) if "Round" in one
    ]
    assert "<https://playground.slack.com/archives/C0PAY/p1700000000000100|Round half up" in row
    assert "!7" in row and "*In review.*" in row and "payments/api" in row


def test_the_step_of_a_run_does_not_make_another_view() -> None:
    task = a_task(state=TaskState.RUNNING, waiting=None)
    views = [
        home_view(Home(person="U0ANA", mine=(task.note(run=a_run(task, step=step)),)))
        for step in ("reading", "writing")
    ]
    assert views[0] == views[1]


def test_only_who_may_change_a_task_gets_the_means() -> None:
    task = a_task(plan=Plan(priority=Priority.HIGH))
    mine = sound(Home(person="U0ANA", queue=(task,), changeable=frozenset({task.id})))
    chosen = element(mine, PRIORITY)["initial_option"]
    assert chosen["value"] == f"{task.id}:high"
    body = {"actions": [{"action_ts": "1.2", "selected_option": chosen}], "user": {"id": "U0ANA"}}
    choice = read_choice(body)
    assert (choice.id, choice.task, choice.chosen, choice.part) == ("1.2-U0ANA", task.id, "high", None)
    theirs = sound(Home(person="U0BEN", queue=(task,)))
    assert not [one for one in theirs["blocks"] if one["type"] == "actions"]
    assert any("for <@U0ANA> · high priority" in one for one in texts(theirs))


def test_long_lists_are_cut_and_grow_on_demand() -> None:
    waiting = tasks(30)
    view = sound(Home(person="U0BEN", queue=waiting, waiting=44))
    more = element(view, MORE)
    assert more["text"]["text"] == "Show more (25)"
    choice = read_choice({"actions": [{"action_ts": "1.2", "value": more["value"]}], "user": {"id": "U0BEN"}})
    assert choice.part is Part.QUEUE
    assert any("14 tasks wait that belong to" in one for one in texts(view))
    whole = sound(Home(person="U0BEN", queue=waiting, waiting=30, shown={"queue": 99}))
    assert any("and 18 more" in one for one in texts(whole))


def test_a_budget_says_what_is_used_and_left() -> None:
    limit = {Measure.USD: 20_000_000, Measure.TOKENS: 1_000_000}
    account = Account(holder=Holder.PERSON, id="U0ANA", period="2026-11", limit=limit)
    balance = Balance(spent={Measure.USD: 3_200_000, Measure.TOKENS: 5_000}, held={Measure.USD: 1_000_000})
    free = Account(holder=Holder.MONTH, period="2026-11")
    purses = (Purse(account=account, balance=balance), Purse(account=free, balance=Balance()))
    said = "\n".join(texts(sound(Home(person="U0ANA", purses=purses, renews=NOON))))
    assert "*You:* $3.20 of $20.00 used, $1.00 set aside for runs under way, $15.80 left" in said
    assert "; besides 5,000 tokens of 1,000,000 tokens" in said
    assert "*Everybody:* nothing used, no limit" in said
    assert "The next month begins <!date^" in said


def test_a_batch_lists_its_tasks() -> None:
    member = Membership(id="cb-00000000", name="one")
    task = a_task(state=TaskState.CANCELLED, waiting=None, batch=member)
    batch = Batch(
        id="cb-00000000", title="Docs", requester=Person(id="U0ANA"), tasks=(task.id,), created_at=NOON
    )
    said = "\n".join(texts(sound(Home(person="U0ANA", lots=(Lot(batch=batch, tasks=(task,)),)))))
    assert "*Docs* · `cb-00000000`" in said
    assert "• Round half up in invoice totals — cancelled" in said


def test_the_teams_numbers_stand_in_words_beside_their_pictures() -> None:
    quiet = Week(start=date(2026, 11, 9))
    week = Week(start=date(2026, 11, 16), opened=4, merged=3, closed=1, hours=1.5, reworks=0.5, usd=12.3)
    picture = Picture(name="cost", title="Cost", file="F1", alt="Cost by week: nothing.")
    numbers = Numbers(weeks=(quiet, week), at=NOON, pictures=(picture,), tried_at=NOON)
    view: Payload = home_view(Home(person="U0EVE", leads=True, numbers=numbers))
    image = {"type": "image", "slack_file": {"id": "F1"}, "alt_text": "Cost by week: nothing."}
    assert image in view["blocks"]
    said = "\n".join(texts(sound(Home(person="U0EVE", leads=True, numbers=numbers))))
    assert (
        "*This week:* 4 opened, 3 merged, 1 closed (75 % accepted); half of the merge requests were there "
        "within 1 h 30 min; 0.5 rework rounds each; $12.30\n"
        "*Last week:* 0 opened, 0 merged, 0 closed; $0.00\n"
    ) in said
    assert "The charts were drawn <!date^" in said

    plain = without_pictures(numbers, "Slack is full <!here>.")
    said = "\n".join(texts(sound(Home(person="U0EVE", leads=True, numbers=plain))))
    assert "Charts cannot be shown now. Slack is full &lt;!here&gt;." in said
    assert "are being counted" in " ".join(texts(sound(Home(person="U0EVE", leads=True))))
    assert "numbers" not in " ".join(texts(sound(Home(person="U0ANA"))))
