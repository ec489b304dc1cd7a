import hashlib

from conftest import PASSWORD, login


def test_pages_need_login(app):
    r = app.test_client().get("/orders/")
    assert r.status_code == 302
    assert "/login?next=/orders/" in r.headers["Location"].replace("%2F", "/")


def test_wrong_password(app):
    r = app.test_client().post("/login", data={"login": "anna", "password": "nope"})
    assert r.status_code == 401
    assert b"Login or password wrong" in r.data


def test_login_goes_to_next_but_not_abroad(app):
    c = app.test_client()
    r = c.post("/login?next=/reports/", data={"login": "anna", "password": PASSWORD})
    assert r.headers["Location"] == "/reports/"
    r = c.post("/login?next=//evil.example", data={"login": "anna", "password": PASSWORD})
    assert r.headers["Location"] == "/"


def test_password_is_md5(client, val):
    assert val("SELECT password_md5 FROM staff_users WHERE login='anna'") == hashlib.md5(b"secret1").hexdigest()


def test_change_password(app, val):
    c = login(app, "anna")
    c.post("/password", data={"old": PASSWORD, "new": "another1"})
    assert val("SELECT password_md5 FROM staff_users WHERE login='anna'") == hashlib.md5(b"another1").hexdigest()
    assert app.test_client().post("/login", data={"login": "anna", "password": PASSWORD}).status_code == 401


def test_roles(app):
    assert login(app, "anna").get("/billing/payments").status_code == 403
    assert login(app, "acc").get("/billing/payments").status_code == 200
    assert login(app, "acc").get("/admin/users").status_code == 403


def test_ping_is_open(app):
    assert app.test_client().get("/ping").data == b"pong"


def test_home_shows_boxes(client, new_order):
    new_order([("CAB-25", 1)])
    html = client.get("/").get_data(as_text=True)
    assert "Good morning Root" in html
    assert "Units in stock<br><b>157</b>" in html
    assert "Open orders<br><b>1</b>" in html


def test_admin_creates_and_disables_user(client, app, val):
    client.post("/admin/users", data={"login": "New", "password": "geheim1", "role": "STORE", "full_name": "N"})
    assert val("SELECT role FROM staff_users WHERE login='new'") == "STORE"
    assert b"new" in client.get("/admin/users").data
    client.post("/admin/users/new/toggle")
    assert app.test_client().post("/login", data={"login": "new", "password": "geheim1"}).status_code == 401


def test_admin_reset_password(client, app):
    client.post("/admin/users/stan/reset", data={"password": "fresh-one"})
    assert app.test_client().post("/login", data={"login": "stan", "password": "fresh-one"}).status_code == 302
    assert client.post("/admin/users/stan/reset", data={"password": "x"}).status_code == 400


def test_audit_page(client):
    client.post("/admin/users/stan/toggle")
    html = client.get("/admin/audit?what=USERTOGGLE").get_data(as_text=True)
    assert "stan False" in html and "15/03/2024 12:00" in html


def test_search_finds_things(client, new_order):
    assert client.get("/search?q=scr-100").headers["Location"] == "/catalogue/product/SCR-100"
    assert client.get("/search?q=C000002").headers["Location"] == "/customers/C000002"
    oid = new_order([("CAB-25", 1)])
    assert client.get("/search?q=so100001").headers["Location"] == "/orders/%d" % oid
    html = client.get("/search?q=helmet").get_data(as_text=True)
    assert "HEL-1 Safety helmet" in html
    assert "Nothing found" in client.get("/search?q=zzz").get_data(as_text=True)


def test_error_pages(client):
    r = client.get("/nowhere")
    assert r.status_code == 404 and b"There is nothing here" in r.data
