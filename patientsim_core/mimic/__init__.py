"""MIMIC-IV tables and discharge notes -> cases: cohort, sections, what a model reads, splits and personas."""
