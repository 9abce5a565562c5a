"""Reading what is sent: small forms and query strings, with limits, and never into a log."""

from __future__ import annotations

from urllib.parse import parse_qsl

from starlette.requests import Request

from tsunagari_site.errors import RequestError

_MAX_BYTES = 16_384
_MAX_FIELDS = 40


async def read_form(request: Request, most_bytes: int = _MAX_BYTES, most_fields: int = _MAX_FIELDS) -> dict[str, str]:
    """The fields of a URL-encoded form; of a field sent twice, the first.

    Raises:
        RequestError: another content type (415), too long (413), or not a form (400).
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/x-www-form-urlencoded":
        raise RequestError(415, "unsupported_media_type", "この形では受け取れません")
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > most_bytes:
            raise RequestError(413, "too_large", "送られた内容が長すぎます")
    try:
        pairs = parse_qsl(body.decode("utf-8"), keep_blank_values=True, max_num_fields=most_fields, errors="strict")
    except (ValueError, UnicodeDecodeError):
        raise RequestError(400, "malformed_form", "送られた内容を読めません") from None
    fields: dict[str, str] = {}
    for name, value in pairs:
        fields.setdefault(name, value)
    return fields
