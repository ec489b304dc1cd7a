terraform {
  required_providers {
    azurerm = {
      source  = "hashicorp/azurerm"
      version = ">= 4.0"
    }
  }
}

variable "subscription_id" {
  description = "/subscriptions/..."
  type        = string
}

variable "start" {
  description = "The first day of the month that the budget begins in, as 2026-01-01T00:00:00Z."
  type        = string
}

resource "azurerm_consumption_budget_subscription" "monthly" {
  name            = "${var.name}-monthly"
  subscription_id = var.subscription_id
  amount          = var.monthly_budget
  time_grain      = "Monthly"

  time_period {
    start_date = var.start
  }

  dynamic "notification" {
    for_each = var.alert_shares
    content {
      threshold      = notification.value * 100
      operator       = "GreaterThan"
      contact_emails = var.notify
    }
  }
}
