"""The form of a case: drafts may be incomplete and partly wrong, and nothing typed is lost.

What can be read goes to `values`, what cannot to `rough`: both are saved. Before a case is handed in,
evaluations.rules.completeness says what is missing.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.db import models
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from communities.models import Community, SocialWorker
from evaluations.application import CELLS, TABLES, rows_of
from evaluations.models import Photo, ScreeningNote, Season, Submission
from evaluations.rules.completeness import CAPTION, OTHER_WORDS, TEXTS, label, length, limit
from goldidea.lib.personal import e164
from organizations.models import VenturePhilanthropyProject

LONGEST = 20_000  # characters of one field that a draft keeps
CHOICES = ("field", "origin_kind", "deliberation_kind", "deliberation_level")
LONG_TEXTS = {
    "summary": 4,
    "need": 6,
    "deliberation_record": 5,
    "resolution": 5,
    "practice": 10,
    "effect": 5,
    "profile": 5,
}


class PhotoInput(forms.FileInput):
    """Several photos at once; telephones offer the camera too."""

    allow_multiple_selected = True

    def __init__(self) -> None:
        super().__init__({"multiple": True, "accept": "image/jpeg,image/png,image/webp"})

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        return None  # the photos are taken one by one: each has its own answer


class CaseForm(forms.ModelForm):
    """A case as its community writes it. Always bound: to what is stored, or to what was typed over it.

    `organizations` is the box to search the register and `photos` the one to add photos; neither is a column.
    """

    organizations = forms.CharField(
        label=_("Organizations"),
        required=False,
        max_length=80,
        help_text=_("Search the register by name. Whether it grew up here follows from the register."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "type": "search"}),
    )
    photos = forms.FileField(
        label=_("Photos"),
        required=False,
        widget=PhotoInput,
        help_text=_("JPEG, PNG or WebP, at most 10 MB each, at most 6. Ask the people in the photo first."),
    )

    class Meta:
        model = Submission
        fields = [
            "title",
            "field",
            "summary",
            "lead_community",
            "partners",
            "head_name",
            "profile",
            "last_inspection",
            "supervising_unit",
            "worker_name",
            "worker_phone",
            "origin_kind",
            "need",
            "deliberation_kind",
            "deliberation_level",
            "deliberated_on",
            "deliberation_record",
            "resolution",
            "practice",
            "effect",
            "beneficiaries",
            "indirect_beneficiaries",
            "locations",
            "starts_on",
            "ends_on",
            "philanthropy_project",
            "budget_total",
            "amount_asked",
        ]
        widgets = {
            **dict.fromkeys(CHOICES, forms.RadioSelect),
            **{name: forms.Textarea(attrs={"rows": str(rows)}) for name, rows in LONG_TEXTS.items()},
            "worker_phone": forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
            "partners": forms.CheckboxSelectMultiple,
        }
        help_texts = {
            "title": _("What people will call it, at most 40 characters."),
            "field": _("Choose one."),
            "summary": _("For whom, what was done, what has changed."),
            "head_name": _("The legal representative or the person in charge. Not published."),
            "profile": _(
                "What the applicant does, since when, with how many people. At most 500 characters."
            ),
            "last_inspection": _("Year and result, for a registered organization."),
            "supervising_unit": _("It gives its opinion on the printed form."),
            "locations": _("Squares, rooms, courtyards: where people will find it."),
            "worker_name": _(
                "The professional social worker who answers for the case; those of your register are offered."
            ),
            "worker_phone": _("Only the office can ask for it; it is never published."),
            "need": _("What did residents need, or what did they quarrel about? How do you know?"),
            "deliberation_record": _("Who came, what was said for and against."),
            "resolution": _("What did residents agree on in the end?"),
            "practice": _("Step by step, and who did what."),
            "effect": _("What is different now? Figures help."),
            "philanthropy_project": _("Only projects of the organizations named above can be chosen."),
        }

    def __init__(self, case: Submission, typed: Mapping[str, Any], leads: Iterable[Community] = ()) -> None:
        super().__init__(data=dict(typed), instance=Submission(), prefix=None, use_required_attribute=False)
        self.case = case
        for name, field in self.fields.items():
            field.required = False
            if name not in ("organizations", "photos"):
                field.label = label(name)
        for name in CHOICES:
            self.fields[name].choices = Submission._meta.get_field(name).choices
        for name in TEXTS:
            self.fields[name].validators = [MaxLengthValidator(LONGEST)]
        self.offer_workers()
        self.add_cells()
        self.offer_places(list(leads))
        self.offer_projects()
        self.add_captions(case.photos.filter(removed_at=None))

    def add_cells(self) -> None:
        """The cells of the team and the budget lines: any text is kept; what is wrong stands in the list of what is missing."""
        for name, (table, _row, column) in CELLS.items():
            words = table.columns[column]
            if column in table.choices:
                choices = [
                    ("", "—"),
                    *((key, capfirst(str(text))) for key, text in table.choices[column].items()),
                ]
                widget: forms.Widget = forms.Select(choices=choices)
            else:
                numbers = {"inputmode": "decimal"} if column in table.amounts else {}
                widget = forms.TextInput({"autocomplete": "off", **numbers})
            self.fields[name] = forms.CharField(label=words, required=False, widget=widget)

    def tables(self) -> dict[str, list[list[Any]]]:
        """The bound cells by table and row: those in which something stands, and one more; the rest comes when that is used."""
        return {
            name: [
                [self[table.cell(row, column)] for column in table.columns]
                for row in range(min(len(rows_of(table, self.data)) + 1, table.rows))
            ]
            for name, table in TABLES.items()
        }

    def add_captions(self, photos: Iterable[Photo]) -> None:
        """A caption for each photo that has none in the form yet."""
        for photo in photos:
            caption = forms.CharField(label=_("Caption"), required=False, max_length=80)
            self.fields.setdefault(f"{CAPTION}{photo.code}", caption)

    def offer_places(self, leads: list[Community]) -> None:
        """Lead communities to choose from, if there are several; partners: the others of the district."""
        if len(leads) < 2 or self.case.number:
            del self.fields["lead_community"]
        else:
            chooser = self.fields["lead_community"]
            chooser.queryset = Community.objects.filter(pk__in=[place.pk for place in leads])
            chooser.empty_label = None
        partners = self.fields["partners"]
        others = Community.objects.of(self.case.season.district_id).exclude(pk=self.case.lead_community_id)
        named = models.Q(pk__in=self.case.partners.values("pk"))
        partners.queryset = others.filter(models.Q(valid_to=None) | named).order_by("division_code", "pk")

    def offer_workers(self) -> None:
        """The social workers of the lead community, to choose from while typing; any other name may be typed."""
        here = SocialWorker.objects.filter(community=self.case.lead_community_id, until=None)
        self.known_workers = list(here.order_by("sort_key").values_list("name", flat=True))
        self.fields["worker_name"].widget.attrs |= {"list": "known-workers", "autocomplete": "off"}

    def offer_projects(self) -> None:
        """The venture-philanthropy projects of the organizations that are named."""
        chooser = self.fields["philanthropy_project"]
        named = self.case.organization_links.values("organization")
        chooser.queryset = VenturePhilanthropyProject.objects.filter(organization__in=named)
        chooser.empty_label = _("None")
        chooser.label_from_instance = lambda project: f"{project.year} · {project.title}"

    def search_at(self, address: str, words: str) -> None:
        """Where the box looks organizations up while one types, and what it looked up last."""
        self.data["organizations"] = words
        self.fields["organizations"].widget.attrs |= {
            "hx-get": address,
            "hx-trigger": "input changed delay:400ms, search",
            "hx-target": "#found",
        }

    def clean_worker_phone(self) -> str:
        typed = self.cleaned_data["worker_phone"]
        return e164(typed) if typed else ""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        total, asked = cleaned.get("budget_total"), cleaned.get("amount_asked")
        if total is not None and asked is not None and asked > total:
            self.add_error("amount_asked", _("The amount asked is larger than the total budget."))
        return cleaned

    @property
    def values(self) -> dict[str, Any]:
        """What can be saved as it is: column -> value, for save_submission."""
        ours = ("organizations", "photos")
        values = {n: value for n, value in self.cleaned_data.items() if n not in ours and n not in CELLS}
        for name, table in TABLES.items():
            values[name] = rows_of(table, {cell: self.raw(cell) for cell, _r, _c in table.cells()})
        if "worker_phone" in self.errors:  # kept as typed, encrypted: rough values are not
            values["worker_phone"] = self.raw("worker_phone")
        for name in self.rough:  # the readable value before is not what the person means now
            if not name.startswith(CAPTION):
                values[name] = self.stand_in(name)
        return values

    def stand_in(self, name: str) -> Any:
        """What a column holds while its text cannot be read: a name its beginning, everything else nothing."""
        column = Submission._meta.get_field(name)
        if name in ("title", "worker_name", "head_name"):
            return self.raw(name)[: column.max_length].strip()
        return None if column.null else ""

    @property
    def rough(self) -> dict[str, str]:
        """What was typed and cannot be read, as typed."""
        ours = ("worker_phone", "organizations", "photos", "partners", "lead_community")
        return {name: self.raw(name) for name in self.errors if name in self.fields and name not in ours}

    def raw(self, name: str) -> str:
        """What was typed into a field, without the character that no database takes."""
        return str(self.data.get(name, ""))[:LONGEST].replace("\x00", "")

    def complain(self) -> None:
        """Say at its field what does not block saving but handing in: a text too long, an end before the beginning."""
        for name in TEXTS:
            over = length(str(self.data.get(name, ""))) - limit(name)
            if over > 0 and name not in self.errors:
                self.add_error(name, _("%(over)d characters too many: shorten it.") % {"over": over})
        begin, end = self.cleaned_data.get("starts_on"), self.cleaned_data.get("ends_on")
        if begin and end and end < begin:
            self.add_error("ends_on", _("It ends before it begins."))

    def show_reasons(self, notes: Iterable[ScreeningNote]) -> None:
        """Put the office's reasons at their fields, after `values` were taken."""
        for note in notes:
            words = _("The office returned it: %(reason)s") % {"reason": note.text}
            field = next(iter(TABLES[note.field].cells()))[0] if note.field in TABLES else note.field
            self.add_error(field if field in self.fields else None, ValidationError(words))


class NewCaseForm(forms.Form):
    """Begin a case: its title, and the community if the person acts for several."""

    title = forms.CharField(label=_("Title"), max_length=40, help_text=_("You can change it later."))
    community = forms.ModelChoiceField(
        label=_("Lead community"),
        queryset=Community.objects.none(),
        to_field_name="code",
        empty_label=None,
        widget=forms.RadioSelect,
    )
    season = forms.ModelChoiceField(
        label=_("Season"),
        queryset=Season.objects.none(),
        to_field_name="code",
        empty_label=None,
        widget=forms.RadioSelect,
    )

    def __init__(self, data: Any, communities: Any, seasons: Any) -> None:
        super().__init__(data)
        self.only = {"community": list(communities), "season": list(seasons)}
        for name, rows in (("community", communities), ("season", seasons)):
            self.fields[name].queryset = rows
            if len(self.only[name]) == 1:
                del self.fields[name]

    def chosen(self, name: str) -> Any:
        """The community or season chosen, or the only one there is."""
        return self.cleaned_data[name] if name in self.fields else self.only[name][0]


class WithdrawForm(forms.Form):
    """Why a case is withdrawn."""

    reason = forms.CharField(
        label=_("Reason"), required=False, max_length=300, widget=forms.Textarea(attrs={"rows": "3"})
    )


class ScreeningForm(forms.Form):
    """The office's reasons: one box a field, one for the whole, and the points of the season's checklist."""

    def __init__(self, data: Any, names: Iterable[str], checklist: Iterable[tuple[str, str]]) -> None:
        super().__init__(data)
        self.points = [point for point, _words in checklist]
        for position, (_point, words) in enumerate(checklist):
            self.fields[f"point_{position}"] = forms.BooleanField(label=words, required=False)
        for name in names:
            self.fields[f"reason_{name}"] = self.box(
                _("Reason at “%(field)s”") % {"field": OTHER_WORDS.get(name) or label(name)}, rows=2
            )
        self.fields["reason"] = self.box(_("Reason for the whole case"), rows=4)

    @staticmethod
    def box(words: str, rows: int) -> forms.CharField:
        return forms.CharField(
            label=words, required=False, max_length=500, widget=forms.Textarea(attrs={"rows": str(rows)})
        )

    @property
    def reasons(self) -> dict[str, str]:
        """Field -> reason, "" for the whole case; only what was written."""
        found = {name.removeprefix("reason").removeprefix("_"): text for name, text in self.texts()}
        return {name: text for name, text in found.items() if text}

    def texts(self) -> Iterable[tuple[str, str]]:
        return ((name, text) for name, text in self.cleaned_data.items() if name.startswith("reason"))

    @property
    def checked(self) -> list[str]:
        """The points of the checklist that were ticked."""
        return [p for i, p in enumerate(self.points) if self.cleaned_data.get(f"point_{i}")]

    @property
    def unchecked(self) -> list[str]:
        """The fields of those points that were not."""
        return [f"point_{i}" for i in range(len(self.points)) if not self.cleaned_data.get(f"point_{i}")]
