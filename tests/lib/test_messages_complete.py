"""Every sentence of the product has its Chinese."""

from goldidea.lib import messages


def test_the_translations_are_complete() -> None:
    assert messages.problems() == []
