# What the plan forbids in code: a dependency between services that is new, and a write to a table that another service owns.
# input: what `figwright graph REPO` prints. data.plan: homes of units, what crosses today, owners and today's writers of tables.
#
#   figwright graph . -q > graph.json && opa eval --fail-defined -d policy -i graph.json 'data.figwright.boundaries.deny[_]'
package figwright.boundaries

import rego.v1

shared := "__shared__"

crosses(graph, plan) := {found |
	some edge in graph.edges
	from := plan.homes[edge.source]
	to := plan.homes[edge.target]
	from != to
	from != shared
	to != shared
	found := {"from": from, "to": to, "path": edge.path, "line": edge.line}
}

new_crossings(graph, plan) := {msg |
	some crossing in crosses(graph, plan)
	not crossing.to in object.get(plan.crossings, crossing.from, [])
	msg := sprintf("%s:%d: %s begins to need %s", [crossing.path, crossing.line, crossing.from, crossing.to])
}

foreign_writes(graph, plan) := {msg |
	some edge in graph.edges
	edge.kind == "write"
	startswith(edge.target, "table:")
	table := substring(edge.target, 6, -1)
	writer := plan.homes[edge.source]
	owner := plan.owners[table]
	writer != owner
	not writer in object.get(plan.writers, table, [])
	msg := sprintf("%s:%d: %s begins to write %s, which %s owns", [edge.path, edge.line, writer, table, owner])
}

deny := new_crossings(input, data.plan) | foreign_writes(input, data.plan)
