"""Ihala names: is the person written here the person written there?

A library of pure functions for names in Arabic and Latin script: a letter model learned from attested spellings, search
over a million names in memory, and linking of two lists, also between two parties that do not show each other a name.
It knows nothing of Django or of the rest of Ihala. Importing it is cheap: numpy and numba are loaded by the first
call that needs them. Nothing it makes from a name is written to disk. See docs/names.md for method and figures.
"""
