"""Mails wait in a table. The nightly run sends them; urgent ones go by a thread."""
import Queue
import threading

from stockroom import db, util
import mailer

urgent = Queue.Queue()
_worker = None


def put(recipient, subject, body):
    if not mailer.valid(recipient):
        util.log('bad address %s', `recipient`)
        return None
    return db.insert('outbox', recipient=recipient, subject=util.to_str(subject), body=util.to_str(body),
                     queued_at=util.stamp())


def waiting():
    return db.query('SELECT * FROM outbox WHERE sent_at IS NULL ORDER BY id')


def flush(send=None):
    """(sent, failed). One that fails is tried again the next night, for ever."""
    sent = failed = 0
    for m in waiting():
        try:
            apply(send or mailer.send, (m.recipient, m.subject, m.body))
        except Exception, e:
            util.log('mail %d: %s', m.id, e)
            failed += 1
            continue
        db.execute('UPDATE outbox SET sent_at = ? WHERE id = ?', util.stamp(), m.id)
        sent += 1
    return sent, failed


def drain(send=None):
    """What is in the queue of this process; returns the subjects"""
    done = []
    while 1:
        try:
            recipient, subject, body = urgent.get_nowait()
        except Queue.Empty:
            break
        (send or mailer.send)(recipient, subject, body)
        done.append(subject)
    return done


def put_urgent(recipient, subject, body):
    """Lost when the process stops (ST-540)"""
    global _worker
    urgent.put((recipient, subject, body))
    if _worker is None or not _worker.isAlive():
        _worker = threading.Thread(target=drain)
        _worker.setDaemon(1)
        _worker.start()


def merge(template, values):
    """'Dear $name' with the old % way: %(name)s; what is missing stays empty"""
    class Empty(dict):
        def __missing__(self, key):
            return ''
    return template % Empty(values)
