"""Which collections a request is about, of those that it may see."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import Depends, Query
from starlette.requests import Request

from api.schemas.fields import CollectionName
from rag.serving.collections import Collection, View

Chosen = Annotated[
    list[CollectionName],
    Query(
        max_length=100,
        description="The collection that is meant; may be given again. Without it, all that you "
        "may see.",
    ),
]


def view_of(request: Request, names: Sequence[str] = ()) -> View:
    """The collections of these names, of those that the request may see; all without names.

    Raises CollectionError for a name that it may not see.
    """
    view: View = request.state.view
    return view.chosen(names)


async def _seen(request: Request, collection: Chosen = []) -> View:  # noqa: B006 - nobody changes it
    return view_of(request, collection)


async def _one(request: Request, collection: Chosen = []) -> Collection:  # noqa: B006 - as above
    return view_of(request, collection).only


#: The view of a request with the collections that its address names.
Seen = Annotated[View, Depends(_seen)]
#: The one collection that its address names, or the only one there is.
One = Annotated[Collection, Depends(_one)]
