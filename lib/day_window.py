"""Hours of a day, as people write them in a setting."""

from datetime import time


def parse(text: str) -> tuple[time, time]:
    """The two times of "06:00-21:00"; 24:00 is the end of the day. ValueError unless the first is before the second."""
    since, until = (part.strip() for part in text.split("-"))
    found = time.fromisoformat(since), time.max if until == "24:00" else time.fromisoformat(until)
    if found[0] >= found[1]:
        raise ValueError(f"{text} is not within one day")
    return found
