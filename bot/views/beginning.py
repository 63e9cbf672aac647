"""What a template writes into a form: only what the person has not written themselves."""

from bot.views.spec import FILLED, NOTHING, TEMPLATE
from bot.views.steps import Answers
from jobs.domain.draft import Draft
from jobs.domain.spec import Docs, Kind
from jobs.domain.starter import NamedStarter, Starters


def refilled(draft: Draft, known: Starters) -> Draft:
    """The draft with the chosen template's lines in place of those that the form wrote before."""
    offered = offered_for(draft.answers, known)
    chosen = _chosen(draft.answers, offered)
    proposed = _words(chosen)
    answers = {**draft.answers, TEMPLATE: chosen.name if chosen else NOTHING}
    for name in FILLED:
        if answers.get(name, "") in ("", draft.proposed.get(name, "")):
            answers[name] = proposed.get(name, "")
    answers = {name: text for name, text in answers.items() if text}
    before, after = ([answered.get(name) for name in FILLED] for answered in (draft.answers, answers))
    again = bool(draft.proposed) and before != after
    update = {"answers": answers, "proposed": proposed, "fills": draft.fills + again}
    return draft.model_copy(update=update)


def offered_for(answers: Answers, known: Starters) -> tuple[NamedStarter, ...]:
    """Templates of the chosen kind; none before one is chosen."""
    kind = answers.get("kind", "")
    return known.of(Kind(kind)) if kind in set(Kind) else ()


def _chosen(answers: Answers, offered: tuple[NamedStarter, ...]) -> NamedStarter | None:
    """What was chosen, nothing where that is gone; the first of the kind where nothing was chosen for it."""
    name = answers.get(TEMPLATE, "")
    if name == NOTHING or name.startswith(f"{answers.get('kind', '')}/"):
        return next((one for one in offered if one.name == name), None)
    return next(iter(offered), None)


def _words(chosen: NamedStarter | None) -> dict[str, str]:
    if chosen is None:
        return {"docs": Docs.NONE.value}
    starter = chosen.starter
    words = {
        "criteria": "\n".join(starter.criteria),
        "non_goals": "\n".join(starter.non_goals),
        "docs": starter.docs.value,
    }
    return {name: text for name, text in words.items() if text}
