"""Accounts. A person's name, phone and e-mail live here and nowhere in the evidence, which points to `person_key`."""

import uuid
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.querysets import ApiTokenQuerySet, UserQuerySet
from goldidea.lib.chinese import sort_key
from goldidea.lib.codes import CodeField
from goldidea.lib.models import ClockTimestamp
from goldidea.lib.personal import EncryptedTextField, keyed_hash
from goldidea.lib.verdict import ALLOWED, Verdict


class UserManager(BaseUserManager["User"].from_queryset(UserQuerySet)):  # type: ignore[misc]
    """Makes accounts; there are no superusers."""

    def create_user(self, username: str, name: str, password: str | None = None, **values: Any) -> "User":
        """An account; without a password it can be activated by a slip only."""
        user = self.model(username=self.model.normalize_username(username), name=name, **values)
        user.set_password(password)
        user.full_clean(exclude=["password"])
        user.save()
        return user


class User(AbstractBaseUser):
    """A person who signs in.

    `kind` keeps the two doors apart: a *person* signs in with a password and may hold appointments; a *judge*
    account is opened by a printed card for one round and never holds an appointment.
    """

    class Kind(models.TextChoices):
        PERSON = "person", _("person")
        JUDGE = "judge", _("judge")

    code = CodeField()
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.PERSON)
    username = models.CharField(_("sign-in name"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=80)
    sort_key = models.CharField(max_length=200, blank=True, editable=False)
    phone = EncryptedTextField(_("mobile phone"), blank=True)
    phone_hash = models.CharField(max_length=64, blank=True, editable=False)
    email = models.EmailField(_("e-mail"), blank=True)
    person_key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    is_active = models.BooleanField(_("active"), default=True)
    created_at = models.DateTimeField(db_default=ClockTimestamp())

    objects = UserManager()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["phone_hash"],
                condition=Q(kind="person") & ~Q(phone_hash=""),
                name="one_account_for_a_phone",
                violation_error_message=_("Another account has this phone."),
            ),
            models.UniqueConstraint(
                models.functions.Lower("email"),
                condition=Q(kind="person") & ~Q(email=""),
                name="one_account_for_an_email",
                violation_error_message=_("Another account has this e-mail address."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_full_name(self) -> str:
        return self.name

    @property
    def is_activated(self) -> bool:
        """Whether the person has set a password."""
        return self.has_usable_password()

    def clean(self) -> None:
        super().clean()
        self.phone_hash = keyed_hash(self.phone) if self.phone else ""

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.phone_hash = keyed_hash(self.phone) if self.phone else ""
        self.sort_key = sort_key(self.name)
        super().save(*args, **kwargs)


class ActivationSlip(models.Model):
    """A printed slip with a one-time code that sets a password: a season runs without SMS and e-mail.

    Only a keyed hash of the code is stored; a new slip revokes the earlier ones of its account.
    """

    code = CodeField()
    user = models.ForeignKey(User, models.CASCADE, related_name="slips")
    # Slips printed together; a sheet is printed once, and its address shows no code a second time.
    sheet = models.UUIDField(null=True, blank=True, db_index=True)
    secret_hash = models.CharField(max_length=64)
    issued_by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True, blank=True)
    issued_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user"],
                condition=Q(used_at=None, revoked_at=None),
                name="one_live_slip_for_an_account",
            )
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.code}"


class SignInFailure(models.Model):
    """A refused attempt to sign in, by account and by address (both as keyed hashes).

    Limits are counted here, never in a cache: a flushed Redis unlocks nothing. `door` is password, slip, card, code
    or factor.
    """

    door = models.CharField(max_length=10)
    account_hash = models.CharField(max_length=64)
    address_hash = models.CharField(max_length=64)
    at = models.DateTimeField(db_default=ClockTimestamp())

    class Meta:
        indexes = [
            models.Index(fields=["door", "account_hash", "-at"]),
            models.Index(fields=["door", "address_hash", "-at"]),
        ]

    def __str__(self) -> str:
        return f"{self.door} {self.at}"


class SignInCode(models.Model):
    """A one-time code that was asked for, by phone or e-mail, whether an account answers to the name or not.

    The code itself stands nowhere: it is derived from `seed` under PERSONAL_DATA_KEY (accounts/actions/codes.py).
    """

    class Channel(models.TextChoices):
        PHONE = "phone", _("mobile phone")
        EMAIL = "email", _("e-mail")

    code = CodeField()
    # None: nobody goes by the name that was typed. The row is made all the same, so that the answer is.
    user = models.ForeignKey(User, models.CASCADE, related_name="+", null=True, blank=True)
    channel = models.CharField(max_length=10, choices=Channel.choices, blank=True)
    language = models.CharField(max_length=10)
    seed = models.CharField(max_length=64)
    typed_hash = models.CharField(max_length=64)
    address_hash = models.CharField(max_length=64)
    asked_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    used_at = models.DateTimeField(null=True, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)

    class Meta:
        indexes = [
            models.Index(fields=["typed_hash", "-asked_at"]),
            models.Index(fields=["address_hash", "-asked_at"]),
            models.Index(fields=["user", "-asked_at"]),
            models.Index(fields=["asked_at"], condition=Q(sent_at=None), name="codes_to_send"),
        ]

    def __str__(self) -> str:
        return self.code


class ApiToken(models.Model):
    """What a program reads the API with: public things only, as far as its scopes name them.

    Made by a district's staff for their district (its short name), shown once, kept as a keyed hash. It is nobody's
    sign-in: it writes nothing, and it ends when it expires, is revoked, or its maker's account is disabled.
    `client_key` is the form's: a form sent twice makes one token.
    """

    class Scope(models.TextChoices):
        NAMES = "names:read", _("names of districts and sub-districts")
        SEASONS = "seasons:read", _("seasons")
        CASES = "cases:read", _("cases of opened rounds")
        RESULTS = "results:read", _("published results and notices")

    code = CodeField()
    district = models.CharField(max_length=20)
    name = models.CharField(_("what it is for"), max_length=60)
    token_hash = models.CharField(max_length=64, unique=True)
    scopes = ArrayField(models.CharField(max_length=20, choices=Scope.choices), verbose_name=_("may read"))
    client_key = models.UUIDField(unique=True)
    made_by = models.ForeignKey(User, models.PROTECT, related_name="api_tokens")
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField(_("good until"))
    used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = ApiTokenQuerySet.as_manager()

    class Meta:
        ordering = ["-made_at"]

    def __str__(self) -> str:
        return self.name

    def allows(self, scope: str, district: Any) -> Verdict:
        """Whether a program with this token may read what needs `scope`, in this district (None: in none)."""
        if scope not in self.scopes:
            return Verdict(
                _("This token does not cover it: it needs the scope %(scope)s.") % {"scope": scope}
            )
        if district is not None and district.slug != self.district:
            return Verdict(_("This token was made for another district."))
        return ALLOWED
