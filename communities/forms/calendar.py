"""Parse a year's special days: typed, pasted, or from a table."""

from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from communities.calendar_text import KINDS, read_days, written
from communities.cells import day
from communities.registers import rows_of
from communities.workdays import REST, SpecialDay
from goldidea.lib.spreadsheets import MAX_BYTES, ODD, Column, UnreadableError, lines_of, read_table

DAY: Final = Column("day", "日期", required=True, label=gettext_lazy("day"))
KIND: Final = Column("kind", "安排", ("休或班", "类型"), required=True, label=gettext_lazy("off or worked"))
NAME: Final = Column("name", "名称", ("节日", "事由"), label=gettext_lazy("occasion"), width=20)
COLUMNS: Final = (DAY, KIND, NAME)
RESTS: Final = ("休", "放假", "休息", "rest")
NOT_A_KIND = gettext_noop("Write 休 for a day off or 班 for a day of work.")
MOST: Final = 120  # special days of a year


class CalendarForm(forms.Form):
    """The whole year as a list, or a table instead; `seen` is the version that the person looks at."""

    days = forms.CharField(
        label=gettext_lazy("Holidays and make-up working days"),
        required=False,
        widget=forms.Textarea(attrs={"rows": "12", "spellcheck": "false"}),
        help_text=gettext_lazy(
            "One occasion a line, like “2月15日至21日 休 春节” and “2月11日 班 春节”. The sentences of the published notice can be pasted as they are. All other days are worked from Monday to Friday."
        ),
    )
    table = forms.FileField(
        label=gettext_lazy("Or a table instead of the list"),
        required=False,
        help_text=gettext_lazy(
            "xlsx or csv with the columns 日期, 安排 (休 or 班) and 名称; a downloaded year can be uploaded again."
        ),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv"}),
        max_length=200,
    )
    source = forms.CharField(
        label=gettext_lazy("Source"),
        required=False,
        max_length=120,
        help_text=gettext_lazy("The number of the notice that announced these days."),
    )
    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=30_000)

    def __init__(self, *args: Any, year: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.year = year
        self.special: list[SpecialDay] = []

    def clean_days(self) -> str:
        text: str = self.cleaned_data["days"]
        self.special = read_days(text, self.year)
        return text

    def clean_table(self) -> Any:
        file = self.cleaned_data["table"]
        if not file:
            return file
        if file.size > MAX_BYTES:
            raise ValidationError(_("This file is larger than 5 MB. Split the table and import its parts."))
        try:
            self.special = read_rows(file.name, file.read(), self.year)
        except UnreadableError as error:
            raise ValidationError(error.message) from error
        return file

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if len(self.special) > MOST:
            self.add_error("days", _("More than %(most)d special days in a year cannot be.") % {"most": MOST})
        return cleaned

    @property
    def list(self) -> str:
        """What was read, as a list that reads back the same."""
        return written(self.special)


def read_rows(name: str, content: bytes, year: int) -> list[SpecialDay]:
    """The days of a table.

    Raises: UnreadableError; ValidationError that names each row that is wrong.
    """
    found: dict[Any, SpecialDay] = {}
    wrong = []
    for row in rows_of(lines_of(read_table(name, content), COLUMNS)):
        for key, what in row.odd.items():
            row.wrong(key, ODD[what])
        on, word = day(row, DAY.key), row.cell(KIND.key).lower()
        if on is None and not row.errors:
            row.wrong(DAY.key, gettext_noop("This cell is empty."))
        elif on and on.year != year:
            row.wrong(
                DAY.key, gettext_noop("This day is not in %(year)d: enter it on that year's page."), year=year
            )
        elif on in found:
            row.wrong(DAY.key, gettext_noop("This day stands in the table twice."))
        if word not in KINDS and word not in RESTS:
            row.wrong(KIND.key, NOT_A_KIND)
        if row.errors:
            wrong.append(
                _("Row %(number)d: %(what)s")
                % {"number": row.number, "what": row.why(next(iter(row.errors)))}
            )
        elif on:
            found[on] = SpecialDay(on, KINDS.get(word, REST), row.cell(NAME.key)[:20])
    if wrong:
        raise ValidationError(wrong[:20])
    return [found[on] for on in sorted(found)]
