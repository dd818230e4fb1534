"""Bringing in what others recorded: one reader a format, each row accounted for.

A reader turns files into Turtle in the terms of the ontology, in parts that lie in a directory of work
(`kg.ingest.work`), and tells of every row whether it was taken, ignored or rejected, and why (`kg.ingest.report`).
What it makes depends on nothing but its input, so that a run that was killed goes on where it was, and comes to the
same. `kg.ingest.running` checks and publishes the parts as one graph of a data set.
"""
