"""Pages: login, staff."""
from stockroom import html, web
import accounts
import sessions


def login(request):
    if request.method == 'GET':
        body = '<form method="post"><input name="login"><input type="password" name="password"><input type="submit"></form>'
        return web.Response(html.page('Login', body))
    try:
        row = accounts.login(request.get('login'), request.get('password'))
    except accounts.LoginError, e:
        return web.Response(html.page('Login', html.tag('p', html.escape(str(e)))), 401)
    response = web.Response('', 302)
    response.set_cookie('session', sessions.start(row.login, row.role))
    response.headers.append(('Location', '/'))
    return response


def logout(request):
    sessions.end(request.cookie('session'))
    raise web.Redirect('/login')


def list_staff(request):
    lines = [[html.escape(name)] for name in accounts.team()]
    return web.Response(html.page('Staff', html.table(['Login'], lines), request.login))


def add_staff(request):
    try:
        accounts.add(request.get('login'), request.get('name'), request.get('password'), request.get('role', 'picker'))
    except ValueError, e:
        raise web.HttpError, (400, str(e))
    raise web.Redirect('/staff')
