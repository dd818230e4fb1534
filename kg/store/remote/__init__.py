"""The store on an engine that exists already: a SPARQL 1.1 endpoint with update, asked over HTTP.

engine      where it is, how it is asked, what this machine keeps of it
dialects    in what engines differ
requests    one request: SPARQLWrapper writes it, a connection that is kept sends it, a deadline ends it
wording     the text of a query, so that every engine reads it as it was read here
reading     in a child process: what a text asks for, and an answer of the engine put into the form that is wanted
pool        queries of strangers and of ours: the child looks at the text, the engine answers, the child reads that
state       what is kept in the engine besides data: the version, its graphs, the journal, who is writing
claims      who writes: one at a time, of all copies
published   the version that the engine has, and what is kept of it here
store       all of it as the store that everything above works with
tables      what is made of a version, and which of it is still right for a later one
working     the whole copy of the data on a machine that writes
difference  what an update has to say, so that the engine has the version that was made here
writing     a version that was made here, put into the engine as one update, or staged
placing     what was staged, put in place
"""
