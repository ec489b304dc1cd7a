"""Users and the audit log."""
from flask import Blueprint, abort, flash, redirect, render_template, request, url_for

from orderdesk.auth import LAST_SEEN, md5_password, needs_role
from orderdesk.db import db
from orderdesk.legacy.html_bits import optionList, yesno
from orderdesk.models import AuditEntry, StaffUser
from orderdesk.utils import audit, clean, clear_memo, paginate

bp = Blueprint("admin", __name__)

ROLES = ("SALES", "STORE", "ACCTS", "ADMIN")


@bp.before_request
@needs_role("ADMIN")
def _admins_only():
    return None


@bp.route("/users", methods=["GET", "POST"])
def users():
    if request.method == "POST":
        login = clean(request.form.get("login"), 30).lower()
        pw = request.form.get("password", "")
        if not login or len(pw) < 6:
            flash("Login and a password with at least 6 characters")
        elif StaffUser.query.filter_by(login=login).first():
            flash("%s exists already" % login)
        else:
            role = request.form.get("role")
            db.session.add(
                StaffUser(
                    login=login,
                    full_name=clean(request.form.get("full_name"), 80),
                    password_md5=md5_password(pw),
                    role=role if role in ROLES else "SALES",
                    active=True,
                )
            )
            audit("USERNEW", login)
            db.session.commit()
        return redirect(url_for("admin.users"))
    rows = StaffUser.query.order_by(StaffUser.login).all()
    return render_template(
        "admin/users.html", rows=rows, yesno=yesno, roles=optionList([(r, r) for r in ROLES], "SALES"), seen=LAST_SEEN
    )


@bp.route("/users/<login>/toggle", methods=["POST"])
def toggle(login):
    u = StaffUser.query.filter_by(login=login).first_or_404()
    u.active = not u.active
    audit("USERTOGGLE", "%s %s" % (u.login, u.active))
    db.session.commit()
    return redirect(url_for("admin.users"))


@bp.route("/users/<login>/reset", methods=["POST"])
def reset(login):
    u = StaffUser.query.filter_by(login=login).first_or_404()
    new = request.form.get("password", "")
    if len(new) < 6:
        abort(400)
    u.password_md5 = md5_password(new)
    audit("USERRESET", u.login)
    db.session.commit()
    flash("New password for %s" % u.login)
    return redirect(url_for("admin.users"))


@bp.route("/audit")
def audit_log():
    q = AuditEntry.query
    if request.args.get("what"):
        q = q.filter_by(what=request.args["what"])
    if request.args.get("who"):
        q = q.filter_by(who=request.args["who"])
    return render_template("admin/audit.html", page=paginate(q.order_by(AuditEntry.id.desc()), request.args.get("page")))


@bp.route("/memo", methods=["POST"])
def memo():
    clear_memo()
    flash("Memo cleared")
    return redirect(url_for("admin.users"))
