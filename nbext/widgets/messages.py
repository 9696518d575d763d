"""What a person's click in a panel may say. Anything else is refused before it does anything."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter


class Click(BaseModel):
    """A confirmed click, with the version and the digest that the person was shown."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    alias: Literal["challenger", "champion"]
    version: int = Field(ge=1)
    digest: str = Field(pattern=r"^sha256:[0-9a-f]{64}$")
    reason: str = Field(max_length=2000)


class PromoteClick(Click):
    """Point the alias at the proposed version."""

    act: Literal["promote"]


class RollbackClick(Click):
    """Point the alias back at an earlier version."""

    act: Literal["rollback"]
    reason: str = Field(min_length=1, max_length=2000)


class RefreshClick(BaseModel):
    """Look at the registry again."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    act: Literal["refresh"]


CLICK: TypeAdapter[PromoteClick | RollbackClick | RefreshClick] = TypeAdapter(
    Annotated[PromoteClick | RollbackClick | RefreshClick, Field(discriminator="act")]
)


class WindowClick(BaseModel):
    """Show the kept review of another window."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    act: Literal["window"]
    window: str = Field(min_length=1, max_length=40)


class AlertClick(BaseModel):
    """Take an alert on, by the key that the person was shown.

    Attributes:
        note: Why, or what is done about it.
        until: A day before which nobody is told of the rule; empty says nothing of that.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    act: Literal["acknowledge"]
    key: str = Field(pattern=r"^alert_[0-9a-f]{32}$")
    note: str = Field(min_length=1, max_length=2000)
    until: str = Field(default="", pattern=r"^(\d{4}-\d{2}-\d{2})?$")


REVIEW_CLICK: TypeAdapter[WindowClick | AlertClick | RefreshClick] = TypeAdapter(
    Annotated[WindowClick | AlertClick | RefreshClick, Field(discriminator="act")]
)
