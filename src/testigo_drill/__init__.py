"""A synthetic election whose truth is known: register, votes, sheets, photographs of them, a second table, troubles.

A package of its own, so that what reads photos never learns from the code that makes them.
"""
