"""Benchmarks: one script per question, each figure with a control measured in the same run."""
