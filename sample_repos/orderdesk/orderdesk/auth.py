"""Staff login."""
import hashlib
from functools import wraps

from flask import Blueprint, abort, flash, redirect, render_template, request, session, url_for

from orderdesk.db import db
from orderdesk.models import StaffUser
from orderdesk.utils import audit, clean, log_line, now

bp = Blueprint("auth", __name__)

# login -> last page and time, for the "who is in" box. Lives in this process only.
LAST_SEEN = {}

OPEN_ENDPOINTS = ("auth.login", "static", "ping")


def md5_password(plain):
    # same as the old system so that nobody had to get a new password (2013).
    # No salt. OD-1511 "use something better" is still open.
    return hashlib.md5(plain.encode("utf-8")).hexdigest()


def check_login(login, plain):
    u = StaffUser.query.filter_by(login=login.lower(), active=True).first()
    if u is None or u.password_md5 != md5_password(plain):
        return None
    return u


def gate():
    """before_request of the whole application"""
    if request.endpoint is None or request.endpoint in OPEN_ENDPOINTS:
        return None
    if "login" not in session:
        return redirect(url_for("auth.login", next=request.path))
    LAST_SEEN[session["login"]] = (now(), request.path)
    return None


def needs_role(*roles):
    def deco(fn):
        @wraps(fn)
        def inner(*args, **kwargs):
            if session.get("role") not in roles and session.get("role") != "ADMIN":
                abort(403)
            return fn(*args, **kwargs)

        return inner

    return deco


@bp.route("/login", methods=["GET", "POST"])
def login():
    if request.method == "POST":
        u = check_login(clean(request.form.get("login")), request.form.get("password", ""))
        if u is None:
            log_line("auth", "failed login %r from %s" % (request.form.get("login"), request.remote_addr))
            flash("Login or password wrong")
            return render_template("login.html"), 401
        session["login"] = u.login
        session["role"] = u.role
        session["name"] = u.full_name
        u.last_login = now()
        db.session.commit()
        nxt = request.args.get("next") or ""
        if not nxt.startswith("/") or nxt.startswith("//"):
            nxt = url_for("home")
        return redirect(nxt)
    return render_template("login.html")


@bp.route("/logout")
def logout():
    LAST_SEEN.pop(session.get("login"), None)
    session.clear()
    return redirect(url_for("auth.login"))


@bp.route("/password", methods=["GET", "POST"])
def password():
    if request.method == "POST":
        u = check_login(session["login"], request.form.get("old", ""))
        new = request.form.get("new", "")
        if u is None:
            flash("Old password is wrong")
        elif len(new) < 6:
            flash("At least 6 characters please")
        else:
            u.password_md5 = md5_password(new)
            audit("PASSWORD", u.login)
            db.session.commit()
            flash("Password changed")
            return redirect(url_for("home"))
    return render_template("password.html")
