# Request and answer. WSGI only, under mod_wsgi 3.4.
import cgi
import types
import Cookie
import urllib
import urlparse

import util

STATUS = {200: 'OK', 302: 'Found', 400: 'Bad Request', 401: 'Unauthorized', 403: 'Forbidden', 404: 'Not Found',
          405: 'Method Not Allowed', 500: 'Internal Server Error'}


class HttpError(Exception):
    def __init__(self, code, message=''):
        Exception.__init__(self, code, message)
        self.code = code
        self.message = message


class Redirect(Exception):
    def __init__(self, url):
        Exception.__init__(self, url)
        self.url = url


class Request:
    def __init__(self, environ):
        self.environ = environ
        self.method = environ.get('REQUEST_METHOD', 'GET')
        self.path = environ.get('PATH_INFO', '/')
        self.login = None
        self._form = None
        self.cookies = Cookie.SimpleCookie(environ.get('HTTP_COOKIE', ''))

    def query(self):
        return urlparse.parse_qs(self.environ.get('QUERY_STRING', ''))

    def form(self):
        if self._form is None:
            length = util.as_int(self.environ.get('CONTENT_LENGTH'))
            self._form = cgi.parse_qs(self.environ['wsgi.input'].read(length))
        return self._form

    def get(self, name, default=''):
        """From the form or else from the query, the first one, without blanks"""
        for values in (self.method == 'POST' and self.form() or {}, self.query()):
            if values.has_key(name):
                return values[name][0].strip()
        return default

    def get_int(self, name, default=0):
        return util.as_int(self.get(name), default)

    def cookie(self, name):
        if self.cookies.has_key(name):
            return self.cookies[name].value
        return None


class Response:
    def __init__(self, body='', code=200, mime='text/html; charset=utf-8'):
        if type(body) is types.UnicodeType:
            body = body.encode('utf-8')
        self.body = body
        self.code = code
        self.headers = [('Content-Type', mime)]

    def status(self):
        return '%d %s' % (self.code, STATUS[self.code])

    def set_cookie(self, name, value):
        cookie = Cookie.SimpleCookie()
        cookie[name] = value
        cookie[name]['path'] = '/'
        self.headers.append(('Set-Cookie', cookie[name].OutputString()))


def url(path, **args):
    names = args.keys()
    names.sort()
    if not names:
        return urllib.quote(path)
    return urllib.quote(path) + '?' + urllib.urlencode([(n, args[n]) for n in names])


def plain(text, name=None):
    response = Response(text, mime='text/plain; charset=utf-8')
    if name:
        response.headers.append(('Content-Disposition', 'attachment; filename=%s' % name))
    return response
