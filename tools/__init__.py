"""Writes the files of data/ that come from data/tables/."""
