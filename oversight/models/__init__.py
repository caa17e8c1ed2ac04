from oversight.models.finding import Finding, Response
from oversight.models.team import Membership, Team

__all__ = ["Finding", "Membership", "Response", "Team"]
