"""Quick actions: lines such as `/close` in a description or comment, which GitLab carries out."""

import re

from playground.gitlab.acts import announce, approve, set_labels, set_state
from playground.gitlab.merging import Wish
from playground.gitlab.records import Access, MergeRequest, Project, User
from playground.gitlab.refusal import Refused
from playground.gitlab.state import State
from playground.gitlab.waiting import merge

COMMAND = re.compile(r"^/(close|reopen|approve|merge|draft|ready|title|label|assign_reviewer)\b[ \t]*(.*)$")
FENCE = re.compile(r"^\s*(```|~~~)")


async def obey(
    state: State, project: Project, mr: MergeRequest, *, user: User, body: str
) -> tuple[str, list[str]]:
    """Carry out the quick actions in a text; gives the text without them and what was done."""
    kept, done, fenced = [], [], False
    for line in body.split("\n"):
        fenced ^= bool(FENCE.match(line))
        found = None if fenced else COMMAND.match(line.rstrip("\r"))
        if found is None:
            kept.append(line)
            continue
        try:
            await _obey(state, project, mr, user=user, command=found[1], words=found[2].strip())
            done.append(found[1])
        except Refused:
            done.append(f"{found[1]} (not carried out)")
    return ("\n".join(kept) if done else body), done


async def _obey(
    state: State, project: Project, mr: MergeRequest, *, user: User, command: str, words: str
) -> None:
    if user is not mr.author and state.access(project, user) < Access.DEVELOPER:
        return
    if command in ("close", "reopen"):
        set_state(state, project, mr, user=user, event=command)
    elif command == "approve":
        approve(state, project, mr, user=user)
    elif command == "merge":
        await merge(state, project, mr, user=user, wish=Wish(auto=True))
    elif command == "label":
        names = re.findall(r'~"([^"]+)"|~(\S+)', words)
        mr.labels = set_labels(state, project, mr.labels + [one or other for one, other in names])
    elif command == "assign_reviewer":
        names_of_people = words.replace("@", "").split()
        mr.reviewers += [one for one in state.users.values() if one.username in names_of_people]
    else:
        _retitle(mr, command, words)
        announce(state, project, mr, user=user, action="update")


def _retitle(mr: MergeRequest, command: str, words: str) -> None:
    bare = re.sub(r"^(draft:|\[draft\]|\(draft\))\s*", "", mr.title, flags=re.IGNORECASE)
    if command == "title" and words:
        mr.title = words
    elif command == "draft":
        mr.title = f"Draft: {bare}"
    elif command == "ready":
        mr.title = bare
