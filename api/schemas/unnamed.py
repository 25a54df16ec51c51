"""What a server of one folder sends and describes: nothing of collections."""

from typing import Any

from pydantic import BaseModel

from rag.serving.collections import OF_COLLECTIONS, without_collections

#: Schemas that only their fields refer to.
_THEIRS = frozenset({"CollectionItem", "Unsearched"})


def plain_data(model: BaseModel) -> dict[str, Any]:
    """The data of a response for JSON, without the fields of collections where there are none."""
    plain: dict[str, Any] = without_collections(model.model_dump(mode="json"))
    return plain


def leave_out_collections(described: dict[str, Any]) -> None:
    """Takes collections out of an OpenAPI description."""
    for operations in described["paths"].values():
        for operation in operations.values():
            if "parameters" in operation:
                operation["parameters"] = [
                    each for each in operation["parameters"] if each["name"] != "collection"
                ]
    schemas = described["components"]["schemas"]
    for name in _THEIRS & schemas.keys():
        del schemas[name]
    for schema in schemas.values():
        leave_out_fields(schema)


def leave_out_fields(schema: dict[str, Any]) -> None:
    """Takes the fields of collections out of a JSON Schema and its definitions."""
    for name in OF_COLLECTIONS & schema.get("properties", {}).keys():
        del schema["properties"][name]
    parts = schema.get("$defs", {})
    for name in _THEIRS & parts.keys():
        del parts[name]
    for part in parts.values():
        leave_out_fields(part)
