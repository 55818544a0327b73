"""The commands, a module for each group: imported when called, so that each starts as fast as it can."""
