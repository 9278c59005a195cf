"""The unified social credit code of registered organizations.

Source: GB 32100-2015, 18 characters, the last one a check character.
"""

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
WEIGHTS = tuple(pow(3, place, 31) for place in range(17))


def check_character(first_17: str) -> str:
    """The 18th character: C18 = 31 − (Σ Ci × 3^(i−1) mod 31) mod 31.

    Raises: ValueError if a character is not in the code's alphabet.
    """
    total = sum(
        ALPHABET.index(character) * weight for character, weight in zip(first_17, WEIGHTS, strict=True)
    )
    return ALPHABET[(31 - total % 31) % 31]


def is_valid(code: str) -> bool:
    """Whether `code` has 18 characters of the alphabet and the right check character."""
    return len(code) == 18 and all(c in ALPHABET for c in code) and check_character(code[:17]) == code[17]
