from supervision.warnings.models import Warning

__all__ = ["Warning"]
