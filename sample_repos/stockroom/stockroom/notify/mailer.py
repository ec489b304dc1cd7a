"""Mail with smtplib. Our own, the library that was wanted in 2010 needed 2.6."""
import smtplib
from email.MIMEText import MIMEText
from email.Header import Header, decode_header
from email.Utils import formatdate, parseaddr

from stockroom import config, util


def message(recipient, subject, body):
    if isinstance(body, unicode):
        body = body.encode('utf-8')
    mail = MIMEText(body, 'plain', 'utf-8')
    mail['From'] = config.get('mail', 'from')
    mail['To'] = recipient
    mail['Subject'] = Header(util.to_unicode(subject), 'utf-8')
    mail['Date'] = formatdate(util.now())
    return mail


def body_of(mail):
    """Text of a mail as UTF-8"""
    return mail.get_payload(decode=True)


def subject_of(mail):
    parts = []
    for text, charset in decode_header(str(mail['Subject'])):
        if charset is None:
            charset = 'ascii'
        parts.append(unicode(text, charset))
    return u''.join(parts).encode('utf-8')


def valid(address):
    name, address = parseaddr(address)
    return address.count('@') == 1 and '.' in address.split('@')[1] and ' ' not in address


def send(recipient, subject, body):
    mail = message(recipient, subject, body)
    server = smtplib.SMTP(config.get('mail', 'host'), config.get_int('mail', 'port', 25))
    try:
        server.sendmail(mail['From'], [recipient], mail.as_string())
    finally:
        server.quit()
