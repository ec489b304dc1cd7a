# One namespace with quota for each service, on any Kubernetes. Values are in terraform.tfvars.json; what is null there was not
# measured, and gets no quota until it is. For a budget, un-comment the module of your cloud.

terraform {
  required_version = ">= 1.6"
  required_providers {
    kubernetes = {
      source  = "hashicorp/kubernetes"
      version = "~> 2.30"
    }
  }
}

variable "environment" {
  description = "What the namespaces are called after: staging, production."
  type        = string
}

variable "services" {
  description = "Service -> memory (MB) and cores of one replica at peak, and replicas; null where not measured."
  type = map(object({
    memory_mb = number
    cores     = number
    replicas  = number
  }))
}

variable "monthly_budget" {
  description = "The limit a month, in the currency of the account."
  type        = number
}

variable "alert_shares" {
  description = "Shares of the budget at which somebody is told."
  type        = list(number)
}

variable "notify" {
  description = "E-mail addresses that are told."
  type        = list(string)
}

module "services" {
  source      = "./services"
  environment = var.environment
  services    = var.services
}

# module "budget" {
#   source         = "./budget-aws" # or ./budget-azure, ./budget-google
#   name           = var.environment
#   monthly_budget = var.monthly_budget
#   alert_shares   = var.alert_shares
#   notify         = var.notify
# }
