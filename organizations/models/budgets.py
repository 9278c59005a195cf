"""What is true of a project's budget: its lines, exact to the fen, adding up to what the project says."""

from decimal import Decimal
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from organizations.models.organizations import VenturePhilanthropyProject

# Words of what is a fixed asset, unless it is rented, mended or only used up.
ASSETS: Final = (
    "固定资产", "设备购置", "购置设备", "电脑", "计算机", "打印机", "复印机", "空调", "冰箱", "电视机", "投影仪",
    "照相机", "摄像机", "汽车", "电动车", "家具",
)  # fmt: skip
NO_ASSET: Final = ("租", "借", "修", "耗材", "墨", "纸")
FEN: Final = Decimal("0.01")


class BudgetLine(models.Model):
    """One line of a budget in yuan: unit price × quantity is the total, and the total is granted money and own money.

    A deferred trigger holds that the lines of a project add up to its budget and its grant (migration 0003).
    """

    class Category(models.TextChoices):
        PEOPLE = "people", _("people: fees and allowances")
        ACTIVITY = "activity", _("activities")
        MATERIAL = "material", _("materials used up")
        VENUE = "venue", _("venue and rent")
        TRAVEL = "travel", _("transport and meals")
        PUBLICITY = "publicity", _("publicity and printing")
        TRAINING = "training", _("training and expert advice")
        INSURANCE = "insurance", _("insurance")
        MANAGEMENT = "management", _("management and taxes")
        OTHER = "other", pgettext_lazy("budget", "other")

    project = models.ForeignKey(VenturePhilanthropyProject, models.CASCADE, related_name="budget_lines")
    position = models.PositiveSmallIntegerField()
    category = models.CharField(_("category"), max_length=12, choices=Category.choices)
    item = models.CharField(_("item"), max_length=60)
    unit_price = models.DecimalField(
        _("unit price (yuan)"), max_digits=10, decimal_places=2, validators=[MinValueValidator(FEN)]
    )
    unit = models.CharField(_("unit"), max_length=12)
    quantity = models.DecimalField(
        _("quantity"), max_digits=8, decimal_places=2, validators=[MinValueValidator(FEN)]
    )
    total = models.DecimalField(_("total (yuan)"), max_digits=12, decimal_places=2)
    granted = models.DecimalField(
        _("granted (yuan)"), max_digits=12, decimal_places=2, validators=[MinValueValidator(0)]
    )
    own = models.DecimalField(
        _("own money (yuan)"), max_digits=12, decimal_places=2, validators=[MinValueValidator(0)]
    )
    remark = models.CharField(pgettext_lazy("budget", "remark"), max_length=120, blank=True)

    class Meta:
        ordering = ["project", "position"]
        verbose_name = _("budget line")
        constraints = [
            models.UniqueConstraint(fields=["project", "position"], name="one_budget_line_at_a_position"),
            models.CheckConstraint(
                condition=Q(unit_price__gt=0, quantity__gt=0, granted__gte=0, own__gte=0),
                name="budget_amounts_are_amounts",
            ),
            models.CheckConstraint(
                condition=Q(total=F("unit_price") * F("quantity")), name="budget_total_is_price_by_quantity"
            ),
            models.CheckConstraint(
                condition=Q(total=F("granted") + F("own")), name="budget_total_is_granted_and_own"
            ),
        ]

    def __str__(self) -> str:
        return (
            f"{self.item} {self.unit_price} × {self.quantity.normalize():f} {self.unit} = {self.total} "
            f"({self.granted} + {self.own})"
        )

    def clean(self) -> None:
        """Work the total out, exactly, and hold it against granted and own money. Raises: ValidationError by field."""
        super().clean()
        errors: dict[str, Any] = {}
        for name in ("unit_price", "quantity", "granted", "own"):
            if (amount := getattr(self, name)) is not None and amount == amount.quantize(FEN):
                setattr(self, name, amount.quantize(FEN))
        if is_asset(self.item):
            errors["item"] = _("Fixed assets are not part of such a budget: rent them, or take them out.")
        if self.unit_price is not None and self.quantity is not None:
            exact = self.unit_price * self.quantity
            if exact != exact.quantize(FEN):
                errors["quantity"] = _("%(total)s yuan is no whole number of fen.") % {
                    "total": exact.normalize()
                }
            elif self.granted is not None and self.own is not None and exact != self.granted + self.own:
                errors["granted"] = _(
                    "Unit price × quantity is %(total)s yuan, granted and own money are %(parts)s."
                ) % {"total": exact.quantize(FEN), "parts": self.granted + self.own}
            self.total = exact.quantize(FEN)
        if errors:
            raise ValidationError(errors)


def is_asset(item: str) -> bool:
    """Whether a line names what is bought to stay."""
    return any(word in item for word in ASSETS) and not any(word in item for word in NO_ASSET)
