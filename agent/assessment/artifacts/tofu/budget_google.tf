terraform {
  required_providers {
    google = {
      source  = "hashicorp/google"
      version = ">= 6.0"
    }
  }
}

variable "billing_account" {
  type = string
}

variable "currency" {
  description = "The currency of the billing account."
  type        = string
}

resource "google_monitoring_notification_channel" "mail" {
  for_each     = toset(var.notify)
  display_name = each.value
  type         = "email"
  labels = {
    email_address = each.value
  }
}

resource "google_billing_budget" "monthly" {
  billing_account = var.billing_account
  display_name    = "${var.name}-monthly"

  amount {
    specified_amount {
      currency_code = var.currency
      units         = tostring(floor(var.monthly_budget))
    }
  }

  dynamic "threshold_rules" {
    for_each = var.alert_shares
    content {
      threshold_percent = threshold_rules.value
    }
  }

  all_updates_rule {
    monitoring_notification_channels = [for channel in google_monitoring_notification_channel.mail : channel.id]
  }
}
