"""Words of identifiers, and which of them belong to technology rather than to a business."""

from __future__ import annotations

import re

__all__ = ["TECHNICAL", "domain_words", "last_name", "squeezed", "words"]

WORD = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+")

TECHNICAL = frozenset(
    """abstract account_id action adapter admin_site api app application apps base bean beans boot builder bundle class
    client code command common component conf config configuration constant context controller controllers core create
    creator custom dao data database db default delete deploy dispatcher django domain dto ee ejb endpoint engine entity
    enum event exception execute export extension facade factory field filter find flask form forms framework function
    general generic get global handler helper home html http impl implementation import index info init initializer int
    interface internal io item_id java javascript job jpa json jsp jsf key legacy lib library list listener load local
    locator log logic main manager map mapper mapping mdb message middleware misc mixin model module mvc name net new
    null object of operation option org page param parser patch persistence plugin pojo post process processor property
    provider proxy put query queue read reader record remote repo repository request resource response rest result root
    route router row run save schema script search_form select serializer server service servlet session set setting
    setup shared signal simple singleton soap spec sql src static status store storage string sub super support system
    table tag task temp template test text to tool tools type unit update url urls user_id util utility utils validator
    value version view views viewset web webapp widget worker wrapper write writer ws wsgi asgi xml yaml com co uk de
    exec func cls self obj str dict arg args kwargs bool float id ids orm fixture migration management cli batch by for
    and the with from not no is has can do my all any set8 up down ops""".split()
)


def domain_words(identifier: str) -> list[str]:
    """The words of an identifier that are not technology's."""
    return [word for word in words(identifier) if word not in TECHNICAL]


def last_name(unit: str) -> str:
    """The last part of a unit's ID: a class's simple name, a module's, a file's stem."""
    return unit.rpartition("/")[2].rpartition(".")[0] if "/" in unit else unit.rpartition(".")[2]


def words(identifier: str) -> list[str]:
    """An identifier's words in lower case and singular: ``OrderLines_v2`` gives order, line."""
    return [_singular(word.lower()) for word in WORD.findall(identifier) if len(word) > 1]


def _singular(word: str) -> str:
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "xes", "ches", "shes")):
        return word[:-2]
    if word.endswith("s") and not word.endswith(("ss", "us", "is")) and len(word) > 3:
        return word[:-1]
    return word


def squeezed(name: str) -> str:
    """``LineItem``, ``line_items`` and ``LINEITEM`` alike: ``lineitem``."""
    return "".join(words(name.lower() if name.isupper() else name))
