"""The HTTP API (X4); each room's routes are added here."""

from ninja import NinjaAPI

api = NinjaAPI(title="清收 Qingshou", version="1", urls_namespace="api", docs_url="/docs")
