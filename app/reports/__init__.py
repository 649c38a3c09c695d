"""Figures for those who watch: recounted from the rows, never kept beside them."""
