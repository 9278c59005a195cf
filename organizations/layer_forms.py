"""Parse what is typed about an organization's layer, and its constitution."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from communities.forms.registers import RegisterForm
from goldidea.lib.papers import Paper, clean_paper
from organizations.models import SocialOrganization

KINDS = ("pdf", "jpg", "docx")


class LayerForm(RegisterForm):
    """Layer, constitution, supervision. `checked` is the paper, if one was attached."""

    paper = forms.FileField(
        label=_("Constitution"),
        required=False,
        max_length=200,
        help_text=_("PDF, docx or a picture, at most 20 MB."),
        widget=forms.FileInput(attrs={"accept": ".pdf,.docx,.jpg,.jpeg,.png,.webp"}),
    )

    class Meta:
        model = SocialOrganization
        fields = ["layer", "constitution_on", "supervision"]
        help_texts = {
            "layer": _(
                "Only where it does not follow from the head office: a group may hang directly on it."
            ),
            "supervision": _(
                "What the constitution lets the head office look at, how often, and who answers for it."
            ),
        }

    field_order = ["layer", "paper", "constitution_on", "supervision"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.checked: Paper | None = None
        if self.instance.parent_id is None:
            del self.fields["layer"]
            del self.fields["supervision"]
        if self.instance.constitution_name:
            self.fields["paper"].help_text = _("%(name)s is attached. Another paper replaces it.") % {
                "name": self.instance.constitution_name
            }

    def clean_paper(self) -> Any:
        upload = self.cleaned_data["paper"]
        if upload:
            self.checked = clean_paper(upload, KINDS)
        return upload
