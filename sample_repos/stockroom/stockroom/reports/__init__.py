# reports: what the managers see
