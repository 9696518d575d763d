"""What a person's click in the panel may say. Anything else is refused before it does anything."""

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
