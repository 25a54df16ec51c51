"""Collections: several folders in one server, each with its own index, and who may see which.

Front ends never choose a collection themselves: they ask `Collections` for the `View` of a
caller, which has nothing in it of what the caller may not see. One folder without collections is
a view of one collection without a name.
"""

from rag.answering.answer import OF_COLLECTIONS, without_collections
from rag.serving.collections.collection import Collection, Collections
from rag.serving.collections.joint_answer import address
from rag.serving.collections.rights import ANYBODY, EVERYBODY, OWNER, Caller, Rights
from rag.serving.collections.shared_models import Shared
from rag.serving.collections.view import FoundDocument, ListedDocuments, View

__all__ = [
    "ANYBODY",
    "EVERYBODY",
    "OF_COLLECTIONS",
    "OWNER",
    "Caller",
    "Collection",
    "Collections",
    "FoundDocument",
    "ListedDocuments",
    "Rights",
    "Shared",
    "View",
    "address",
    "without_collections",
]
