"""The arithmetic of the transparency log: pure, standard library only."""
