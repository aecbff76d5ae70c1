"""Evaluation: one file a metric (what it asks, the verdict it reads, its arithmetic), and what they share."""
