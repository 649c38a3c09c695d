"""Articles, and finding the passage that answers what somebody has just written."""
