"""Reactions to issues and comments."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.fake_github.entities import REACTIONS
from tests.fake_github.exchange import Answer, ApiError, Call, invalid
from tests.fake_github.paging import page_of
from tests.fake_github.present import reaction_json
from tests.fake_github.rest.comments import comment_of
from tests.fake_github.rest.issues import ISSUES, issue_of
from tests.fake_github.rest.routes import Route

if TYPE_CHECKING:
    from tests.fake_github.entities import Comment, Issue


def _subject(call: Call) -> Comment | Issue:
    return comment_of(call) if "comment_id" in call.parameters else issue_of(call)


def list_reactions(call: Call) -> Answer:
    """List reactions, of one ``content`` if asked."""
    content = call.query.get("content")
    found = [
        reaction for reaction in _subject(call).reactions if content in {None, reaction.content}
    ]
    page, headers = page_of(call, found)
    return Answer(200, [reaction_json(reaction, call.api) for reaction in page], headers)


def create_reaction(call: Call) -> Answer:
    """React in the caller's name; 200 where that has been done before."""
    subject, content = _subject(call), call.decoded().get("content")
    if content not in REACTIONS:
        raise invalid("Reaction", "content", "invalid")
    before = len(subject.reactions)
    reaction = call.repository().react(subject, content, by=call.login)
    return Answer(
        201 if len(subject.reactions) > before else 200, reaction_json(reaction, call.api)
    )


def delete_reaction(call: Call) -> Answer:
    """Take a reaction back, which only who left it may."""
    subject = _subject(call)
    for reaction in subject.reactions:
        if str(reaction.id) == call.parameters["reaction_id"]:
            if reaction.user is not call.store.user(call.login):
                raise ApiError(403, "Must have admin rights to Repository.")
            subject.reactions.remove(reaction)
            return Answer(204)
    raise ApiError(404, "Not Found")


ON_ISSUE = f"{ISSUES}/{{issue_number}}/reactions"
ON_COMMENT = f"{ISSUES}/comments/{{comment_id}}/reactions"
PAGE = "reactions/reactions"
ROUTES = {
    f"GET {ON_ISSUE}": Route(list_reactions, f"{PAGE}#list-reactions-for-an-issue"),
    f"POST {ON_ISSUE}": Route(create_reaction, f"{PAGE}#create-reaction-for-an-issue"),
    f"DELETE {ON_ISSUE}/{{reaction_id}}": Route(
        delete_reaction, f"{PAGE}#delete-an-issue-reaction"
    ),
    f"GET {ON_COMMENT}": Route(list_reactions, f"{PAGE}#list-reactions-for-an-issue-comment"),
    f"POST {ON_COMMENT}": Route(create_reaction, f"{PAGE}#create-reaction-for-an-issue-comment"),
    f"DELETE {ON_COMMENT}/{{reaction_id}}": Route(
        delete_reaction, f"{PAGE}#delete-an-issue-comment-reaction"
    ),
}
