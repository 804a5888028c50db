"""Pages of the review desk, and what authors see of it."""
