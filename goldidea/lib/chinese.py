"""Chinese text that the database cannot sort: embedded PostgreSQL has no Chinese collation."""

from pypinyin import lazy_pinyin


def sort_key(text: str) -> str:
    """The pinyin of `text` in lower case, at most 200 characters: stored beside a name, so that lists sort by it."""
    return "".join(lazy_pinyin(text)).lower()[:200]
