"""Controlgraph: who controlled what, when, according to whom.

The library behind the service. It opens a store of versions (`kg.store`), loads Turtle files into named graphs
(`kg.publish`), asks SPARQL questions in child processes that may die without harm (`kg.store.pool`), and checks what
it is given against the ontology's shapes (`kg.validate`).

It never prints, never reads the environment and knows no HTTP.

>>> from kg.store import open_store
>>> store = open_store("store")                              # doctest: +SKIP
>>> store.query("ASK { ?claim a kg:Claim }").text()          # doctest: +SKIP
"""

__version__ = "0.1.0"
