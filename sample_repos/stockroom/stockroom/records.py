# Records with declared fields: goods-in files, wave sheets, import lines.
# The metaclass collects the fields; do not touch (sj left in 2013).
import types
import UserDict


class RecordError(ValueError):
    pass


class Field:
    counter = 0

    def __init__(self, convert=str, required=0, default=None):
        self.convert = convert
        self.required = required
        self.default = default
        Field.counter += 1
        self.order = Field.counter

    def clean(self, name, value):
        if value is None or value == '':
            if self.required:
                raise RecordError, '%s is missing' % name
            return self.default
        try:
            return self.convert(value)
        except (ValueError, TypeError), e:
            raise RecordError, '%s: %s' % (name, e)


class Number(Field):
    def __init__(self, required=0, default=0, least=None):
        Field.__init__(self, int, required, default)
        self.least = least

    def clean(self, name, value):
        number = Field.clean(self, name, value)
        if self.least is not None and number < self.least:
            raise RecordError, '%s is less than %d' % (name, self.least)
        return number


class RecordType(type):
    def __new__(cls, name, bases, attrs):
        fields = []
        for base in bases:
            fields.extend(getattr(base, 'fields', []))
        mine = filter(lambda (n, f): isinstance(f, Field), attrs.items())
        mine.sort(lambda a, b: cmp(a[1].order, b[1].order))
        fields.extend(mine)
        for n, f in mine:
            del attrs[n]
        attrs['fields'] = fields
        return type.__new__(cls, name, bases, attrs)


class Record(object):
    __metaclass__ = RecordType

    def __init__(self, **values):
        for name, field in self.fields:
            setattr(self, name, field.clean(name, values.get(name)))
        unknown = [n for n in values.keys() if n not in dict(self.fields)]
        if unknown:
            unknown.sort()
            raise RecordError, 'unknown: %s' % ', '.join(unknown)

    @classmethod
    def names(cls):
        return map(lambda (name, field): name, cls.fields)

    def values(self):
        return map(lambda name: getattr(self, name), self.names())

    def __cmp__(self, other):
        return cmp(self.values(), other.values())

    def __nonzero__(self):
        return len(filter(None, self.values())) > 0

    def __unicode__(self):
        return u' '.join([unicode(v) for v in self.values()])

    def __hash__(self):
        return hash(tuple(self.values()))


class Defaults(UserDict.UserDict):
    """A dict that says 0 for what it does not have; counts by key"""

    def __getitem__(self, key):
        return self.data.get(key, 0)

    def add(self, key, n=1):
        self.data[key] = self[key] + n

    def biggest(self):
        pairs = [(n, key) for key, n in self.data.iteritems()]
        if not pairs:
            return None
        return max(pairs)[1]


class CaseDict(UserDict.DictMixin):
    """Header names of the import files, 'Sku' or 'SKU ' is all the same"""

    def __init__(self, values=None):
        self._values = {}
        if values:
            self.update(values)

    def _key(self, key):
        if type(key) is types.StringType or type(key) is types.UnicodeType:
            return key.strip().lower()
        return key

    def __getitem__(self, key):
        return self._values[self._key(key)]

    def __setitem__(self, key, value):
        self._values[self._key(key)] = value

    def __delitem__(self, key):
        del self._values[self._key(key)]

    def keys(self):
        return self._values.keys()
