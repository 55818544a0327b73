"""Whether a bundle says what its log says: the algorithm of the verifier, pure, standard library only."""
