"""Personal data as staff see it where they need not know whose it is."""

DOTS = "•••"


def address(text: str) -> str:
    """An e-mail address with its first letters and its last label alone: a•••@g•••.com."""
    name, _at, host = text.rpartition("@")
    return f"{name[:1]}{DOTS}@{host[:1]}{DOTS}.{host.rpartition('.')[2]}"


def number(text: str) -> str:
    """A participant number with its first two characters alone."""
    return text[:2] + DOTS
