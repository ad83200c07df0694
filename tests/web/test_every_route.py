"""Who may open what: written out for every route, and compared with what really answers."""

import re

import pytest
from flask import Flask

from compliance_app.web.guard import permission_of
from tests.conftest import EMAILS
from tests.page import Page

# One line a route, and the people who may open it; everybody else is refused.
TABLE = """
GET  /healthz                             everybody
GET  /readyz                              everybody
GET  /static/<filename>                   everybody
GET  /style.css                           everybody
GET  /scripts/<name>.js                   everybody
GET  /sign-in                             everybody
POST /sign-in                             everybody
GET  /                                    rep supervisor officer auditor admin
GET  /search                              rep supervisor officer auditor
GET  /search.csv                          rep supervisor officer auditor
POST /search/kept                         rep supervisor officer auditor
POST /search/kept/<search_id>/drop        rep supervisor officer auditor
GET  /year                                rep supervisor officer auditor
GET  /sign-in/code                        everybody
POST /sign-in/code                        everybody
GET  /account/second-factor               rep supervisor officer auditor admin
POST /account/second-factor               rep supervisor officer auditor admin
POST /account/second-factor/codes         rep supervisor officer auditor admin
POST /account/second-factor/end           rep supervisor officer auditor admin
POST /account/appearance                  rep supervisor officer auditor admin
GET  /account                             rep supervisor officer auditor admin
POST /account/password                    rep supervisor officer auditor admin
POST /account/sessions/<session_id>/end   rep supervisor officer auditor admin
POST /account/tokens                      rep supervisor officer auditor admin
POST /account/tokens/<token_id>/revoke    rep supervisor officer auditor admin
POST /sign-out                            rep supervisor officer auditor admin
GET  /gifts                               rep supervisor officer
GET  /gifts/new                           rep supervisor officer
POST /gifts                               rep supervisor officer
POST /gifts/preview                       rep supervisor officer
GET  /gifts/all                           supervisor officer auditor
POST /gifts/receipts                      rep supervisor officer
POST /gifts/drafts                        rep supervisor officer
GET  /gifts/drafts/<draft_id>             rep supervisor officer
POST /gifts/drafts/<draft_id>/discard     rep supervisor officer
GET  /gifts/<reference>/receipts/<attachment_id> rep supervisor officer auditor
GET  /gifts/<reference>                   rep supervisor officer auditor
GET  /gifts/<reference>/proof             officer auditor
GET  /gifts/<reference>/logged            rep supervisor officer
GET  /gifts/<reference>/amend             rep supervisor officer
POST /gifts/<reference>/amend             rep supervisor officer
POST /gifts/<reference>/comments          rep supervisor officer
POST /gifts/<reference>/<order>           rep supervisor officer
GET  /approvals                           supervisor officer
GET  /approvals/<reference>               supervisor officer
POST /approvals/<reference>               supervisor officer
POST /approvals/together                  supervisor officer
POST /approvals/taken-back                supervisor officer
GET  /recipients                          rep supervisor officer auditor
GET  /recipients.csv                      rep supervisor officer auditor
GET  /recipients/search                   rep supervisor officer auditor
GET  /recipients/<recipient_id>           rep supervisor officer auditor
GET  /recipients/<recipient_id>/ledger.csv rep supervisor officer auditor
GET  /recipients/pairs                    officer
POST /recipients/pairs/<pair_id>          officer
POST /recipients/pairs/scan               officer
POST /recipients/findings/<finding_id>    officer
POST /recipients/<recipient_id>/unmerge   officer
GET  /recipients/<recipient_id>/same      officer
POST /recipients/<recipient_id>/same      officer
GET  /recipients/new                      rep supervisor officer
POST /recipients                          rep supervisor officer
GET  /recipients/<recipient_id>/work      rep supervisor officer
POST /recipients/<recipient_id>/details   rep supervisor officer
POST /recipients/<recipient_id>/work/employer rep supervisor officer
POST /recipients/<recipient_id>/work/end  rep supervisor officer
POST /recipients/<recipient_id>/work/departure rep supervisor officer
POST /recipients/<recipient_id>/work/return rep supervisor officer
POST /recipients/<recipient_id>/work/<employment_id> rep supervisor officer
GET  /employers                           rep supervisor officer auditor
GET  /employers/<employer_id>             rep supervisor officer auditor
GET  /employers/new                       officer
GET  /employers/doubles                   officer
POST /employers                           officer
GET  /employers/<employer_id>/edit        rep supervisor officer
POST /employers/<employer_id>/edit        rep supervisor officer
POST /employers/<employer_id>/class       officer
POST /employers/<employer_id>/negotiations rep supervisor officer
POST /employers/<employer_id>/hand-over   rep supervisor officer
GET  /imports                             officer
POST /imports/files                       officer
GET  /imports/files/<sha256>              officer
POST /imports/files/<sha256>              officer
POST /imports/files/<sha256>/mapping      officer
POST /imports/<import_id>/undo            officer
GET  /policies                            rep supervisor officer auditor admin
GET  /policies/<policy_id>                rep supervisor officer auditor admin
GET  /policies/new                        officer
POST /policies                            officer
POST /policies/new                        officer
POST /policies/list                       officer
GET  /audit                               officer auditor
GET  /audit.csv                           officer auditor
GET  /audit/<number>                      officer auditor
GET  /audit/verify                        officer auditor
GET  /audit/as-of                         officer auditor
GET  /reports                             officer auditor
POST /reports                             officer auditor
GET  /reports/<run_id>/<name>             officer auditor
GET  /reports/jobs/<job_id>               officer auditor
GET  /reports/jobs/<job_id>/state         officer auditor
POST /reports/jobs/<job_id>/cancel        officer auditor
GET  /reports/<run_id>/package            officer auditor
GET  /people                              officer auditor admin
GET  /people.csv                          officer auditor admin
GET  /people/new                          admin
POST /people                              admin
GET  /people/<person_id>                  admin
POST /people/<person_id>                  admin
POST /people/<person_id>/access           admin
POST /people/<person_id>/password         admin
POST /people/<person_id>/deactivate       admin
"""
EVERYBODY = {"signed out", "rep", "supervisor", "officer", "auditor", "admin"}
# The interface for programs is opened by a token, not by a session; its own tests say by whose.
PROGRAMS = "/api/"
PLACES = {
    "draft_id": "999",
    "attachment_id": "999",
    "employer_id": "1",
    "employment_id": "1",
    "filename": "icon.svg",
    "finding_id": "999",
    "pair_id": "999",
    "import_id": "999",
    "job_id": "999",
    "name": "register.pdf",
    "number": "1",
    "order": "withdraw",
    "person_id": "7",
    "policy_id": "999",
    "recipient_id": "1",
    "reference": "G-2026-000001",
    "run_id": "999",
    "search_id": "999",
    "session_id": "999",
    "sha256": "0" * 64,
    "token_id": "999",
}
REFUSED = {401, 403}
CONVERTER = re.compile(r"<(?:[^:<>]+:)?(\w+)>")


def who_may() -> dict[str, set[str]]:
    lines = [line.split() for line in TABLE.strip().splitlines()]
    return {
        f"{method} {rule}": EVERYBODY if people == ["everybody"] else set(people)
        for method, rule, *people in lines
    }


def routes_of(app: Flask) -> list[str]:
    return [
        f"{method} " + CONVERTER.sub(r"<\1>", rule.rule)
        for rule in app.url_map.iter_rules()
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
        if not rule.rule.startswith(PROGRAMS)
    ]


def test_every_route_stands_in_the_table_and_nothing_else_does(app: Flask) -> None:
    assert sorted(routes_of(app)) == sorted(who_may())


def test_every_view_names_its_permission(app: Flask) -> None:
    unnamed = [name for name in app.view_functions if permission_of(name) is None]

    assert unnamed == []


def test_a_view_that_names_no_permission_is_refused_to_everybody(app: Flask) -> None:
    app.add_url_rule("/unnamed", view_func=lambda: "seen")

    Page(app).sign_in(EMAILS["officer"]).get("/unnamed", status=403)


@pytest.mark.parametrize("person", sorted(EVERYBODY - {"signed out"}))
def test_each_route_answers_exactly_the_people_of_the_table(app: Flask, person: str) -> None:
    page = Page(app).sign_in(EMAILS[person])
    token = page.token()
    # Signing out comes last, so that the other routes are still asked by this person.
    table = sorted(who_may().items(), key=lambda line: line[0] == "POST /sign-out")
    wrong = []
    for route, people in table:
        method, path = route.split()
        response = page.open(method, _address(path), {"csrf_token": token})
        if (response.status_code not in REFUSED) != (person in people):
            wrong.append(f"{route} answered {response.status_code} to {person}")

    assert wrong == []


def test_whoever_is_signed_out_is_sent_to_sign_in_or_refused(app: Flask) -> None:
    wrong = []
    for route, people in who_may().items():
        method, path = route.split()
        response = Page(app).open(method, _address(path))
        sent = response.headers.get("Location", "").startswith("/sign-in?next=")
        if (sent or response.status_code in REFUSED) == ("signed out" in people):
            wrong.append(f"{route} answered {response.status_code}")

    assert wrong == []


def _address(path: str) -> str:
    return CONVERTER.sub(lambda place: PLACES[place[1]], path)
