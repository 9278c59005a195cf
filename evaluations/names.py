"""Names that the rule set gives in two languages, or by id only, in the reader's language."""

from collections.abc import Mapping

from django.utils.translation import get_language
from django.utils.translation import gettext as _


def in_language(names: Mapping[str, str]) -> str:
    """The name in the reader's language, else in Chinese, else any."""
    language = get_language() or "zh-hans"
    return names.get(language) or names.get("zh-hans") or next(iter(names.values()), "")


def panel_name(key: str) -> str:
    """The panels that most rules have are named in both languages; any other by its id."""
    known = {
        "residents": _("Resident judges"),
        "experts": _("Experts"),
        "preliminary": _("Preliminary"),
        "organizations": _("Organizations"),
        "online": _("Online vote"),
        "onsite": _("Vote in the hall"),
    }
    return known.get(key, key)
