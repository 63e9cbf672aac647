"""files.*: the three steps of an upload, and looking a file up."""

from collections.abc import Callable
from typing import Any

from playground.slack.files import File
from playground.slack.limits import SNIPPET_BYTES
from playground.slack.payload import Payload, SlackError, problem
from playground.slack.posting import post, sent_by_bot
from playground.slack.validate import message_blocks
from playground.slack.web_api.call import Call

ALT = 1000
"""Most characters of a file's words."""


def _upload_url(call: Call) -> Payload:
    length: int = call.args["length"]
    snippet = call.text("snippet_type")
    if length <= 0:
        raise SlackError("invalid_arguments", problem("must be greater than 0", "/length"))
    if snippet and length > SNIPPET_BYTES:
        raise SlackError("snippet_too_large")
    state = call.state
    name: str = call.args["filename"]
    user = state.workspace.app.bot_user
    alt = call.text("alt_txt")
    if alt and len(alt) > ALT:
        raise SlackError("alt_txt_too_large")
    file = File(state.new_id("F"), name, length, user, int(state.clock()), snippet_type=snippet, alt=alt)
    state.files.by_id[file.id] = file
    return {"upload_url": f"{state.origin}/upload/v1/{file.id}", "file_id": file.id}


def _complete(call: Call) -> Payload:
    listed: Any = call.args["files"]
    if not isinstance(listed, list) or not all(isinstance(item, dict) and "id" in item for item in listed):
        raise SlackError("invalid_arguments", problem("must be an array of objects with an id", "/files"))
    files = [call.state.files.find(item["id"]) for item in listed]
    if any(file.content is None or file.completed for file in files):
        raise SlackError("file_update_failed")
    targets = _targets(call)
    for file, item in zip(files, listed, strict=True):
        file.completed, file.title = True, item.get("title") or file.name
        file.completed_at = call.state.clock()
    for channel in targets:
        _share(call, channel, files)
    return {"files": [_file(call, file) for file in files]}


def _info(call: Call) -> Payload:
    file = call.state.files.find(call.text("file"))
    return {"file": _file(call, file), "comments": [], "response_metadata": {"next_cursor": ""}}


def _delete(call: Call) -> Payload:
    file = call.state.files.find(call.text("file"))
    if file.user != call.state.workspace.app.bot_user:
        raise SlackError("cant_delete_file")
    file.deleted, file.content = True, None
    return {}


def _targets(call: Call) -> list[str]:
    named = [*(call.text("channels") or "").split(","), call.text("channel_id")]
    channels = [name for name in named if name]
    if call.text("thread_ts") and len(channels) > 1:
        raise SlackError("invalid_arguments", problem("thread_ts needs exactly one channel", "/thread_ts"))
    bot = call.state.workspace.app.bot_user
    for name in channels:
        if bot not in call.state.conversation(name).members:
            raise SlackError("not_in_channel")
    if channels and call.text("thread_ts"):
        call.state.messages.find(channels[0], call.text("thread_ts"))
    return channels


def _share(call: Call, channel_id: str, files: list[File]) -> None:
    state = call.state
    channel = state.conversation(channel_id)
    thread_ts = call.text("thread_ts")
    content: Payload = {"text": call.text("initial_comment") or "", "upload": True}
    if call.args.get("blocks") and not call.text("initial_comment"):
        content["blocks"] = message_blocks(call.args["blocks"])
    content["files"] = [file.rendered(state.origin) for file in files]
    content |= {"thread_ts": thread_ts} if thread_ts else {}
    message = post(state, channel, sent_by_bot(state, content))
    for file in files:
        share: Payload = {"ts": message.ts} | ({"thread_ts": thread_ts} if thread_ts else {})
        file.shares.setdefault(channel_id, []).append(share)


def _file(call: Call, file: File) -> Payload:
    state = call.state
    private = {name for name in file.shares if state.conversation(name).family == "groups"}
    public = {name: shares for name, shares in file.shares.items() if name not in private}
    hidden = {name: shares for name, shares in file.shares.items() if name in private}
    shares = {"public": public} | ({"private": hidden} if hidden else {})
    unknown = {} if file.seen_through(state.clock()) else dict.fromkeys(("mimetype", "filetype"), "")
    places = {"channels": list(public), "groups": list(hidden), "ims": []}
    return {**file.rendered(state.origin), **places, **unknown, "shares": shares}


HANDLERS: dict[str, Callable[[Call], Payload]] = {
    "files.getUploadURLExternal": _upload_url,
    "files.completeUploadExternal": _complete,
    "files.delete": _delete,
    "files.info": _info,
}
"""The methods of this family."""
