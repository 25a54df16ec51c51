"""The REST API and the web page, as one ASGI application."""

from api.app import create_app
from api.metrics import ServerMetrics
from api.options import ApiOptions

__all__ = ["ApiOptions", "ServerMetrics", "create_app"]
