from oversight.models.finding import Finding, Response, Return
from oversight.models.invariant import InvariantRun
from oversight.models.team import Membership, Team

__all__ = ["Finding", "InvariantRun", "Membership", "Response", "Return", "Team"]
