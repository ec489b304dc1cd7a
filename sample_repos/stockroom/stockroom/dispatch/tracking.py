"""Where is my parcel: asks the carrier over HTTP, XML comes back."""
import urllib
import urllib2
import socket
import xml.etree.cElementTree as ElementTree

from stockroom import config, db, util

# parcel -> (time, status), so that the branches cannot ask twice a minute
_cache = {}
KEEP = 600


class TrackingError(Exception):
    pass


def address(parcel_no):
    return config.get('carrier', 'tracking_url') + '?' + urllib.urlencode({'parcel': parcel_no})


def parse(text):
    """(status, [(when, what)]), the newest first"""
    try:
        root = ElementTree.fromstring(text)
    except SyntaxError, e:
        raise TrackingError, 'answer is not XML: %s' % e
    events = []
    for child in root.getchildren():
        if child.tag == 'event':
            events.append((child.get('at'), util.to_str(child.text)))
    events.sort(lambda a, b: cmp(b[0], a[0]))
    return root.get('status', 'UNKNOWN'), events


def ask(parcel_no, opener=None):
    if _cache.has_key(parcel_no):
        at, status = _cache[parcel_no]
        if util.now() - at < KEEP:
            return status
    open_url = opener or urllib2.urlopen
    try:
        answer = open_url(address(parcel_no))
        status, events = parse(answer.read())
    except (urllib2.URLError, socket.error), e:
        raise TrackingError('no answer: %s' % e)
    _cache[parcel_no] = (util.now(), status)
    db.execute('UPDATE parcels SET track_status = ? WHERE parcel_no = ?', status, parcel_no)
    return status


def forget():
    _cache.clear()
