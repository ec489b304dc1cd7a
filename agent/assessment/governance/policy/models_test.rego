package figwright.models_test

import data.figwright.models
import rego.v1

plan := {"personal": {"customers": ["contact"]}}

good := {
	"name": "drafts", "tables": ["customers"], "decides_about_people": false, "data_approved_by": "data protection", "region": "eu",
	"evaluation": {"set": "40 examples"}, "output_checked_by": "schema and a clerk", "can_be_switched_off": true,
}

test_a_whole_declaration_passes if count(models.violations(good, plan)) == 0

test_an_empty_one_fails_on_every_count if count(models.violations({}, plan)) == 4

test_personal_data_needs_approval_and_a_place if {
	count(models.violations(object.remove(good, ["data_approved_by"]), plan)) == 1
	count(models.violations(object.remove(good, ["region"]), plan)) == 1
	count(models.violations(object.union(object.remove(good, ["region"]), {"redacted": true}), plan)) == 0
}

test_other_data_needs_neither if {
	count(models.violations(object.union(object.remove(good, ["region", "data_approved_by"]), {"tables": ["products"]}), plan)) == 0
}

test_decisions_about_people_need_an_evaluation_for_bias if {
	count(models.violations(object.union(good, {"decides_about_people": true}), plan)) == 1
	count(models.violations(object.union(good, {"decides_about_people": true, "evaluation": {"set": "40", "bias": "by age and sex"}}), plan)) == 0
}
