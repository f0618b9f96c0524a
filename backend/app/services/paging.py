"""Cursors of keyset paging: where a page ended, so that the next is found by index, whatever changed between."""

import base64
import binascii
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, TypeAdapter, ValidationError

from app.models import Priority
from app.schemas.base import NoNul
from app.schemas.todos import TodoSort

Position = tuple[TodoSort, Any, str, UUID]
"""The order that was asked for, what it sorts the page's last todo by, and that todo's place in the manual order."""


def _with_offset_of_utc(moment: datetime) -> datetime:
    if moment.utcoffset():
        raise ValueError("is not in UTC")
    return moment


_Moment = Annotated[AwareDatetime, AfterValidator(_with_offset_of_utc)]
_Text = Annotated[str, NoNul]
_ADAPTERS: dict[TodoSort, TypeAdapter[Position]] = {
    TodoSort.MANUAL: TypeAdapter(tuple[Literal[TodoSort.MANUAL], _Text, _Text, UUID]),
    TodoSort.CREATED: TypeAdapter(tuple[Literal[TodoSort.CREATED], _Moment, _Text, UUID]),
    TodoSort.DUE: TypeAdapter(tuple[Literal[TodoSort.DUE], _Moment | None, _Text, UUID]),
    TodoSort.PRIORITY: TypeAdapter(tuple[Literal[TodoSort.PRIORITY], Priority, _Text, UUID]),
    TodoSort.TITLE: TypeAdapter(tuple[Literal[TodoSort.TITLE], _Text, _Text, UUID]),
}


def encode_cursor(position: Position) -> str:
    """Pack a position into an opaque, URL-safe text."""
    return base64.urlsafe_b64encode(_ADAPTERS[position[0]].dump_json(position)).decode()


def decode_cursor(sort: TodoSort, cursor: str) -> Position:
    """Unpack a cursor of that order.

    Raises:
        ValueError: The text is not a cursor, or one of another order.
    """
    try:
        return _ADAPTERS[sort].validate_json(base64.b64decode(cursor, altchars=b"-_", validate=True))
    except (binascii.Error, ValidationError, ValueError) as error:
        raise ValueError("is not a cursor that a page of this order gave") from error
