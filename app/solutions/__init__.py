"""Solutions: written down, reviewed, proposed to the customer, and answered or left unanswered."""
