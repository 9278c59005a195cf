"""Which judges mark which cases."""

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from evaluations.rulewords.said import Said


def bench(said: Said) -> Iterator[str]:
    conduct = said.conduct
    yield {
        "own": _("Resident judges are those elected in the sub-district that hosts the round."),
        "exchange": _("Resident judges come from one other sub-district, by agreement or by a recorded lot."),
        "all": _("Resident judges come from all sub-districts."),
    }[conduct.bench]
    yield _("Nobody marks a case of their own community, whether it leads or is a partner.")
    yield _("Nobody marks a case of an organization or community to which they are tied.")
    if "own_sub_district" in conduct.conflicts:
        yield _("Nobody marks a case of their own sub-district.")
    yield (
        _("All judges of a panel mark an entry, except those it is barred to.")
        if conduct.per_entry is None
        else ngettext(
            "At most %(count)d judge of a panel marks an entry.",
            "At most %(count)d judges of a panel mark an entry.",
            conduct.per_entry,
        )
        % {"count": conduct.per_entry}
    )
    if conduct.per_judge is not None:
        yield ngettext(
            "A judge marks at most %(count)d entry.",
            "A judge marks at most %(count)d entries.",
            conduct.per_judge,
        ) % {"count": conduct.per_judge}
    if conduct.per_sub_district is not None:
        yield ngettext(
            "At most %(count)d judge of one sub-district marks the same entry.",
            "At most %(count)d judges of one sub-district mark the same entry.",
            conduct.per_sub_district,
        ) % {"count": conduct.per_sub_district}
    if conduct.calibration_item:
        yield _("All judges first mark a trial case, which does not count, and see what the others gave it.")
    if conduct.start_after:
        yield ngettext(
            "A judge's first marks are taken once the judge has read %(count)d case.",
            "A judge's first marks are taken once the judge has read %(count)d cases.",
            conduct.start_after,
        ) % {"count": conduct.start_after}
    yield (
        _("Judges mark online.") if conduct.mode == "online" else _("Judges mark during a live presentation.")
    )
