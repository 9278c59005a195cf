"""The text that a judge signs before the appointment, by version.

Each version is a template of its own (templates/judges/consent/<version>.html) and is never changed once somebody has
signed it: a new wording is a new version, added at the end.
"""

VERSIONS = ("2026-1",)
CURRENT = VERSIONS[-1]


def template_of(version: str) -> str:
    """The template with the wording of this version."""
    return f"judges/consent/{version}.html"
