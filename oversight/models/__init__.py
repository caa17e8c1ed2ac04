from oversight.models.finding import Finding, Response, Return
from oversight.models.team import Membership, Team

__all__ = ["Finding", "Membership", "Response", "Return", "Team"]
