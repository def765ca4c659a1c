from supervision.ratings.models import BadCase, Chance, Rating, RatingAuthor
from supervision.warnings.models import Warning

__all__ = ["BadCase", "Chance", "Rating", "RatingAuthor", "Warning"]
