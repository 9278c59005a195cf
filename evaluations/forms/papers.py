"""Parse papers, delegations and the reason for taking papers along."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from goldidea.lib.papers import ACCEPT


class PaperForm(forms.Form):
    """One paper and what it is; it stands inside the form of the case."""

    paper = forms.FileField(
        label=_("File"),
        required=False,
        widget=forms.FileInput({"accept": ACCEPT}),
        help_text=_("PDF, picture, docx, xlsx or zip, at most 20 MB. Scans are best as PDF."),
    )
    paper_need = forms.ChoiceField(label=_("What it is"), required=False)

    def __init__(
        self, data: Any, needs: Iterable[tuple[str, str]], problems: Iterable[str] = (), files: Any = None
    ) -> None:
        super().__init__(data, files)
        choices = [(need, capfirst(words)) for need, words in needs]
        self.fields["paper_need"].choices = [*choices, ("", _("another paper"))]
        if self.is_bound:
            self.is_valid()
        for words in problems:
            self.add_error("paper", words)


class SealedForm(forms.Form):
    """The scan of the signed and sealed form."""

    scan = forms.FileField(
        label=_("Scan of the sealed form"),
        widget=forms.FileInput({"accept": ".pdf,.jpg,.jpeg,.png,.webp"}),
        help_text=_("One PDF with all pages, or one picture. At most 20 MB."),
    )

    def refuse(self, error: ValidationError) -> None:
        """What the check of the file said, at its field."""
        self.add_error("scan", error)


class DelegateForm(forms.Form):
    """Which organization writes along."""

    organization = forms.ModelChoiceField(
        label=_("Organization"),
        queryset=None,
        to_field_name="code",
        empty_label=None,
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose one."),
            "invalid_choice": _("Choose one of these organizations."),
        },
    )

    def __init__(self, data: Any, organizations: Any) -> None:
        super().__init__(data)
        self.fields["organization"].queryset = organizations


class TakePapersForm(forms.Form):
    """Why all papers of a round are taken along."""

    reason = forms.CharField(
        label=_("What do you need the papers for?"),
        help_text=_("Recorded with your name and the time."),
        min_length=4,
        max_length=200,
    )
