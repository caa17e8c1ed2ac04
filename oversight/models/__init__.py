from oversight.models.finding import Finding, Response, Return
from oversight.models.flag import Flag, FlagRun
from oversight.models.invariant import InvariantRun
from oversight.models.team import Membership, Team

__all__ = ["Finding", "Flag", "FlagRun", "InvariantRun", "Membership", "Response", "Return", "Team"]
