"""What a chain of calls on a Django model does to its table, and the tables that Django's own apps bring."""

from __future__ import annotations

__all__ = ["LIBRARY_TABLES", "MANAGERS", "access_mode"]

MANAGERS = frozenset({"objects", "_default_manager", "_base_manager"})
WRITES = frozenset({
    "create", "bulk_create", "get_or_create", "update_or_create", "update", "bulk_update", "delete", "save", "add",
    "remove", "set", "clear", "acreate", "abulk_create", "aget_or_create", "aupdate_or_create", "aupdate", "adelete",
    "asave", "aadd", "aremove", "aset", "aclear", "abulk_update", "create_user", "create_superuser",
})  # fmt: skip
QUERYSET = frozenset({
    "all", "filter", "exclude", "get", "first", "last", "latest", "earliest", "order_by", "values", "values_list",
    "count", "exists", "aggregate", "annotate", "select_related", "prefetch_related", "distinct", "in_bulk", "iterator",
    "none", "only", "defer", "raw", "using", "dates", "datetimes", "refresh_from_db", "get_queryset", "aget", "acount",
    "afirst", "alast", "aexists", "select_for_update", "reverse", "union",
})  # fmt: skip
# Models of the libraries that business code uses as its own: class as imported -> table.
LIBRARY_TABLES = {
    "django.contrib.auth.models.User": "auth_user",
    "django.contrib.auth.models.Group": "auth_group",
    "django.contrib.auth.models.Permission": "auth_permission",
    "django.contrib.contenttypes.models.ContentType": "django_content_type",
    "django.contrib.sites.models.Site": "django_site",
    "django.contrib.sessions.models.Session": "django_session",
    "django.contrib.admin.models.LogEntry": "django_admin_log",
    "rest_framework.authtoken.models.Token": "authtoken_token",
}


def access_mode(chain: str) -> str:
    """``read``, ``write`` or ``""`` for a chain that starts at ``Entity`` (the class) or ``Entity()`` (a row)."""
    if chain == "Entity()":
        return "write"
    head, _, rest = chain.partition(".")
    if not rest:
        return ""
    if rest.endswith("="):
        return "" if rest.startswith("_") else "write"
    links = [link.partition("(")[0].partition("[")[0] for link in rest.split(".")]
    called = rest.endswith("()")
    if head == "Entity()":
        if len(links) == 1:
            first = links[0]
            if called:
                return "write" if first in WRITES else "read" if first in QUERYSET else ""
            return "" if first.startswith("__") else "read"
        return "" if links[0].startswith("_") else "read"
    if links[0] in MANAGERS or (len(links) > 1 and links[0].islower() and QUERYSET.intersection(links[1:])):
        return "write" if called and WRITES.intersection(links[1:]) else "read"
    return ""
