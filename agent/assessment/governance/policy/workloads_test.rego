package figwright.workloads_test

import data.figwright.workloads
import rego.v1

good := {"name": "app", "image": "shop/app:1.4.2", "resources": {"limits": {"memory": "256Mi"}}, "env": [{"name": "MODE", "value": "x"}]}

deployment(container) := {"kind": "Deployment", "spec": {"template": {"spec": {"containers": [container]}}}}

test_a_plain_workload_passes if count(workloads.violations(deployment(good))) == 0

test_a_moving_image_is_denied if {
	every image in ["app", "app:latest", "host:5000/app"] {
		count(workloads.violations(deployment(object.union(good, {"image": image})))) == 1
	}
}

test_a_digest_passes if count(workloads.violations(deployment(object.union(good, {"image": "app@sha256:0a1b"})))) == 0

test_privileged_is_denied if count(workloads.violations(deployment(object.union(good, {"securityContext": {"privileged": true}})))) == 1

test_no_limit_is_denied if count(workloads.violations(deployment(object.remove(good, ["resources"])))) == 1

test_a_secret_in_the_manifest_is_denied if {
	count(workloads.violations(deployment(object.union(good, {"env": [{"name": "DB_PASSWORD", "value": "x"}]})))) == 1
}

test_a_reference_to_a_secret_passes if {
	reference := {"name": "DB_PASSWORD", "valueFrom": {"secretKeyRef": {"name": "db", "key": "password"}}}
	count(workloads.violations(deployment(object.union(good, {"env": [reference]})))) == 0
}

test_jobs_on_a_schedule_are_looked_into if {
	count(workloads.violations({"kind": "CronJob", "spec": {"jobTemplate": {"spec": {"template": {"spec": {"containers": [object.union(good, {"image": "app"})]}}}}}})) == 1
}
