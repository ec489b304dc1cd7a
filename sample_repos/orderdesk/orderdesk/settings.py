# -*- coding: utf-8 -*-
#
# OrderDesk settings. There is ONE live box (hps-app1), so this file is the
# configuration. If you need something else on your machine change it and do not
# commit it.   -- GH, 2014
#
# 2019-02 mt: yes I know. There was a ticket for environment variables (OD-1102),
# it got closed with "works".

COMPANY_NAME = "HP Trade Supply"
COMPANY_VAT_NO = "GB000000000"
COMPANY_COUNTRY = "GB"
BASE_CURRENCY = "GBP"

# --- database -----------------------------------------------------------------
DB_URL = "sqlite:////srv/orderdesk/data/orderdesk.db"
# old MySQL 5.1, switched off after the disk died (OD-388). Keep for the dump script
# DB_URL = "mysql://orderdesk:orderdesk@hps-db1/orderdesk?charset=utf8"

SECRET_KEY = "change-me-not-a-real-key-hps-2013"

# --- mail ---------------------------------------------------------------------
SMTP_HOST = "mail.hptrade.example"
SMTP_PORT = 25
SMTP_USER = "orderdesk"
SMTP_PASSWORD = "not-a-real-password-Smtp!2016"
MAIL_FROM = "orders@hptrade.example"
MAIL_BCC_ALWAYS = "archive@hptrade.example"
CREDIT_CONTROL_MAIL = "credit@hptrade.example"
PURCHASING_MAIL = "purchasing@hptrade.example"

# --- freight partner (Norfreight) -----------------------------------------------
# "share" = the mounted folder, "ftp" = push it ourselves. The share goes away
# every time they patch their server, then switch to ftp and tell Norfreight.
PARTNER_TRANSPORT = "share"
PARTNER_FTP_HOST = "ftp.norfreight.example"
PARTNER_FTP_USER = "hps0042"
PARTNER_FTP_PASSWORD = "not-a-real-password-Nf0042x!"
PARTNER_OUT_DIR = "/mnt/norfreight/out"
PARTNER_IN_DIR = "/mnt/norfreight/in"
PARTNER_ARCHIVE_DIR = "/srv/orderdesk/partner_archive"
PARTNER_CUSTOMER_CODE = "HPS0042"

# --- exchange rates: plain http, their https certificate ran out in 2017 (OD-911)
RATE_API_URL = "http://rates.tradefeed.example/v1/latest"
RATE_API_TIMEOUT = 8

# --- local disk -------------------------------------------------------------------
UPLOAD_DIR = "/srv/orderdesk/uploads"
LOG_DIR = "/var/log/orderdesk"
UPLOAD_EXTENSIONS = ("pdf", "png", "jpg", "jpeg", "csv", "txt")

# --- business switches --------------------------------------------------------------
DEFAULT_WAREHOUSE = "MAIN"
PAGE_SIZE = 50
QUOTE_VALID_DAYS = 30
SMALL_ORDER_LIMIT = 150.00
SMALL_ORDER_CHARGE = 9.50
CREDIT_TOLERANCE_PCT = 5
DUNNING_DAYS = (14, 30, 45)
DUNNING_FEES_PENCE = (0, 1500, 4000)

# Month end rehearsal (OD-640): set to e.g. "2018-03-31" and the system believes it.
FROZEN_DATE = None
