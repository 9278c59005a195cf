"""Parse what is typed about social workers and grids."""

from typing import Any

from django import forms
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from communities.forms.registers import RegisterForm
from communities.models import Grid, SocialWorker
from goldidea.lib.personal import e164, masked


class WorkerForm(RegisterForm):
    """A social worker; the phone that is known is shown masked and kept unless another is typed."""

    phone = forms.CharField(
        label=_("Mobile phone"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
        help_text=_("Shown in part only. Never published."),
    )

    class Meta:
        model = SocialWorker
        fields = ["name", "phone", "certificate", "since", "until"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.known = self.instance.phone
        self.initial["phone"] = ""
        if self.known:
            self.fields["phone"].help_text = _(
                "%(phone)s is known. Leave it empty to keep it; type another to replace it."
            ) % {"phone": masked(self.known)}
        if not self.instance.until:  # a last day has a page of its own: grids become vacant with it
            del self.fields["until"]

    def clean_phone(self) -> str:
        typed = self.cleaned_data["phone"].strip()
        return e164(typed) if typed else self.known


class GridForm(RegisterForm):
    """A grid of one community: what it is part of and who answers for it are chosen from that community's."""

    class Meta:
        model = Grid
        fields = ["level", "number", "name", "parent", "scope", "households", "worker"]
        widgets = {"level": forms.RadioSelect, "scope": forms.Textarea(attrs={"rows": "3"})}
        help_texts = {
            "level": _(
                "A large grid holds grids; a grid holds segments, which are buildings or groups of them."
            ),
            "number": _("As the community numbers its grids, like 1, 1-2 or 330102001001-01."),
            "name": _("Like 第一网格."),
            "parent": _("For a grid its large grid, if there is one; for a segment its grid."),
            "scope": _("Like 清波街 1–15 号，柳浪新村 2、3 幢."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        here = self.instance.community
        self.fields["level"].choices = Grid.Level.choices
        parent, worker = self.fields["parent"], self.fields["worker"]
        above = Q(ended_on=None) & ~Q(level=Grid.Level.SEGMENT) & ~Q(pk=self.instance.pk)
        parent.queryset = Grid.objects.filter(above, community=here).order_by("sort_key")
        parent.to_field_name, parent.empty_label = "code", _("nothing")
        parent.label_from_instance = lambda grid: f"{grid} · {grid.get_level_display()}"
        present = Q(until=None) | Q(until__gte=timezone.localdate()) | Q(pk=self.instance.worker_id)
        worker.queryset = SocialWorker.objects.filter(present, community=here).order_by("sort_key")
        worker.to_field_name, worker.empty_label = "code", _("nobody yet")
        for name in ("parent", "worker"):
            chosen = getattr(self.instance, name)
            self.initial[name] = chosen.code if chosen else None


class LastDayForm(forms.Form):
    """The day on which something ends."""

    on = forms.DateField(label=_("Last day"))

    say = RegisterForm.say


class PhoneReasonForm(forms.Form):
    """Why the whole phone is needed."""

    reason = forms.CharField(
        label=_("Why do you need the whole phone?"),
        help_text=_("Recorded with your name and the time."),
        min_length=4,
        max_length=200,
    )
