"""Accounts as the API takes and gives them."""

from datetime import datetime
from typing import Annotated

import email_validator
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, StringConstraints
from pydantic_core import PydanticCustomError

from app.schemas.base import Input
from app.text import compose

# Nothing is ever sent, so a private network's address such as me@todo.local names somebody as well as another.
email_validator.SPECIAL_USE_DOMAIN_NAMES.clear()


def _normalize_email(value: str) -> str:
    try:
        found = email_validator.validate_email(value, check_deliverability=False, globally_deliverable=False)
    except email_validator.EmailNotValidError as error:
        raise PydanticCustomError("email", "is not an e-mail address: {reason}", {"reason": str(error)}) from None
    return found.normalized.lower()


def _compose(value: SecretStr) -> SecretStr:
    """Make the same characters of what different keyboards send for them."""
    return SecretStr(compose(value.get_secret_value()))


Email = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=3, max_length=254),
    AfterValidator(_normalize_email),
    Field(examples=["ada@example.com"]),
]
Password = Annotated[SecretStr, Field(max_length=128), AfterValidator(_compose)]
NewPassword = Annotated[SecretStr, Field(min_length=8, max_length=128), AfterValidator(_compose)]


class Login(Input):
    """Who somebody says to be."""

    email: Email
    password: Password


class Registration(Input):
    """A new account's e-mail and password."""

    email: Email
    password: NewPassword


class PasswordChange(Input):
    """The password so far and the one from now on."""

    current_password: Password
    new_password: NewPassword


class AccountDeletion(Input):
    """What confirms that an account shall go; a guest has no password to tell."""

    password: Password | None = None


class Me(BaseModel):
    """Who is visiting."""

    model_config = ConfigDict(from_attributes=True)

    email: str | None
    guest: bool = Field(description="Whether todos are bound to this browser alone.")
    created_at: datetime | None
