"""From files to masters and readings."""
