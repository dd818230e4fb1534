"""The citable answer: who held a place, in one sentence, with every claim for and against it and the rules applied.

`making.dossier` makes one of a store, `document.document` writes it as JSON-LD, `kept.Shelf` keeps what was cited, and
`citing.cited` answers from a version that somebody cites, as it was, with what has changed since.
"""
