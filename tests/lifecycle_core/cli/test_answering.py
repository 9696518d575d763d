"""How a command ends: what it says of an error does nothing to a terminal."""

from __future__ import annotations

import pytest
import typer

from lifecycle_core.cli.answering import verb
from lifecycle_core.errors import InvalidCall


def test_what_an_error_quotes_does_not_act_on_a_terminal(
    capsys: pytest.CaptureFixture[str],
) -> None:
    @verb
    def refuse() -> int:
        raise InvalidCall("There is no \x1b[2Kchurn\u202e.", hint="Did you mean \x1b[31mchurn?")

    with pytest.raises(typer.Exit) as ended:
        refuse()
    assert ended.value.exit_code == 2
    assert capsys.readouterr().err == (
        "nbrelease: There is no ␛[2Kchurn⟨U+202E⟩.\nHint: Did you mean ␛[31mchurn?\n"
    )
