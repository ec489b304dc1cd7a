"""Mail that a server sent while a test waited: packed as plain data there, given to the test's own stand-ins here."""

# ruff: noqa
# mypy: ignore-errors
import base64
import sys

from . import plain

FLASK = "subject recipients body html sender cc bcc reply_to date charset extra_headers".split()
DJANGO = "subject body from_email to cc bcc reply_to extra_headers".split()


def listen(smtplib, calls):
    """Every call to an SMTP connection is noted in order: (connection, method, arguments, named arguments)."""

    def connection(name):
        class Connection(object):
            esmtp_features, sock, does_esmtp, timeout = {}, None, True, None

            def __init__(self, *args, **more):
                self.number = len(calls)
                note(calls, self.number, name, args, more)

            def __enter__(self):
                note(calls, self.number, "__enter__", (), {})
                return self

            def __exit__(self, *_):
                note(calls, self.number, "__exit__", (None, None, None), {})

            def send_message(self, msg, from_addr=None, to_addrs=None, *_, **__):
                note(calls, self.number, "send_message", (Text(msg.as_string()), from_addr, to_addrs), {})
                return {}

            def sendmail(self, *args, **more):
                note(calls, self.number, "sendmail", args, more)
                return {}

            def __getattr__(self, method):
                if method.startswith("_"):
                    raise AttributeError(method)

                def call(*args, **more):
                    note(calls, self.number, method, args, more)
                    return True if method == "has_extn" else (250, b"OK")

                return call

        Connection.__name__ = name
        return Connection

    for name in ("SMTP", "SMTP_SSL"):
        setattr(smtplib, name, connection(name))


class Text(str):
    """A message as text."""


def note(calls, number, method, args, more):
    try:
        packed = [plain.encode(str(one) if isinstance(one, Text) else one) for one in args]
        named = {name: plain.encode(value) for name, value in more.items()}
    except plain.Opaque:
        packed, named = [], {}
    calls.append([number, method, packed, named])


def play(calls):
    """The same calls on what the test put in the place of smtplib's classes. What that raises leaves here."""
    import smtplib

    made = {}
    for number, method, packed, named in calls:
        args = [plain.decode(one) for one in packed]
        more = {name: plain.decode(value) for name, value in named.items()}
        if method in ("SMTP", "SMTP_SSL"):
            made[number] = getattr(smtplib, method)(*args, **more)
        elif method == "__enter__":
            made[number] = made[number].__enter__()
        else:
            if method == "send_message":
                from email import message_from_string

                args[0] = message_from_string(args[0])
            getattr(made[number], method)(*args, **more)


def plain_fields(message, names):
    found = {}
    for name in names:
        try:
            found[name] = plain.encode(getattr(message, name))
        except Exception:
            continue
    return found


def packed_flask(message):
    found = plain_fields(message, FLASK)
    found["attachments"] = [
        [one.filename, one.content_type, base64.b64encode(as_bytes(one.data)).decode("ascii")]
        for one in getattr(message, "attachments", None) or ()
    ]
    return found


def unpacked_flask(app, found):
    """Tell who listens for sent mail, as the sending itself does."""
    flask_mail = sys.modules["flask_mail"]
    message = flask_mail.Message()
    for name in FLASK:
        if name in found:
            setattr(message, name, plain.decode(found[name]))
    for name, kind, data in found["attachments"]:
        message.attach(name, kind, base64.b64decode(data))
    flask_mail.email_dispatched.send(app, message=message)


def packed_django(message):
    found = plain_fields(message, DJANGO)
    found["subject"], found["body"] = str(message.subject), str(message.body)  # they may be lazy translations
    found["subtype"] = message.content_subtype
    found["alternatives"] = [[str(one[0]), str(one[1])] for one in getattr(message, "alternatives", None) or ()]
    found["attachments"] = [
        [str(one[0]), base64.b64encode(as_bytes(one[1])).decode("ascii"), one[2], isinstance(one[1], str)]
        for one in message.attachments
        if isinstance(one, tuple)
    ]
    return found


def unpacked_django(found):
    from django.core import mail

    fields = {name: plain.decode(found[name]) for name in DJANGO if name in found}
    fields["headers"] = fields.pop("extra_headers", None)
    message = mail.EmailMultiAlternatives(**fields)
    message.content_subtype = found["subtype"]
    for content, kind in found["alternatives"]:
        message.attach_alternative(content, kind)
    for name, data, kind, text in found["attachments"]:
        content = base64.b64decode(data)
        message.attach(name, content.decode("utf-8") if text else content, kind)
    mail.outbox.append(message)


def as_bytes(data):
    return data.encode("utf-8", "surrogateescape") if isinstance(data, str) else bytes(data or b"")
