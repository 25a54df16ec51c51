"""Documents that administrators give: a folder below the documents' own that can be written to."""

from rag.serving.uploads.changes import Change
from rag.serving.uploads.folder import UploadFolder
from rag.serving.uploads.names import readable_types
from rag.serving.uploads.outcomes import UploadOutcome, outcome_of

__all__ = ["Change", "UploadFolder", "UploadOutcome", "outcome_of", "readable_types"]
