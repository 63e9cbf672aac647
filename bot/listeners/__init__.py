"""The one table where commands, callback ids, action ids and events meet functions."""

from collections.abc import Awaitable, Callable, Mapping

from slack_bolt.async_app import AsyncApp

from bot.listeners import (
    actions,
    answering,
    batch,
    commands,
    events,
    evidence,
    home,
    options,
    reviewing,
    shortcuts,
    thread,
    views,
)
from bot.views import answer, changes, spec
from bot.views import batch as batches
from bot.views import evidence as pages
from bot.views.home import choices
from jobs.domain.action import Action

Listener = Callable[..., Awaitable[None]]
"""A plain function; Bolt fills its arguments by name."""

COMMANDS: Mapping[str, Listener] = {"/codegen": commands.codegen}
VIEWS: Mapping[str, Listener] = {
    spec.CALLBACK: views.submit_spec,
    changes.CALLBACK: reviewing.submit_changes,
    answer.CALLBACK: answering.submit_answer,
    batches.CALLBACK: batch.submit_batch,
    batches.APPROVAL: batch.approve_batch,
}
SHORTCUTS: Mapping[str, Listener] = {
    "new_spec": shortcuts.new_spec,
    "spec_from_message": shortcuts.spec_from_message,
}
ACTIONS: Mapping[str, Listener] = {
    Action.CANCEL: actions.cancel_task,
    Action.RETRY: actions.retry_task,
    Action.ALLOW: actions.allow_change,
    Action.REFUSE: actions.refuse_change,
    Action.CONFIRM: actions.confirm_criterion,
    Action.OPEN_MR: actions.open_merge_request,
    Action.MEND: actions.mend_spec,
    Action.COMPARE: actions.compare_versions,
    Action.QUEUE: actions.queue_task,
    spec.QUOTED: events.begin_quoted,
    Action.ANSWER: answering.choose_answer,
    Action.ANSWER_ELSE: answering.answer_otherwise,
    Action.REVISE: thread.make_revision,
    Action.CHANGES: reviewing.request_changes,
    Action.MERGE: reviewing.merge_when_approved,
    Action.MORE: reviewing.choose_more,
    Action.EVIDENCE: evidence.show_evidence,
    pages.BACK: evidence.turn_page,
    pages.NEXT: evidence.turn_page,
    Action.DIFF: evidence.hand_over_diff,
    Action.USEFUL: evidence.found_useful,
    Action.NOT_USEFUL: evidence.found_useless,
    spec.BACK: views.step_back,
    spec.WHEN: views.choose_when,
    spec.TEMPLATE: views.choose_template,
    choices.PRIORITY: home.choose_priority,
    choices.EDIT: home.edit_spec,
    choices.CANCEL: home.cancel_task,
    choices.RETRY: home.retry_task,
    choices.MORE: home.show_more,
}
OPTIONS: Mapping[str, Listener] = {
    spec.REPOSITORY: options.offer_repositories,
    spec.REVIEWERS: options.offer_reviewers,
    spec.DEPENDS_ON: options.offer_tasks,
}
EVENTS: Mapping[str, Listener] = {
    "app_mention": events.answer_mention,
    "message": thread.hear_reply,
    "reaction_added": thread.hear_reaction,
    "app_home_opened": home.open_home,
}


def register(app: AsyncApp, wrap: Callable[[Listener], Listener]) -> None:
    """Bind every function of the table, each wrapped, to its id."""
    tables = (
        (app.command, COMMANDS),
        (app.view, VIEWS),
        (app.shortcut, SHORTCUTS),
        (app.action, ACTIONS),
        (app.options, OPTIONS),
        (app.event, EVENTS),
    )
    for bind, table in tables:
        for name, listener in table.items():
            bind(str(name))(wrap(listener))
