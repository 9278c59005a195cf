"""Parse a score sheet, a recusal, a card's code. What a screen shows of a criterion (levels, steps, words) is made here."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from evaluations.actions.cards import DIGITS
from evaluations.actions.sheets import LARGEST_REVISION, off_scale
from evaluations.models import Recusal, ScoreSheet
from evaluations.names import in_language
from evaluations.tally import Criterion, step_decimals
from evaluations.tally.decimals import plain_decimal, plain_text
from evaluations.tally.scale import on_step

HALF = Decimal("0.5")


@dataclass(frozen=True, slots=True)
class Band:
    """A worded level as a choice: from `low` to `high`, both markable."""

    id: str
    name: str
    help: str
    low: str
    high: str
    checked: bool


@dataclass(frozen=True, slots=True)
class Line:
    """One criterion of the sheet as the page shows it."""

    criterion: Criterion
    field: BoundField
    name: str
    help: str
    bands: list[Band]
    value: str
    shown: str
    step: str
    decimals: int
    less: str
    more: str

    @property
    def low(self) -> str:
        return plain_text(self.criterion.min)

    @property
    def high(self) -> str:
        return plain_text(self.criterion.max)

    @property
    def off_scale(self) -> str:
        return off_scale(self.criterion)

    @property
    def label(self) -> str:
        """What a screen reader says of the number."""
        return _("%(criterion)s: mark from %(min)s to %(max)s") % {
            "criterion": self.name,
            "min": self.low,
            "max": self.high,
        }


class MarkField(forms.CharField):
    """A mark as typed: full-width digits and a comma are understood, a unit after it is forgiven."""

    def __init__(self, criterion: Criterion) -> None:
        widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
        super().__init__(
            label=in_language(criterion.name), max_length=20, widget=widget, error_messages=self.words()
        )
        self.criterion = criterion

    @staticmethod
    def words() -> dict[str, Any]:
        return {"required": gettext_lazy("Not marked yet.")}

    def to_python(self, value: Any) -> Any:
        text = (
            unicodedata.normalize("NFKC", super().to_python(value) or "").replace(",", ".").replace("。", ".")
        )
        text = re.sub(r"\s|分$", "", text).removesuffix(".")
        if not text:
            return None
        if (mark := plain_decimal(text)) is None:
            raise ValidationError(off_scale(self.criterion), code="off-scale")
        return mark

    def validate(self, value: Any) -> None:
        if value is None:
            raise ValidationError(self.error_messages["required"], code="required")
        if not (self.criterion.min <= value <= self.criterion.max and on_step(self.criterion, value)):
            raise ValidationError(off_scale(self.criterion), code="off-scale")

    def run_validators(self, value: Any) -> None:
        """The length is limited before the number is read; a number has none."""


class ScoreForm(forms.Form):
    """The marks of one seat for one entry: `mark_<criterion>`, beside it the level chosen, the tap's key, the base."""

    client_key = forms.UUIDField(widget=forms.HiddenInput)
    base_revision = forms.IntegerField(min_value=0, max_value=LARGEST_REVISION, widget=forms.HiddenInput)
    assisted = forms.BooleanField(
        required=False,
        label=gettext_lazy("Somebody helps me type"),
        help_text=gettext_lazy("The marks are yours; it is noted that somebody typed them for you."),
    )

    def __init__(self, *args: Any, criteria: tuple[Criterion, ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.criteria = criteria
        for criterion in criteria:
            self.fields[f"mark_{criterion.id}"] = MarkField(criterion)
            self.fields[f"level_{criterion.id}"] = forms.CharField(required=False, max_length=20)

    def clean(self) -> dict[str, Any]:
        """A level without a number, or a number outside the level chosen, is a slip of the finger: say so."""
        got = super().clean() or {}
        for criterion in self.criteria:
            chosen = next(
                (b for b in self._bands(criterion, "") if b.low == got.get(f"level_{criterion.id}")), None
            )
            mark = got.get(f"mark_{criterion.id}")
            if chosen and mark is not None and not Decimal(chosen.low) <= mark <= Decimal(chosen.high):
                words = _("You chose “%(level)s” (%(low)s to %(high)s) and wrote %(mark)s. Which is it?")
                values = {
                    "level": chosen.name,
                    "low": chosen.low,
                    "high": chosen.high,
                    "mark": plain_text(mark),
                }
                self.add_error(f"mark_{criterion.id}", words % values)
            elif chosen and mark is None and not self.data.get(f"mark_{criterion.id}", "").strip():
                words = _("You chose “%(level)s”. Now choose a mark from %(low)s to %(high)s.")
                del self.errors[f"mark_{criterion.id}"]
                self.add_error(
                    f"mark_{criterion.id}",
                    words % {"level": chosen.name, "low": chosen.low, "high": chosen.high},
                )
        return got

    @property
    def marks(self) -> dict[str, Decimal]:
        """Criterion -> mark, in the rule's order."""
        return {criterion.id: self.cleaned_data[f"mark_{criterion.id}"] for criterion in self.criteria}

    @property
    def channel(self) -> str:
        return ScoreSheet.Channel.ASSISTED if self.cleaned_data.get("assisted") else ScoreSheet.Channel.SCREEN

    def lines(self) -> Iterator[Line]:
        """The criteria as the page shows them, with what was typed."""
        for criterion in self.criteria:
            field = self[f"mark_{criterion.id}"]
            value = str(field.value() or "")
            level = str(self[f"level_{criterion.id}"].value() or "")
            yield Line(
                criterion=criterion,
                field=field,
                name=in_language(criterion.name),
                help=in_language(criterion.help or {}),
                bands=self._bands(criterion, value, level),
                value=value,
                shown=self._shown(criterion, value),
                step=plain_text(criterion.step),
                decimals=step_decimals(criterion),
                **steps_in_language(criterion.step),
            )

    def _shown(self, criterion: Criterion, value: str) -> str:
        """The mark, when what was typed is one."""
        mark = plain_decimal(value)
        good = mark is not None and criterion.min <= mark <= criterion.max and on_step(criterion, mark)
        return plain_text(mark) if good and mark is not None else ""

    def _bands(self, criterion: Criterion, value: str, chosen: str = "") -> list[Band]:
        """The levels from the best down; each ends one step below the next."""
        mark, high, bands = plain_decimal(value), criterion.max, []
        for number, level in enumerate(sorted(criterion.levels, key=lambda level: level.start, reverse=True)):
            low = plain_text(level.start)
            inside = mark is not None and level.start <= mark <= high
            bands.append(
                Band(
                    id=f"id_level_{criterion.id}_{number}",
                    name=in_language(level.name),
                    help=in_language(level.help or {}),
                    low=low,
                    high=plain_text(high),
                    checked=inside or (mark is None and chosen == low),
                )
            )
            high = level.start - criterion.step
        return bands


class TrialForm(ScoreForm):
    """The marks for the trial case: handed in once, with a signal."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("client_key", "base_revision", "assisted"):
            del self.fields[name]


def steps_in_language(step: Decimal) -> dict[str, str]:
    """What the two buttons of the stepper say."""
    if step == HALF:
        return {"less": _("half a point less"), "more": _("half a point more")}
    if step == 1:
        return {"less": _("one point less"), "more": _("one point more")}
    points = {"points": plain_text(step)}
    return {"less": _("%(points)s points less") % points, "more": _("%(points)s points more") % points}


class RecusalForm(forms.ModelForm):  # type: ignore[type-arg]
    """Why a judge does not mark a project."""

    class Meta:
        model = Recusal
        fields = ["reason", "note"]
        widgets = {"reason": forms.RadioSelect}
        help_texts = {
            "note": gettext_lazy(
                "In a few words if you like. Only the office reads it, and it is never published."
            )
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].choices = Recusal.Reason.choices  # type: ignore[attr-defined]  # nothing preset


class CardCodeForm(forms.Form):
    """The code on the torn-off strip, in any spelling of digits."""

    code = forms.CharField(
        label=gettext_lazy("The 8 digits on your strip"),
        max_length=40,
        widget=forms.TextInput(
            attrs={
                "class": "digits",
                "inputmode": "numeric",
                "autocomplete": "off",
                "placeholder": "0000 0000",
            }
        ),
    )

    def clean_code(self) -> str:
        digits = re.sub(r"[\s\-—·.]", "", unicodedata.normalize("NFKC", self.cleaned_data["code"]))
        if not re.fullmatch(rf"[0-9]{{{DIGITS}}}", digits):
            raise ValidationError(
                _("The code has 8 digits, nothing else. Look at the strip again."), code="digits"
            )
        return digits


class CardsForm(forms.Form):
    """Which seats get a new card: `seat` holds "seat code:code of its present card", so that a reload prints nothing twice."""

    def __init__(self, *args: Any, choices: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["seat"] = forms.MultipleChoiceField(
            label=gettext_lazy("Judges"),
            choices=[(choice, choice) for choice in choices],
            error_messages={
                "required": gettext_lazy("Tick at least one judge."),
                "invalid_choice": gettext_lazy(
                    "A card of this list was printed in the meantime. Look at it again."
                ),
            },
        )

    @property
    def seat_codes(self) -> list[str]:
        return [value.partition(":")[0] for value in self.cleaned_data["seat"]]
