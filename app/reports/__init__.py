"""Figures for those who watch: from the rows; what is kept in memory is compared with them."""
