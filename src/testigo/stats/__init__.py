"""What may be claimed from a collection of sheets: pure, numpy and scipy only; chance comes from a given seed."""
