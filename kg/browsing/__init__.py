"""Browsing: the things of a version by kind, what they can be chosen by, and how many there are of each."""
