"""One made-up value: a column's shape and name in; a value that fits it, and that can belong to nobody, out.

Addresses are of example domains, telephone numbers, networks and cards of the ranges that are kept for fiction and tests.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any

from faker import Faker

from agent.assessment.data.shapes import ColumnShape

__all__ = ["Value", "value_of"]

Value = str | int | float | bool | None
START = date(2020, 1, 1)
DAYS = 2000
BIRTHS = date(1940, 1, 1)
ADULTS = 22_000
_BORN = re.compile(r"(?i)birth|dob")
CARDS = ("4000000000000002", "4111111111111111", "5555555555554444", "378282246310005")  # published test numbers


def _phone(fake: Faker) -> str:
    return f"+1-555-01{fake.random_int(0, 99):02d}"


_BY_NAME: tuple[tuple[re.Pattern[str], Callable[[Faker], str]], ...] = tuple(
    (re.compile(rf"(?i)(?:^|_)(?:{words})(?:_|$)"), make)
    for words, make in (
        (r"\w+_(?:at|on|date)|created|changed|updated|closed|deleted|date", lambda f: _day(f).isoformat()),
        (r"e_?mail\w*", lambda f: f.ascii_safe_email()),
        (r"(?:tele)?phone\w*|mobile\w*|fax", _phone),
        (r"first_?name|given_?name", lambda f: f.first_name()),
        (r"last_?name|sur_?name|family_?name", lambda f: f.last_name()),
        (r"full_?name|contact_?name|customer_?name|holder|payee", lambda f: f.name()),
        (r"company|vendor|supplier|carrier|partner", lambda f: f.company()),
        (r"user_?name|login|user|who|by", lambda f: f.user_name()),
        (r"street|addr(?:ess)?_?(?:line)?_?\d?|line_?\d", lambda f: f.street_address()),
        (r"city|town", lambda f: f.city()),
        (r"state|province|county|region", lambda f: f.state_abbr() if hasattr(f, "state_abbr") else f.city()),
        (r"post_?code|postal_?code|zip(?:_?code)?", lambda f: f.postcode()),
        (r"country(?:_?code)?", lambda f: f.country_code()),
        (r"currency(?:_?code)?", lambda f: f.random_element(("EUR", "GBP", "USD"))),
        (r"lang(?:uage)?\w*|locale", lambda f: f.random_element(("de", "en", "fr"))),
        (r"iban|bank_?account|account_?number", lambda f: f"XX00{f.numerify('################')}"),
        (r"(?:credit_?)?card(?:_?(?:no|num|number))?|pan", lambda f: f.random_element(CARDS)),
        (r"ssn|social_?security\w*|national_?id|tax_?id", lambda f: f.numerify("000-00-####")),
        (r"ip(?:_?addr(?:ess)?)?|remote_?addr", lambda f: f"192.0.2.{f.random_int(1, 254)}"),
        (r"url|link|web_?site|homepage", lambda f: f"https://www.example.org/{f.slug()}"),
        (r"pass(?:word|wd)?|pw|pwd|pw_?hash|password_\w+|secret|token|hash|salt", lambda f: f.hexify("^" * 32)),
        (r"file_?name|path", lambda f: f.file_name()),
        (r"flag|active|enabled|yn", lambda f: f.random_element(("Y", "N"))),
        (r"gender|sex", lambda f: f.random_element(("f", "m", "x"))),
        (r"colou?r", lambda f: f.color_name()),
        (r"title|subject|headline|label|name|what", lambda f: f.sentence(nb_words=3).rstrip(".")),
        (r"notes?|body|message|text|descr\w*|comments?|remarks?|details?|reason|content", lambda f: f.paragraph(nb_sentences=2)),
        (r"status|type|kind|state|category|role|method|code|unit", lambda f: f.random_element(("A", "B", "C", "D"))),
    )
)  # fmt: skip


def value_of(column: ColumnShape, fake: Faker) -> Value:
    """A value for a column that refers to nothing and has no choices to keep to; always of its length."""
    if column.choices:
        return str(fake.random_element(column.choices))
    made: dict[str, Callable[[], Value]] = {
        "int": lambda: _whole(column, fake),
        "number": lambda: _number(column, fake),
        "bool": lambda: int(fake.boolean()),
        "date": lambda: _day(fake, BIRTHS if _BORN.search(column.name) else START).isoformat(),
        "datetime": lambda: datetime.combine(_day(fake), _time(fake)).isoformat(sep=" "),
        "time": lambda: _time(fake).isoformat(),
        "uuid": lambda: fake.uuid4(),
        "json": lambda: "{}",
        "bytes": lambda: None if column.nullable else "00",
    }
    if column.kind in made:
        return made[column.kind]()
    return _cut(_text(column.name, fake), column.length)


def _text(name: str, fake: Any) -> str:
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name)
    make = next((make for pattern, make in _BY_NAME if pattern.search(words)), None)
    return make(fake) if make else str(fake.bothify("??-####").upper())


def _cut(text: str, length: int) -> str:
    text = " ".join(text.split())
    return text[:length] if length else text


def _day(fake: Faker, start: date = START) -> date:
    return start + timedelta(days=int(fake.random_int(0, DAYS if start == START else ADULTS)))


def _time(fake: Faker) -> time:
    seconds = int(fake.random_int(0, 86_399))
    return time(seconds // 3600, seconds // 60 % 60, seconds % 60)


def _whole(column: ColumnShape, fake: Faker) -> int:
    return int(fake.random_int(0, min(1000, 10 ** min(column.length, 9) - 1) if column.length else 1000))


def _number(column: ColumnShape, fake: Faker) -> float:
    whole = column.length - column.scale
    most = min(10_000, 10 ** min(whole, 9) - 1) if column.length and whole > 0 else 10_000
    return round(int(fake.random_int(0, max(0, most * 100 - 1))) / 100, min(column.scale or 2, 2))
