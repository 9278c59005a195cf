"""What every template knows: the reader's preferences."""

from dataclasses import dataclass

from django.http import HttpRequest

CHOICES = {"text": ("normal", "large", "elder"), "theme": ("", "light", "dark"), "contrast": ("", "more")}


@dataclass(frozen=True, slots=True)
class Preferences:
    """Size of the text, theme and contrast: remembered in one cookie each."""

    text: str = "normal"
    theme: str = ""
    contrast: str = ""


def preferences(request: HttpRequest) -> Preferences:
    """The reader's preferences; an unknown value counts as none."""
    given = {name: request.COOKIES.get(name, "") for name in CHOICES}
    return Preferences(**{name: value for name, value in given.items() if value in CHOICES[name] and value})


def page(request: HttpRequest) -> dict[str, object]:
    """Context processor: `prefs`."""
    return {"prefs": preferences(request)}
