"""Follow the ledger: a release is loaded and warmed up before it answers, and refused if it cannot.

look --roles by the ledger--> load what is new --> line-up --one reference--> desk
                                  `--refused--> the one before goes on, and it is said
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Protocol

from lifecycle_core.delivering.describing import described
from lifecycle_core.delivering.inquiring import Lineup
from lifecycle_core.delivering.replying import Desk
from lifecycle_core.errors import LifecycleError
from lifecycle_core.schema.release import CHAMPION
from lifecycle_core.schema.serving import (
    HOLDOUT,
    SHADOW,
    Readiness,
    RefusedRelease,
    ServedRelease,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from lifecycle_core.adapters.prediction_log.labels import Labels
    from lifecycle_core.delivering.last_scores import LastScores
    from lifecycle_core.delivering.serving import Served
    from lifecycle_core.schema.release import Alias, Release
    from lifecycle_core.schema.serving import Roles

_AGAIN = timedelta(seconds=30)
"""How long a release that was refused is left alone: what was away may be back."""


class Teller(Protocol):
    """Hears what happens to releases."""

    def switched(self, release: Release, *, first: bool) -> None:
        """Another release answers from now on."""

    def refused(self, role: str, release: Release, reason: str) -> None:
        """A release was not let."""


class Following:
    """The releases that a service answers with, as the ledger has them.

    Attributes:
        desk: Answers, with a line-up that `step` exchanges.
        alias: The alias that is followed; empty where a version was named.
    """

    def __init__(
        self,
        look: Callable[[frozenset[Alias]], Roles],
        load: Callable[[Release], Served],
        *,
        load_shadow: Callable[[Release], Served] | None = None,
        last: LastScores,
        teller: Teller,
        identify: Callable[[], str],
        now: datetime,
    ) -> None:
        """Load the first line-up.

        Args:
            look: Asks the ledger for the champion, the one before, and where aliases point.
            load: Verifies, loads and warms up a release.
            load_shadow: The same for one that must not slow the others; `load` if None.
            last: What was said before, by key.
            teller: Hears what happens.
            identify: Gives each prediction its id.
            now: With zone.

        Raises:
            LifecycleError: The ledger does not answer, or the champion cannot be loaded.
        """
        self._look, self._load, self._last, self._teller = look, load, last, teller
        self._load_shadow = load_shadow or load
        self._loaded: dict[tuple[str, bool], Served] = {}
        self._refused: dict[str, tuple[RefusedRelease, datetime]] = {}
        self._ledger = ""
        champion = self._served(look(frozenset()).champion)
        roles = look(_named(champion))
        self._settled: Roles | None = None
        self.alias = roles.alias
        self.desk = Desk(self._lineup(roles, champion, now), identify=identify)
        teller.switched(champion.release, first=True)

    def step(self, now: datetime) -> None:
        """Look once, and exchange the line-up if the ledger has moved on.

        Args:
            now: With zone.
        """
        champion = self.desk.lineup.champion
        try:
            roles = self._look(_named(champion))
            self._ledger = ""
            if roles == self._settled:
                self._refused.pop(CHAMPION, None)
                return
            if _identity(roles.champion) != _identity(champion.release):
                admitted = self._admitted(CHAMPION, roles.champion, now)
                if admitted is None:
                    return
                if _named(admitted) != _named(champion):
                    roles = self._look(_named(admitted))
                champion = admitted
        except LifecycleError as error:
            self._ledger = str(error)
            return
        except Exception as error:
            self._ledger = f"It cannot be asked: {type(error).__name__}."
            raise
        moved = champion is not self.desk.lineup.champion
        self.desk.lineup = self._lineup(roles, champion, now)
        if moved:
            self._teller.switched(champion.release, first=False)

    def readiness(self) -> Readiness:
        """Say whether the service answers, and with what."""
        lineup = self.desk.lineup
        others = {"previous": lineup.previous, SHADOW: lineup.shadow, **lineup.arms}
        release = lineup.champion.release
        return Readiness(
            ready=True,
            release=release.name,
            version=release.version,
            roles={CHAMPION: release.version}
            | {role: served.release.version for role, served in others.items() if served},
            refused=tuple(refused for refused, _ in self._refused.values()),
            ledger=self._ledger,
        )

    def release(self) -> ServedRelease:
        """Return the release that answers."""
        served = self.desk.lineup.champion
        return ServedRelease(
            release=served.release,
            scorer=served.scorer.kind,
            acts=served.acts,
            serving=served.serving,
            features=tuple(feature.name for feature in served.contract.features),
        )

    def labels(self) -> Labels:
        """Return what a label may be, by the release that answers."""
        return self.desk.lineup.champion.labels

    def described(self) -> dict[str, Any]:
        """Return the parts of the OpenAPI document that speak of rows."""
        return described(self.desk.lineup.champion)

    def _lineup(self, roles: Roles, champion: Served, now: datetime) -> Lineup:
        """Return the line-up of these roles; a part that is refused is left out."""
        serving = champion.serving
        wanted: dict[str, Release] = {}
        if champion.fallbacks.goes_back and roles.previous is not None:
            wanted["previous"] = roles.previous
        if serving.shadow is not None and serving.shadow in roles.aliases:
            wanted[SHADOW] = roles.aliases[serving.shadow]
        experiment = roles.experiment or serving.experiment
        arms: dict[str, Release] = dict(roles.arms)
        if roles.experiment is None:
            arms.update(roles.aliases.items())
        for arm in (*experiment.arms, HOLDOUT) if experiment else ():
            if arm in arms:
                wanted[arm] = arms[arm]
        self._refused = {role: kept for role, kept in self._refused.items() if role in wanted}
        parts = {role: self._admitted(role, release, now) for role, release in wanted.items()}
        present = {role: served for role, served in parts.items() if served is not None}
        self._settled = roles if len(present) == len(wanted) else None
        kept = {id(served) for served in (champion, *present.values())}
        self._loaded = {each: served for each, served in self._loaded.items() if id(served) in kept}
        return Lineup(
            champion=champion,
            previous=present.pop("previous", None),
            shadow=present.pop(SHADOW, None),
            arms=present,
            experiment=experiment,
            last=self._last,
        )

    def _admitted(self, role: str, release: Release, now: datetime) -> Served | None:
        """Return a release ready to answer, or None and remember why it is refused."""
        refused = self._refused.get(role)
        if refused and refused[0].version == release.version and now < refused[1] + _AGAIN:
            return None
        try:
            served = self._served(release, shadow=role == SHADOW)
        except LifecycleError as error:
            reason = str(error)
        except Exception as error:  # noqa: BLE001 - a foreign model may raise anything while loading
            reason = f"It cannot be loaded: {type(error).__name__}."
        else:
            self._refused.pop(role, None)
            return served
        said = RefusedRelease(
            role=role, version=release.version, reason=reason, since=now.isoformat()
        )
        if refused is None or refused[0].version != release.version:
            self._teller.refused(role, release, reason)
        self._refused[role] = said, now
        return None

    def _served(self, release: Release, *, shadow: bool = False) -> Served:
        identity = _identity(release), shadow
        if (known := self._loaded.get(identity)) is None:
            load = self._load_shadow if shadow else self._load
            known = self._loaded[identity] = load(release)
        return known


def _identity(release: Release) -> str:
    return f"{release.version} {release.bundle_digest}"


def _named(champion: Served) -> frozenset[Alias]:
    """Return the aliases that a release's own declaration needs."""
    serving = champion.serving
    arms = tuple(serving.experiment.arms) if serving.experiment else ()
    return frozenset((*arms, *((serving.shadow,) if serving.shadow else ())))
