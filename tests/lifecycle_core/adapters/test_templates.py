from __future__ import annotations

import jinja2
import pytest

from lifecycle_core.adapters.templates import template_environment, template_names


def test_every_template_can_be_compiled() -> None:
    environment = template_environment({"coded": str, "moment": str})
    names = template_names()
    assert names
    for name in names:
        source = environment.loader.get_source(environment, name)[0] if environment.loader else ""
        assert environment.parse(source).body, name


def test_values_in_html_are_escaped_and_in_markdown_are_not() -> None:
    environment = template_environment()
    assert environment.from_string("{{ x }}").render(x="<b>") == "&lt;b&gt;"
    assert callable(environment.autoescape)
    assert environment.autoescape("card.html.j2")
    assert not environment.autoescape("card.md.j2")


def test_a_missing_value_is_an_error() -> None:
    with pytest.raises(jinja2.UndefinedError):
        template_environment().from_string("{{ absent }}").render()
