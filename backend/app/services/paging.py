"""Cursors of keyset paging: where a page ended, so that the next is found by index, whatever changed between."""

import base64
import binascii
import struct
from datetime import UTC, datetime, timedelta
from uuid import UUID

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LAYOUT = struct.Struct(">q16s")  # microseconds since the epoch, id

Position = tuple[datetime, UUID]


def encode_cursor(position: Position) -> str:
    """Pack a position into an opaque, URL-safe text."""
    at, ident = position
    return base64.urlsafe_b64encode(_LAYOUT.pack((at - _EPOCH) // timedelta(microseconds=1), ident.bytes)).decode()


def decode_cursor(cursor: str) -> Position:
    """Unpack a cursor.

    Raises:
        ValueError: The text is not a cursor.
    """
    try:
        microseconds, ident = _LAYOUT.unpack(base64.b64decode(cursor, altchars=b"-_", validate=True))
        return _EPOCH + timedelta(microseconds=microseconds), UUID(bytes=ident)
    except (binascii.Error, struct.error, OverflowError, ValueError) as error:
        raise ValueError("is not a cursor that a page gave") from error
