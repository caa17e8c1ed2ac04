"""How open the selection really is, as numbers that anybody may follow down to the rows they count."""

from oversight.indicators.measures import MEASURES
from oversight.indicators.shape import Measure

__all__ = ["MEASURES", "Measure"]
