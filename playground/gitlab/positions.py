"""Where a discussion may stand: a line that the diff of one of the merge request's versions shows."""

from playground.gitlab.diffs import file_diffs, line_code
from playground.gitlab.params import Params
from playground.gitlab.records import Json, MergeRequest, Project
from playground.gitlab.refusal import bad_request

NO_LINE = 'Note {:line_code=>["can\'t be blank", "must be a valid line code"]}'
INCOMPLETE = 'Note {:position=>["is incomplete"]}'
SHAS = ("base_sha", "start_sha", "head_sha")


async def check_position(project: Project, mr: MergeRequest, sent: Params) -> Json:
    """The position as GitLab stores it; refuses one that is not on the diff."""
    shas = [sent.require(name) for name in SHAS]
    sent.require("position_type")
    kind = sent.choice("position_type", "text", "image", "file")
    old_path, new_path = sent.text("old_path"), sent.text("new_path")
    old_line, new_line = sent.integer("old_line"), sent.integer("new_line")
    sent.wrong = [f"position[{fault.partition(' ')[0]}] {fault.partition(' ')[2]}" for fault in sent.wrong]
    sent.check()
    paths = {path for path in (old_path, new_path) if path}
    if not paths or kind != "text":
        raise bad_request(INCOMPLETE)
    if shas not in [[one.base, one.start, one.head] for one in mr.versions]:
        raise bad_request(NO_LINE)
    for diff in await file_diffs(project.repository, shas[0], shas[2]):
        known = (new_path or diff.new_path) == diff.new_path and (old_path or diff.old_path) == diff.old_path
        lines = ((line.old, line.new) for line in diff.lines() if line.kind != "@")
        if known and (old_line, new_line) in lines:
            code = line_code(diff.new_path, old_line, new_line)
            return dict(zip(SHAS, shas, strict=True)) | {
                "position_type": "text",
                "old_path": diff.old_path,
                "new_path": diff.new_path,
                "old_line": old_line,
                "new_line": new_line,
                "line_range": None,
                "line_code": code,
            }
    raise bad_request(NO_LINE)
