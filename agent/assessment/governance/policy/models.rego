# The gate of an AI workload. input: its declaration; data.plan.personal: tables that hold personal data -> kinds.
#
#   {"name": "reply drafts", "model": "...", "tables": ["customers"], "decides_about_people": false, "data_approved_by": "...",
#    "region": "eu", "redacted": true, "evaluation": {"set": "...", "bias": "...", "date": "..."}, "output_checked_by": "...", "can_be_switched_off": true}
package figwright.models

import rego.v1

told(declaration, key) if object.get(declaration, key, "") != ""

personal(declaration, plan) := {table | some table in object.get(declaration, "tables", []); plan.personal[table]}

violations(declaration, plan) := {msg |
	some table in personal(declaration, plan)
	not told(declaration, "data_approved_by")
	msg := sprintf("%s holds personal data, and nobody approved its use", [table])
} | {msg |
	some table in personal(declaration, plan)
	object.get(declaration, "redacted", false) != true
	not told(declaration, "region")
	msg := sprintf("%s holds personal data that is neither redacted nor bound to a region", [table])
} | {msg |
	object.get(declaration, "decides_about_people", true) == true
	object.get(object.get(declaration, "evaluation", {}), "bias", "") == ""
	msg := "it decides about people (or does not say that it does not), and was not evaluated for bias"
} | {msg |
	object.get(object.get(declaration, "evaluation", {}), "set", "") == ""
	msg := "it was not evaluated on a fixed set of examples"
} | {msg |
	not told(declaration, "output_checked_by")
	msg := "nothing checks its output before it is used"
} | {msg |
	object.get(declaration, "can_be_switched_off", false) != true
	msg := "it cannot be switched off without a release"
}

deny := violations(input, data.plan)
