"""What may be claimed from the sheets of an election: claims in four layers, from columns of figures. Pure."""
