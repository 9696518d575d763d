"""Clean runs side by side: each in its own copy of the project, two or more at a time."""

from __future__ import annotations

import os
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from lifecycle_core.adapters.environment import LockedEnvironments
from lifecycle_core.adapters.kernel_environment import processors
from lifecycle_core.adapters.progress import Progress, Silent, told
from lifecycle_core.errors import EnvironmentUnavailable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from lifecycle_core.adapters.engine import Engine
    from lifecycle_core.adapters.environment.building import Environment
    from lifecycle_core.adapters.kernel import Kernel
    from lifecycle_core.adapters.workspace import Scratch, Workspace
    from lifecycle_core.notebooks.execution import Execution
    from lifecycle_core.notebooks.plan import Plan


class ScratchRuns:
    """Implements `notebooks.plan.Runs` on copies of one project.

    Attributes:
        workspaces: Where each run took place, by its number.
    """

    def __init__(
        self,
        engine: Engine,
        scratch: Scratch,
        *,
        parameters: Mapping[str, Any],
        cell_timeout: float | None,
        progress: Progress,
        environments: LockedEnvironments | None = None,
    ) -> None:
        self._engine = engine
        self._scratch = scratch
        self._parameters = parameters
        self._cell_timeout = cell_timeout
        self._progress = progress
        self._environments = environments or LockedEnvironments()
        self._declared: dict[object, Environment | EnvironmentUnavailable] = {}
        self._kernels: list[Kernel] = []
        self._broken_off = False
        self.workspaces: list[Workspace] = []

    def together(self, plans: Sequence[Plan], purpose: str) -> tuple[Execution, ...]:
        """Make these runs side by side, no more at a time than there are processors (at least 2).

        The first one's cells are reported. If this is interrupted, all kernels are ended first.
        """
        plans = [self._placed(plan) for plan in plans]
        with told(self._progress, purpose) as answer:
            executions = self._together(plans)
            if len(plans) > 1 and _in_the_way(executions, self.workspaces[-len(plans) :]):
                del self.workspaces[-len(plans) :]
                executions = tuple(self._together([plan])[0] for plan in plans)
            answer(executions[0].run.exit)
        return executions

    def _placed(self, plan: Plan) -> Plan:
        """Build the environment that a plan asks for, and let it run there."""
        if not plan.versions:
            return plan
        key = (frozenset(plan.versions.items()), plan.modules)
        built = self._declared.get(key)
        if built is None:
            try:
                built = self._environments.declared(plan.modules, plan.versions, self._progress)
            except EnvironmentUnavailable as error:
                built = error
            self._declared[key] = built
        if isinstance(built, EnvironmentUnavailable):
            raise built
        variables = built.variables(os.environ.get("PATH", os.defpath))
        conditions = replace(plan.conditions, python=built.python, variables=variables)
        return replace(plan, conditions=conditions)

    def _together(self, plans: Sequence[Plan]) -> tuple[Execution, ...]:
        spaces = [
            self._scratch.workspace(plan.recorded, plan.without)
            if plan.folder_of is None
            else self.workspaces[plan.folder_of]
            for plan in plans
        ]
        self.workspaces += spaces
        with ThreadPoolExecutor(max_workers=max(processors(), 2)) as pool:
            try:
                begun = [
                    pool.submit(self._run, plan, space, self._progress if at == 0 else Silent())
                    for at, (plan, space) in enumerate(zip(plans, spaces, strict=True))
                ]
                return tuple(future.result() for future in begun)
            except BaseException:
                self._broken_off = True
                pool.shutdown(wait=False, cancel_futures=True)
                for kernel in self._kernels:
                    kernel.kill()
                raise

    def _run(self, plan: Plan, space: Workspace, progress: Progress) -> Execution:
        return self._engine.run(
            plan.notebook,
            workspace=space,
            parameters=self._parameters,
            cell_timeout=self._cell_timeout,
            progress=progress,
            conditions=plan.conditions,
            started=self._started,
        )

    def _started(self, kernel: Kernel) -> None:
        self._kernels.append(kernel)
        if self._broken_off:  # it was on its way when the others were ended
            kernel.kill()


def _in_the_way(executions: Sequence[Execution], spaces: Sequence[Workspace]) -> bool:
    """Tell whether runs side by side may have had what one alone would not: a port, or a file."""
    if any("Address already in use" in one.run.message for one in executions):
        return True
    shown = [[cell.outputs for cell in one.cells.values()] for one in executions]
    alike = all(outputs == shown[0] for outputs in shown)
    well = alike and all(one.run.exit == "ok" for one in executions)
    return not well and bool(_written_by_several(executions, spaces))


def _written_by_several(
    executions: Sequence[Execution], spaces: Sequence[Workspace]
) -> frozenset[str]:
    """Return the files outside of the copies that more than one run wrote, as in `/tmp`."""
    own = (*(f"{space.root.parent}{os.sep}" for space in spaces), "/dev/")
    written = [
        {site.path for site in one.facts.writes if not site.path.startswith(own)}
        for one in executions
    ]
    counts = Counter(path for paths in written for path in paths)
    return frozenset(path for path, runs in counts.items() if runs > 1)
