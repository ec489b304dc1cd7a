terraform {
  required_providers {
    kubernetes = {
      source  = "hashicorp/kubernetes"
      version = "~> 2.30"
    }
  }
}

variable "environment" {
  type = string
}

variable "services" {
  type = map(object({
    memory_mb = number
    cores     = number
    replicas  = number
  }))
}

locals {
  # A quarter of room above the peak, and one replica more than run, so that a release can overlap.
  room     = 1.25
  measured = { for name, need in var.services : name => need if need.memory_mb != null && need.cores != null }
}

resource "kubernetes_namespace_v1" "service" {
  for_each = var.services

  metadata {
    name = "${var.environment}-${each.key}"
    labels = {
      "pod-security.kubernetes.io/enforce" = "restricted"
    }
  }
}

resource "kubernetes_resource_quota_v1" "service" {
  for_each = local.measured

  metadata {
    name      = "quota"
    namespace = kubernetes_namespace_v1.service[each.key].metadata[0].name
  }

  spec {
    hard = {
      "requests.memory" = "${ceil(each.value.memory_mb * local.room * (each.value.replicas + 1))}Mi"
      "requests.cpu"    = "${ceil(each.value.cores * local.room * (each.value.replicas + 1) * 1000)}m"
    }
  }
}

# Nothing may call a service unless a policy says so.
resource "kubernetes_network_policy_v1" "deny" {
  for_each = var.services

  metadata {
    name      = "deny-ingress"
    namespace = kubernetes_namespace_v1.service[each.key].metadata[0].name
  }

  spec {
    pod_selector {}
    policy_types = ["Ingress"]
  }
}
