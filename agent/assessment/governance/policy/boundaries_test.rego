package figwright.boundaries_test

import data.figwright.boundaries
import rego.v1

plan := {
	"homes": {"shop.orders": "orders", "shop.stock": "stock", "shop.text": "__shared__"},
	"crossings": {"orders": ["stock"]},
	"owners": {"stock": "stock"},
	"writers": {"stock": ["stock"]},
}

edge(source, target, kind) := {"edges": [{"source": source, "target": target, "kind": kind, "path": "a.py", "line": 3}]}

test_a_known_crossing_passes if count(boundaries.new_crossings(edge("shop.orders", "shop.stock", "call"), plan)) == 0

test_a_new_crossing_is_denied if {
	boundaries.new_crossings(edge("shop.stock", "shop.orders", "call"), plan) == {"a.py:3: stock begins to need orders"}
}

test_shared_code_may_be_used if count(boundaries.new_crossings(edge("shop.stock", "shop.text", "call"), plan)) == 0

test_the_owner_may_write if count(boundaries.foreign_writes(edge("shop.stock", "table:stock", "write"), plan)) == 0

test_anybody_may_still_read if count(boundaries.foreign_writes(edge("shop.orders", "table:stock", "read"), plan)) == 0

test_a_new_writer_is_denied if {
	boundaries.foreign_writes(edge("shop.orders", "table:stock", "write"), plan) == {"a.py:3: orders begins to write stock, which stock owns"}
}
