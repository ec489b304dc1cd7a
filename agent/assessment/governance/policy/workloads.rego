# What no manifest of the plan may ask for. input: one Kubernetes object, as JSON.
package figwright.workloads

import rego.v1

spec_of(object_) := object_.spec.template.spec if object_.kind in {"Deployment", "StatefulSet", "DaemonSet", "Job"}

spec_of(object_) := object_.spec.jobTemplate.spec.template.spec if object_.kind == "CronJob"

containers(object_) := array.concat(object.get(spec_of(object_), "containers", []), object.get(spec_of(object_), "initContainers", []))

pinned(image) if contains(image, "@sha256:")

pinned(image) if {
	last := split(image, "/")[count(split(image, "/")) - 1]
	parts := split(last, ":")
	count(parts) == 2
	parts[1] != "latest"
}

secret_words := {"PASSWORD", "SECRET", "TOKEN", "APIKEY", "API_KEY", "PRIVATE_KEY"}

violations(object_) := {msg |
	some container in containers(object_)
	not pinned(container.image)
	msg := sprintf("%s: image %s has no fixed version", [container.name, container.image])
} | {msg |
	some container in containers(object_)
	object.get(object.get(container, "securityContext", {}), "privileged", false) == true
	msg := sprintf("%s: runs privileged", [container.name])
} | {msg |
	some container in containers(object_)
	object.get(object.get(object.get(container, "resources", {}), "limits", {}), "memory", "") == ""
	msg := sprintf("%s: has no memory limit", [container.name])
} | {msg |
	some container in containers(object_)
	some variable in object.get(container, "env", [])
	object.get(variable, "value", "") != ""
	some word in secret_words
	contains(upper(variable.name), word)
	msg := sprintf("%s: %s is written in the manifest", [container.name, variable.name])
}

deny := violations(input)
