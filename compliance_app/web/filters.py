"""How values look on a page: money, days, moments and the words of every enum."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from enum import StrEnum
from functools import lru_cache
from typing import Any
from urllib.parse import quote

from flask import Flask, request, url_for
from markupsafe import Markup

from compliance_app.rules.facts import Category, Payer, RecipientClass
from compliance_app.rules.money import format_dollars
from compliance_app.rules.reasons import say_period
from compliance_app.store.gift_lists import ListedShare, OverviewRow
from compliance_app.web import meter, navigation

# Enums of the rules that a program reads; the others carry their own `words`.
WORDS: Mapping[StrEnum, str] = {
    Category.MERCHANDISE: "Merchandise",
    Category.TICKET: "Ticket",
    Category.GIFT_CARD: "Gift card",
    Category.CASH: "Cash or cash equivalent",
    Category.HOLIDAY: "Holiday gift",
    Category.WEDDING: "Wedding gift",
    Category.BIRTH: "Gift for a birth",
    Category.BEREAVEMENT: "Bereavement gift",
    Category.DE_MINIMIS: "Item of nominal value",
    Category.PROMOTIONAL_LOGO: "Promotional item with the firm's logo",
    Category.COMMEMORATIVE: "Commemorative item",
    Category.ENTERTAINMENT: "Business entertainment",
    Category.PRIZE: "Prize",
    Category.CHARITABLE: "Charitable donation",
    Category.DISASTER_DONATION: "Donation after a disaster",
    Category.COMPENSATION_FOR_SERVICES: "Compensation for services",
    Payer.MEMBER: "The firm",
    Payer.GIVER_REIMBURSED: "The giver, reimbursed by the firm",
    Payer.GIVER_PERSONAL: "The giver personally",
    Payer.THIRD_PARTY: "Somebody else",
    RecipientClass.INSTITUTIONAL_CLIENT_EMPLOYEE: "Employee of an institutional client",
    RecipientClass.RETAIL_INDIVIDUAL: "Retail customer",
    RecipientClass.RETAIL_AND_INSTITUTIONAL: "Retail customer and employee of an institution",
    RecipientClass.OWN_ASSOCIATED_PERSON: "Associated person of the firm",
    RecipientClass.THIRD_PARTY_BD_REP: "Representative of another broker-dealer",
    RecipientClass.FINRA_EMPLOYEE: "Employee of FINRA",
    RecipientClass.MUNICIPAL_ISSUER_EMPLOYEE: "Employee of a municipal issuer",
    RecipientClass.ERISA_FIDUCIARY: "Fiduciary of an ERISA plan",
    RecipientClass.UNION_OFFICIAL: "Union official",
    RecipientClass.US_FEDERAL_EXECUTIVE: "U.S. executive branch employee",
    RecipientClass.US_HOUSE: "Member or staff of the U.S. House",
    RecipientClass.US_SENATE: "Member or staff of the U.S. Senate",
    RecipientClass.CA_PUBLIC_OFFICIAL: "California public official",
    RecipientClass.FOREIGN_OFFICIAL: "Foreign official",
    RecipientClass.REGISTERED_FUND_ADVISORY_PERSONNEL: "Advisory personnel of a registered fund",
}
# A browser names its ancestors too, so the youngest name comes first.
BROWSERS = (("Edg/", "Edge"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "Mac"),
    ("Linux", "Linux"),
)
# No page may hold these; what was typed is shown with a sign in their place.
UNSEEN = dict.fromkeys((*range(9), 11, 12, *range(14, 32), *range(127, 160)), "\ufffd")
# What an address may hold as it is, as `url_for` has it.
SAFE = "!$&'()*+,/:;=@"
KILOBYTE = 1024
MEGABYTE = 1024 * 1024
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def install(app: Flask) -> None:
    """Give templates the filters, the navigation and the limit meter."""
    app.jinja_env.filters.update(
        counted=counted,
        dollars=format_dollars,
        dollars_short=dollars_short,
        day=day,
        short_day=short_day,
        due=due,
        period=period,
        count_of=count_of,
        moment=moment,
        words=words,
        initials=initials,
        first_sentence=first_sentence,
        first_upper=first_upper,
        browser=browser,
        visible=visible,
        size=size,
    )
    app.jinja_env.globals.update(gauge=meter.gauge, pages_of=pages_of, remembered=remembered)
    navigation.install(app)


def remembered(macro: Callable[..., Markup]) -> Callable[..., Markup]:
    """Let a macro write the same once; only for one that its arguments say everything of."""
    return lru_cache(maxsize=1_000)(macro)


def pages_of(endpoint: str, argument: str) -> Callable[[object], str]:
    """Return what makes the addresses of a list's rows, which differ only in how they end."""
    start = _start_of(endpoint, argument, request.script_root)
    return lambda value: start + quote(str(value), safe=SAFE)


@lru_cache(maxsize=256)
def _start_of(endpoint: str, argument: str, _root: str) -> str:
    """Return how they all begin: with the root of the application."""
    anyone: dict[str, Any] = {argument: 0}
    return url_for(endpoint, **anyone).removesuffix("0")


def counted(shares: Sequence[OverviewRow | ListedShare]) -> int:
    """Return what the shares of a gift count for together, in cents."""
    return sum(share.counted_cents for share in shares)


def dollars_short(cents: int) -> str:
    """Write cents without `.00` where the dollars are whole: `$300`, `$12.50`."""
    return format_dollars(cents).removesuffix(".00")


def day(value: date) -> str:
    """Write a day: `12 Nov 2026`."""
    return f"{value.day} {MONTHS[value.month - 1]} {value.year}"


def short_day(value: date) -> str:
    """Write a day whose year is known: `12 Nov`."""
    return f"{value.day} {MONTHS[value.month - 1]}"


def due(value: date, today: date) -> str:
    """Say how near a due day is: `Due today`, `Due Mon`, `3 days overdue`."""
    days = (value - today).days
    if days < 0:
        return "1 day overdue" if days == -1 else f"{-days} days overdue"
    if days == 0:
        return "Due today"
    return f"Due {WEEKDAYS[value.weekday()]}" if days < len(WEEKDAYS) else f"Due {short_day(value)}"


def period(since: date, until: date) -> str:
    """Name a year as it is said after `for`: `2026`, or its first and last day."""
    named = say_period(since, until)
    return named.removeprefix("in ") if named.startswith("in ") else f"the year {named}"


def count_of(number: int, one: str, many: str = "") -> str:
    """Write a number with its noun: `1 gift`, `1,200 gifts`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def moment(value: datetime) -> str:
    """Write a moment: `12 Nov 2026, 14:05 UTC`."""
    in_utc = value.astimezone(UTC)
    return f"{day(in_utc)}, {in_utc.hour:02}:{in_utc.minute:02} UTC"


def words(value: StrEnum) -> str:
    """Write a word of the rules as people say it."""
    return WORDS[value] if value in WORDS else str(value.words)  # type: ignore[attr-defined]


def initials(name: str) -> str:
    """Return the first letters of the first and the last name."""
    parts = name.split()
    return "".join(part[0].upper() for part in (parts[:1] + parts[1:][-1:]))


def first_upper(words: str) -> str:
    """Return the words with a capital at their beginning, and nowhere else."""
    return words[:1].upper() + words[1:]


def first_sentence(errors: Sequence[object] | Mapping[object, object]) -> str:
    """Return the first sentence of a field's errors, however deep a list of fields nests it."""
    for error in errors.values() if isinstance(errors, Mapping) else errors:
        if isinstance(error, str):
            return error
        if isinstance(error, Sequence | Mapping) and error:
            found = first_sentence(error)
            if found:
                return found
    return ""


def size(count: int) -> str:
    """Write a number of bytes: `812 kB`, `3.4 MB`."""
    if count >= MEGABYTE:
        return f"{count / MEGABYTE:.1f} MB"
    return f"{max(count // KILOBYTE, 1)} kB"


def browser(user_agent: str) -> str:
    """Name a browser and its system: `Firefox on Windows`."""
    name = next((word for sign, word in BROWSERS if sign in user_agent), "A browser")
    system = next((word for sign, word in SYSTEMS if sign in user_agent), "an unknown system")
    return f"{name} on {system}"


def visible(markup: Markup) -> Markup:
    """Return a field's markup with control characters, if any were typed, made visible."""
    return Markup(markup.translate(UNSEEN))  # noqa: S704 - only signs are exchanged in markup
