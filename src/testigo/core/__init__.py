"""The rules of the count: pure values and functions, standard library only."""
