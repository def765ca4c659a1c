from approvals.kickoff.models import Kickoff

__all__ = ["Kickoff"]
