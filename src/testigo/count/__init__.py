"""Whole-election questions asked of columns: pure, polars only."""
