# Settings. Order: defaults below, /etc/stockroom.cfg, stockroom.cfg beside the
# program. Change nothing here, change the .cfg (and restart, it is read once).
import os
import types
import ConfigParser

DEFAULTS = {
    ('database', 'file'): '/var/lib/stockroom/stockroom.db',
    ('server', 'host'): '0.0.0.0',
    ('server', 'port'): '8090',
    ('server', 'secret'): 'Poole-1987-tarrant',
    ('mail', 'host'): 'mail.tarrant.example',
    ('mail', 'from'): 'stockroom@tarrant.example',
    ('mail', 'buyers'): 'buying@tarrant.example',
    ('carrier', 'tracking_url'): 'http://track.parcelway.example/status',
    ('paths', 'logfile'): '/var/log/stockroom/stockroom.log',
    ('paths', 'snapshots'): '/var/lib/stockroom/snapshots',
}

PLACES = ['/etc/stockroom.cfg', os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), 'stockroom.cfg')]

_parser = None
_overrides = {}


def _load():
    global _parser
    if _parser is None:
        _parser = ConfigParser.ConfigParser()
        _parser.read(PLACES)
    return _parser


def load_text(fp):
    """Settings from an open file, used by the tests and by 'check'"""
    global _parser
    _parser = ConfigParser.SafeConfigParser()
    _parser.readfp(fp)


def get(section, name, default=None):
    if _overrides.has_key((section, name)):
        return _overrides[(section, name)]
    try:
        return _load().get(section, name)
    except (ConfigParser.NoSectionError, ConfigParser.NoOptionError), e:
        if DEFAULTS.has_key((section, name)):
            return DEFAULTS[(section, name)]
        if default is not None:
            return default
        raise KeyError, 'no setting %s.%s (%s)' % (section, name, e)


def get_int(section, name, default=None):
    value = get(section, name, default)
    if type(value) in (types.StringType, types.UnicodeType):
        # some .cfg files have the port in quotes
        value = int(value.strip('\'" '), 10)
    return value


def put(section, name, value):
    _overrides[(section, name)] = value


def forget():
    global _parser
    _parser = None
    _overrides.clear()


def sections():
    names = _load().sections()
    names.sort()
    return names


if __name__ == '__main__':
    for s in sections():
        print '[%s]' % s
        for n, v in _load().items(s):
            if n in ('password', 'secret'):
                v = '*' * len(v)
            print '   ', n, '=', v
