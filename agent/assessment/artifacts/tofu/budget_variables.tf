variable "name" {
  type = string
}

variable "monthly_budget" {
  type = number
}

variable "alert_shares" {
  type = list(number)
}

variable "notify" {
  type = list(string)
}
