"""Parse the answer of the second person."""

from django import forms
from django.utils.translation import gettext_lazy as _


class DeclineForm(forms.Form):
    """Why not."""

    remark = forms.CharField(
        label=_("Remark"),
        help_text=_("The person who asked reads this."),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": "3"}),
    )
