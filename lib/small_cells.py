"""Tables of people by group that point at nobody."""

from collections.abc import Mapping

LEAST = 10  # people in a group that is told


def unsaid(sizes: Mapping[str, int], *, least: int = LEAST) -> set[str]:
    """The groups whose size stays unsaid, so that nobody can be pointed at, alone or by subtraction.

    The whole may be known from elsewhere, so what is unsaid can be computed as the whole less what is said: therefore
    at least two groups are unsaid together, and together they are `least` people or more. An empty group points at
    nobody and may be said.
    """
    hidden = {name for name, size in sizes.items() if 0 < size < least}
    rest = sorted((size, name) for name, size in sizes.items() if size >= least)
    while hidden and (len(hidden) < 2 or sum(sizes[name] for name in hidden) < least):
        if not rest:
            break
        hidden.add(rest.pop(0)[1])
    return hidden
