"""testigo counts an election from photographs of its tally sheets, and lets anyone check the count."""

__version__ = "0.3.0"
