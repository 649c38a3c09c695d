"""Lists of conversations and tickets: filters, order, search, pages and counts."""
