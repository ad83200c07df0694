"""Lists by keyset: a page takes whole gifts and knows only where the older ones begin."""

from collections.abc import Sequence
from itertools import groupby
from operator import attrgetter
from typing import NamedTuple

from flask import request

from compliance_app.store.gift_lists import OverviewRow
from compliance_app.web.forms.fields import read_id

PAGE = 25
# Each gift is at least one row, so these are a page and the gift that comes after it.
FETCH = PAGE + 1


class GiftPage(NamedTuple):
    """The gifts of a page, each as the rows of its shares; `before` is where the next begins."""

    gifts: list[list[OverviewRow]]
    before: int | None


def wanted_before() -> int | None:
    """Return the number below which this page begins, None for the newest."""
    return read_id(request.args.get("before"))


def page_of(rows: Sequence[OverviewRow]) -> GiftPage:
    """Take whole gifts from the rows of up to `FETCH` of them until the page is full."""
    gifts: list[list[OverviewRow]] = []
    shown = 0
    for _gift_id, shares in groupby(rows, key=attrgetter("gift_id")):
        if shown >= PAGE:
            return GiftPage(gifts, gifts[-1][0].gift_id)
        gifts.append(list(shares))
        shown += len(gifts[-1])
    return GiftPage(gifts, None)
