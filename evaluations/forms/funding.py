"""Parse what the district has to give."""

from decimal import Decimal
from typing import Any

from django import forms
from django.core.validators import MinValueValidator
from django.utils.translation import gettext as _

from evaluations.models import FundingPlan

CAP = "cap_"


class FundingForm(forms.ModelForm):
    """Budget, least share, lot, and a cap for each sub-district that has a case in the ranking.

    Args:
        places: (code, name) of those sub-districts.
    """

    class Meta:
        model = FundingPlan
        fields = ("budget", "least_percent", "lot_seed")

    def __init__(self, *args: Any, places: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        caps = self.instance.caps if self.instance.pk else {}
        for code, name in places:
            self.fields[f"{CAP}{code}"] = forms.DecimalField(
                label=_("At most for %(place)s (yuan)") % {"place": name},
                required=False,
                max_digits=12,
                decimal_places=2,
                validators=[MinValueValidator(Decimal(0))],
                initial=caps.get(code),
            )

    @property
    def values(self) -> dict[str, Any]:
        """What the action takes."""
        cleaned = self.cleaned_data
        caps = {
            name.removeprefix(CAP): str(value)
            for name, value in cleaned.items()
            if name.startswith(CAP) and value is not None
        }
        return {**{name: cleaned[name] for name in self.Meta.fields}, "caps": caps}
