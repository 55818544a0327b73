"""The places of an election's people, as one server: phones, desks, board."""
