"""The API's reference at /docs: its OpenAPI document as one page that runs nothing and fetches nothing.

The usual pages for this load their programs from another host, which then could do whatever the visitor can.
"""

from __future__ import annotations

import base64
import hashlib
from html import escape
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse

STYLE = """
:root { color-scheme: light dark; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
code, pre { font-family: ui-monospace, monospace; font-size: 0.9em; }
pre { white-space: pre-wrap; margin: 0; font-family: inherit; font-size: 1em; }
details { border-top: 1px solid #8886; padding: 0.5rem 0; }
summary { cursor: pointer; overflow-wrap: anywhere; }
b { display: inline-block; min-width: 4.5rem; }
td, th { text-align: left; vertical-align: top; padding: 0.1rem 1rem 0.1rem 0; }
"""
POLICY = (
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; style-src 'sha256-"
    + base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
    + "'"
)


def mount_reference(app: FastAPI) -> None:
    """Serves the reference at /docs."""

    async def reference(request: Request) -> HTMLResponse:
        page = reference_page(app.openapi(), request.scope.get("root_path", ""))
        return HTMLResponse(page, headers={"Content-Security-Policy": POLICY})

    app.add_api_route("/docs", reference, include_in_schema=False)


def reference_page(document: dict[str, Any], root: str) -> str:
    """The OpenAPI document as HTML; `root` is where the server is mounted."""
    info = document["info"]
    operations = "".join(
        _operation(path, method, operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    )
    schemas = "".join(
        f"<details><summary><code>{escape(name)}</code></summary>{_text(schema.get('description', ''))}"
        f"<table>{''.join(_row(field, _kind(kind), kind) for field, kind in schema.get('properties', {}).items())}"
        "</table></details>"
        for name, schema in document["components"]["schemas"].items()
    )
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(info['title'])} API</title><style>{STYLE}</style></head><body>"
        f"<h1>{escape(info['title'])} API {escape(info['version'])}</h1>{_text(info.get('description', ''))}"
        f'<p><a href="{escape(root)}/openapi.json">The OpenAPI document</a></p>'
        f"<h2>Requests</h2>{operations}<h2>Schemas</h2>{schemas}</body></html>"
    )


def _operation(path: str, method: str, operation: dict[str, Any]) -> str:
    parameters = "".join(
        _row(parameter["name"], f"{parameter['in']}, {_kind(parameter['schema'])}", parameter)
        for parameter in operation.get("parameters", ())
    )
    bodies = "".join(
        _row("body", f"{media_type}, {_kind(content.get('schema', {}))}", {})
        for media_type, content in operation.get("requestBody", {}).get("content", {}).items()
    )
    answers = "".join(
        _row(status, ", ".join(_kinds_of(answer)), answer) for status, answer in operation["responses"].items()
    )
    return (
        f"<details><summary><b>{method.upper()}</b> <code>{escape(path)}</code></summary>"
        f"{_text(operation.get('description', ''))}<table>{parameters}{bodies}{answers}</table></details>"
    )


def _kinds_of(answer: dict[str, Any]) -> list[str]:
    return [
        f"{media_type} {_kind(content.get('schema', {}))}".strip()
        for media_type, content in answer.get("content", {}).items()
    ]


def _row(name: str, kind: str, described: dict[str, Any]) -> str:
    words = described.get("description", "")
    return f"<tr><th><code>{escape(name)}</code></th><td>{escape(kind)}</td><td>{escape(words)}</td></tr>"


def _kind(schema: dict[str, Any]) -> str:
    """A schema in a few words: its name, its type, or those of its parts."""
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    for several in ("anyOf", "oneOf"):
        if several in schema:
            return " or ".join(_kind(one) for one in schema[several])
    if schema.get("type") == "array":
        return f"list of {_kind(schema.get('items', {}))}"
    return str(schema.get("format", schema.get("type", "")))


def _text(words: str) -> str:
    return f"<pre>{escape(words)}</pre>" if words else ""
