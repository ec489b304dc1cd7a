"""The nouns of figwright, frozen; and its glossary: one word per concept, the field's own.

assumption        something the user told us (traffic, pins, weights), as opposed to something read from code
bounded-context candidate   a service as proposed from code, until people have agreed on its model
boundary          the line around a candidate service; what crosses it is a crossing
change coupling   files that are committed together more often than chance
crossing          a dependency from a unit of one service to a unit or table of another
data ownership    for each table the one service that may write it
dependency        a directed edge of the graph with file:line and a resolution
entry point       where control comes in from outside: route, job, main, listener
evidence          a place in the code with what stands there and how sure the reading is
facade            what stands in front of the monolith and routes requests to it or to an extracted service
fan-in, fan-out   how many units depend on this one, and on how many it depends
finding           a statement about the system that somebody should act on, with evidence
hotspot           a file that is both complex and often changed
resolution        how sure a dependency is: exact, inferred, ambiguous
runner-up         the second-best home of a contested unit
seam              a place where behaviour can be altered without editing there (Feathers)
shared code       units set apart from every service: library, kernel or glue
snapshot          a repository as it is read: a work tree, a commit, a folder
strangler fig     replacing a system piece by piece behind a facade (Fowler)
symbol            a node of the graph: module, type, function, table, route, template
unit              what boundaries are drawn around: a module (Python, JavaScript), a top-level type (Java)
"""
