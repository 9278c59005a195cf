"""Parse rounds, seats and what is asked of a second person."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from communities.models import SubDistrict
from evaluations.actions.seats import MOST_PLACES
from evaluations.forms.seasons import YEARS
from evaluations.models import Entry, Round, RuleSet, Season, Seat
from judges.models import Judge

SEED_HELP = gettext_lazy(
    "Read a sentence out in front of witnesses and type it here. The lot follows from it, so anybody can draw it again."
)


class ManyByCode(forms.ModelMultipleChoiceField):
    """Several objects by their codes. Django asks the database for each text, which cannot take a NUL."""

    def clean(self, value: Any) -> Any:
        texts = value if isinstance(value, list | tuple) else []
        if any("\x00" in str(text) for text in texts):
            raise ValidationError(self.error_messages["invalid_choice"], params={"value": ""})
        return super().clean(value)


class Times(forms.Form):
    """When scoring opens and closes (Shanghai time)."""

    opens_at = forms.DateTimeField(
        validators=YEARS,
        label=gettext_lazy("Scoring opens"),
        widget=forms.DateTimeInput,
        help_text=gettext_lazy("A round that two people open earlier takes marks from this moment on."),
    )
    closes_at = forms.DateTimeField(
        validators=YEARS,
        label=gettext_lazy("Scoring closes"),
        widget=forms.DateTimeInput,
        help_text=gettext_lazy("After this moment the database takes no sheet."),
    )

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        opens, closes = values.get("opens_at"), values.get("closes_at")
        if opens and closes and closes <= opens:
            self.add_error("closes_at", _("The round closes before it opens."))
        return values


class OfSeason(Times):
    """Times and one of the season's rules."""

    rule_set = forms.ModelChoiceField(
        label=gettext_lazy("Rule"), queryset=RuleSet.objects.none(), to_field_name="code"
    )
    field_order = ["name", "rule_set", "hosts", "opens_at", "closes_at"]

    def __init__(self, *args: Any, season: Season, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        versions = season.rule_sets.order_by("-version")
        self.fields["rule_set"].queryset = versions  # type: ignore[attr-defined]
        newest = versions.values_list("code", flat=True).first()
        self.initial.setdefault("rule_set", newest)


class PreliminariesForm(OfSeason):
    """A preliminary in each of the sub-districts chosen, under one rule."""

    hosts = ManyByCode(
        label=gettext_lazy("Sub-districts"),
        queryset=SubDistrict.objects.none(),
        to_field_name="code",
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, hosts: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["hosts"].queryset = hosts  # type: ignore[attr-defined]
        self.fields["hosts"].initial = [place.code for place in hosts]


class RoundForm(OfSeason):
    """Name, rule and times of one round."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=60)


class SeatJudgesForm(forms.Form):
    """Judges of the bench to be seated."""

    judges = ManyByCode(
        label=gettext_lazy("Judges"),
        queryset=Judge.objects.none(),
        to_field_name="code",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Tick the judges who take a seat.")},
    )

    def __init__(self, *args: Any, judges: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["judges"].queryset = judges  # type: ignore[attr-defined]
        self.fields["judges"].label_from_instance = judge_words  # type: ignore[attr-defined]


class GuestsForm(SeatJudgesForm):
    """Guests from outside the bench, and why."""

    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=200)


class DrawForm(forms.Form):
    """How many places there are, and the sentence of the lot."""

    places = forms.IntegerField(label=gettext_lazy("Places"), min_value=1, max_value=MOST_PLACES)
    seed = forms.CharField(label=gettext_lazy("Sentence of the lot"), max_length=200, help_text=SEED_HELP)


class BenchForm(forms.Form):
    """Which sub-district lends its judges: agreed, or drawn by lot from a sentence."""

    place = forms.ModelChoiceField(
        label=gettext_lazy("Judges come from"),
        queryset=SubDistrict.objects.none(),
        to_field_name="code",
        required=False,
        empty_label=gettext_lazy("to be drawn by lot"),
    )
    seed = forms.CharField(
        label=gettext_lazy("Sentence of the lot"), max_length=200, required=False, help_text=SEED_HELP
    )

    def __init__(self, *args: Any, places: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["place"].queryset = places  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if not self.errors and not values.get("place") and not values.get("seed"):
            self.add_error("seed", _("Choose the sub-district, or type the sentence from which it is drawn."))
        return values


class ReplaceForm(forms.Form):
    """Who takes the seat (nobody: it stays empty), and why."""

    judge = forms.ModelChoiceField(
        label=gettext_lazy("New judge"),
        queryset=Judge.objects.none(),
        to_field_name="code",
        required=False,
        empty_label=gettext_lazy("nobody: the seat stays empty"),
    )
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=200)

    def __init__(self, *args: Any, judges: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["judge"].queryset = judges  # type: ignore[attr-defined]
        self.fields["judge"].label_from_instance = judge_words  # type: ignore[attr-defined]


class PairForm(forms.Form):
    """A seat and an entry of the round."""

    seat = forms.ModelChoiceField(
        label=gettext_lazy("Judge"), queryset=Seat.objects.none(), to_field_name="code"
    )
    entry = forms.ModelChoiceField(
        label=gettext_lazy("Entry"), queryset=Entry.objects.none(), to_field_name="code"
    )

    def __init__(self, *args: Any, round_: Round, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        seats = round_.seats.live().select_related("judge", "panel", "round").order_by("panel", "number")
        self.fields["seat"].queryset = seats  # type: ignore[attr-defined]
        self.fields["seat"].label_from_instance = lambda seat: f"{seat} {seat.judge}"  # type: ignore[attr-defined]
        entries = round_.entries.select_related("snapshot", "submission")
        self.fields["entry"].queryset = entries  # type: ignore[attr-defined]
        self.fields["entry"].label_from_instance = lambda entry: f"{entry.submission.number} {entry}"  # type: ignore[attr-defined]


class LatePairForm(PairForm):
    """One more entry for a seat after opening, and why."""

    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=200)


class DigestForm(forms.Form):
    """Which proposal was seen."""

    digest = forms.RegexField(r"^[0-9a-f]{32}$", widget=forms.HiddenInput)


class ReasonForm(forms.Form):
    """Why."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"), max_length=200, help_text=gettext_lazy("The second person reads it.")
    )


class ExtendForm(ReasonForm):
    """A later close, and why."""

    closes_at = forms.DateTimeField(
        validators=YEARS, label=gettext_lazy("Scoring closes at"), widget=forms.DateTimeInput
    )
    field_order = ["closes_at", "reason"]

    def __init__(self, *args: Any, round_: Round, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.round = round_

    def clean_closes_at(self) -> Any:
        closes_at = self.cleaned_data["closes_at"]
        if closes_at <= self.round.closes_at:
            raise ValidationError(_("A round can only be extended to a later time."))
        return closes_at


def judge_words(judge: Judge) -> str:
    """A judge's name with the home that tells two of the same name apart."""
    home = judge.community or judge.sub_district
    return f"{judge.name} · {home}" if home else judge.name


class CaseChoiceField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A case by its public code, with the season that it comes from."""

    def label_from_instance(self, case: Any) -> str:
        return f"{case.season.name} · {case.number} {case.title}"


class TrialCaseForm(forms.Form):
    """Which case judges mark first, without its counting."""

    case = CaseChoiceField(queryset=None, label=gettext_lazy("Trial case"), to_field_name="code")

    def __init__(self, *args: Any, cases: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["case"].queryset = cases.select_related("season")  # type: ignore[attr-defined]


class OfficeRecusalForm(forms.Form):
    """Which entry a judge does not mark, and why, as the office learned it."""

    entry = forms.ModelChoiceField(
        label=gettext_lazy("Entry"),
        queryset=Entry.objects.none(),
        to_field_name="code",
        empty_label=gettext_lazy("choose one"),
    )
    reason = forms.ChoiceField(
        label=gettext_lazy("Reason"),
        choices=[
            ("kin", gettext_lazy("a relative or close friend takes part")),
            ("work", gettext_lazy("works or worked with them")),
            ("member", gettext_lazy("belongs to the organization")),
            ("dispute", gettext_lazy("is in a dispute with them")),
            ("other", gettext_lazy("another reason")),
        ],
        widget=forms.RadioSelect,
    )
    note = forms.CharField(
        label=gettext_lazy("How the office knows"),
        max_length=200,
        help_text=gettext_lazy("For example: the judge told us by telephone. Only the office reads it."),
    )

    def __init__(self, *args: Any, seat: Seat, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        standing = seat.recusals.filter(withdrawn_at=None).values("entry")
        mine = Entry.objects.filter(assignments__seat=seat, locked_at=None).exclude(pk__in=standing)
        mine = mine.select_related("snapshot", "submission").order_by("position", "key")
        self.fields["entry"].queryset = mine  # type: ignore[attr-defined]
        self.fields["entry"].label_from_instance = lambda entry: f"{entry.submission.number} {entry}"  # type: ignore[attr-defined]
