"""Parse the record of an election: the meeting, its paper, and the votes for each candidate in one table."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from judges.actions.elections import Votes, too_many
from judges.actions.waiting import waiting_paper
from judges.models import Judge
from judges.papers import Paper, checked_paper
from judges.states import JudgeState

MOST_PEOPLE = 100_000
OUTCOMES = [("", "—"), (JudgeState.ELECTED, _("elected")), (JudgeState.NOT_ELECTED, _("not elected"))]
COLUMNS = {
    "for": pgettext_lazy("votes", "For"),
    "against": pgettext_lazy("votes", "Against"),
    "abstaining": pgettext_lazy("votes", "Abstaining"),
    "outcome": _("Result"),
}
MISSING = _("Fill in all four cells of this candidate, or none.")


@dataclass(frozen=True, slots=True)
class Row:
    """One candidate with the four cells."""

    judge: Judge
    cells: list[BoundField]

    @property
    def problems(self) -> list[str]:
        return [problem for cell in self.cells for problem in cell.errors]


class ElectionForm(forms.Form):
    """The meeting, then four cells a candidate; a candidate without any was not voted on."""

    held_on = forms.DateField(label=_("Date of the meeting"), widget=forms.DateInput)
    place = forms.CharField(label=_("Place of the meeting"), max_length=120)
    present = forms.IntegerField(label=_("People present"), min_value=1, max_value=MOST_PEOPLE)
    record = forms.FileField(
        label=_("Record of the meeting"),
        max_length=200,
        error_messages={"required": _("Attach the record of the meeting.")},
        widget=forms.FileInput(attrs={"accept": ".pdf,.jpg,.jpeg,.png,.docx"}),
        help_text=_("Signed minutes or a scan: PDF, JPEG, PNG or docx, up to 20 MB."),
    )

    def __init__(
        self, *args: Any, candidates: Sequence[Judge], by: Any, has_record: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.candidates = candidates
        self.paper: Paper | None = waiting_paper(self.data.get("kept", ""), by=by)
        self.fields["record"].required = self.paper is None and not has_record
        for judge in candidates:
            self.add_cells(judge)

    def add_cells(self, judge: Judge) -> None:
        voted = judge.votes_for is not None
        values = {
            "for": judge.votes_for,
            "against": judge.votes_against,
            "abstaining": judge.votes_abstaining,
        }
        for key, value in values.items():
            self.fields[f"{key}_{judge.code}"] = forms.IntegerField(
                label=f"{judge.name} · {COLUMNS[key]}",
                required=False,
                min_value=0,
                max_value=MOST_PEOPLE,
                initial=value,
            )
        self.fields[f"outcome_{judge.code}"] = forms.ChoiceField(
            label=f"{judge.name} · {COLUMNS['outcome']}",
            choices=OUTCOMES,
            required=False,
            initial=judge.state if voted else "",
        )

    def rows(self) -> Iterator[Row]:
        """The table's rows."""
        for judge in self.candidates:
            yield Row(judge, [self[f"{key}_{judge.code}"] for key in COLUMNS])

    def clean_held_on(self) -> Any:
        day = self.cleaned_data["held_on"]
        if day > timezone.localdate():
            raise forms.ValidationError(_("This day has not come yet."))
        return day

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        self.find_paper(cleaned)
        for judge in self.candidates:
            self.check_row(judge, cleaned)
        if not self.votes and not self.errors:
            self.add_error(None, _("Enter the votes for at least one candidate."))
        return cleaned

    def find_paper(self, cleaned: dict[str, Any]) -> None:
        """The paper chosen now takes the place of the one that waited."""
        if not cleaned.get("record"):
            return
        try:
            self.paper = checked_paper(cleaned["record"])
        except forms.ValidationError as error:
            self.add_error("record", error)

    def check_row(self, judge: Judge, cleaned: dict[str, Any]) -> None:
        names = [f"{key}_{judge.code}" for key in COLUMNS]
        if any(name in self.errors for name in names):
            return
        values = [cleaned.get(name) for name in names]
        empty = [name for name, value in zip(names, values, strict=True) if value in (None, "")]
        if len(empty) == len(names):
            return
        for name in empty:
            self.add_error(name, MISSING)
        present, total = cleaned.get("present"), sum(value for value in values[:3] if value)
        if not empty and present is not None and total > present:
            self.add_error(names[0], too_many(total, present))

    @property
    def votes(self) -> list[Votes]:
        """How the meeting voted, for those candidates on whom it did."""
        found = []
        for judge in self.candidates:
            values = [self.cleaned_data.get(f"{key}_{judge.code}") for key in COLUMNS]
            if not any(value in (None, "") for value in values):
                found.append(Votes(judge, *values[:3], elected=values[3] == JudgeState.ELECTED))
        return found

    @property
    def meeting(self) -> dict[str, Any]:
        """The values for the actions."""
        facts = {name: self.cleaned_data[name] for name in ("held_on", "place", "present")}
        return {**facts, "votes": self.votes, "record": self.paper}
