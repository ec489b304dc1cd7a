# HTML by hand. There was a template engine once (Cheetah), it could not be
# installed on the new machine.
import re
import cgi
import htmlentitydefs

import util

_entity = re.compile('&(#?)([a-zA-Z0-9]+);')

MENU = [
    ('/items', 'Items'),
    ('/stock', 'Stock'),
    ('/purchase', 'Purchase orders'),
    ('/goodsin', 'Goods in'),
    ('/demands', 'Demands'),
    ('/waves', 'Waves'),
    ('/counts', 'Counts'),
    ('/reports', 'Reports'),
]


def escape(value):
    return cgi.escape(util.to_str(value), 1)


def unescape(text):
    """The suppliers' price pages come with &eacute; and &#233;"""
    def replace(match):
        if match.group(1):
            return unichr(int(match.group(2))).encode('utf-8')
        code = htmlentitydefs.name2codepoint.get(match.group(2))
        if code is None:
            return match.group(0)
        return unichr(code).encode('utf-8')
    return _entity.sub(replace, text)


def named(text):
    """The other way round, for mails to suppliers with old programs"""
    out = []
    for c in util.to_unicode(text):
        n = ord(c)
        if n > 127 and htmlentitydefs.codepoint2name.has_key(n):
            out.append('&%s;' % htmlentitydefs.codepoint2name[n])
        elif n > 127:
            out.append('&#%d;' % n)
        else:
            out.append(str(c))
    return ''.join(out)


def tag(name, content='', **attrs):
    names = attrs.keys()
    names.sort()
    text = ''.join([' %s="%s"' % (n.strip('_'), escape(attrs[n])) for n in names])
    return '<%s%s>%s</%s>' % (name, text, content, name)


def link(url, text):
    return tag('a', escape(text), href=url)


def table(heads, rows):
    lines = ['<tr>' + ''.join([tag('th', escape(h)) for h in heads]) + '</tr>']
    for i, cells in enumerate(rows):
        lines.append(tag('tr', ''.join([tag('td', c) for c in cells]), class_=('even', 'odd')[i % 2]))
    return tag('table', '\n'.join(lines))


def page(title, body, login=None):
    menu = ' | '.join([link(url, name) for (url, name) in MENU])
    who = ''
    if login:
        who = tag('p', escape(util.staff_name(login)) + ' ' + link('/logout', 'log out'), class_='who')
    return ('<html><head><title>%s</title></head><body>%s%s<h1>%s</h1>\n%s\n</body></html>'
            % (escape(title), menu, who, escape(title), body))
