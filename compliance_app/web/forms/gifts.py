"""The form that logs or amends a gift: its fields check the shape, `claim_of` makes the claim."""

import secrets
from collections.abc import Mapping
from datetime import date
from typing import Any

from wtforms import (
    BooleanField,
    EmailField,
    HiddenField,
    MultipleFileField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Regexp

from compliance_app.rules.errors import EmailTakenError, InputError, RuleError
from compliance_app.rules.facts import Category, Payer
from compliance_app.services import claims
from compliance_app.services.claims import Claim
from compliance_app.store.models import GiftVersion
from compliance_app.web import receiving
from compliance_app.web.filters import WORDS
from compliance_app.web.forms.base import Form
from compliance_app.web.forms.fields import (
    CentsField,
    CountField,
    DayField,
    IdsField,
    Line,
    Prose,
    options,
)
from compliance_app.web.forms.kinds import BY_CATEGORY, asked_by, evidence_names
from compliance_app.web.receiving import Received

RELATIONS = options(
    ("", "Choose who died"),
    ("recipient", "The recipient"),
    ("spouse", "Spouse or partner"),
    ("parent", "Parent"),
    ("parent_in_law", "Parent-in-law"),
    ("child", "Child"),
    ("sibling", "Brother or sister"),
    ("other", "Somebody else"),
)
HOSTED = options(
    ("", "Choose"),
    ("yes", "Yes, somebody from the firm hosts and attends"),
    ("no", "No, the recipient goes alone"),
)
# What is asked only where somebody opens it.
RARE = (
    "quantity",
    "market_value",
    "tax",
    "delivery",
    "currency",
    "rate",
    "rate_date",
    "regifted",
    "exemption_id",
    "giver",
)
# Short, because they stand beside each other.
PAID_BY = options(
    (Payer.MEMBER.value, "The firm"),
    (Payer.GIVER_REIMBURSED.value, "The giver, reimbursed"),
    (Payer.GIVER_PERSONAL.value, "The giver personally"),
    (Payer.THIRD_PARTY.value, "Somebody else"),
)
UNREADABLE = "One recipient on this form could not be read. Choose them again."
# The names a claim's problems carry, where the form's field is called otherwise.
FIELD_OF_PROBLEM = {"recipients": "who", "email": "new_email", "name": "new_name"}


class GiftFields(Form):
    """Who, how much and when, what kind, what it is, and in relation to what."""

    recipients = IdsField()
    pick = StringField()
    who = StringField("Who is it for?", validators=[Line(300)])
    new_name = StringField("Name", validators=[Line(300)])
    new_email = StringField("E-mail", validators=[Line(254)])
    new_employer = StringField("Employer", validators=[Line(300)])
    new_title = StringField("Title", validators=[Line()])
    cost = CentsField("Value", description="What it cost, before tax and delivery.")
    quantity = CountField("How many", default=1, render_kw={"inputmode": "numeric"})
    given_on = DayField("Date given", render_kw={"type": "date"})
    category = RadioField(
        "What kind of gift is it?",
        choices=options(*((category.value, WORDS[category]) for category in BY_CATEGORY)),
        default=Category.MERCHANDISE.value,
        coerce=str,
    )
    host_present = SelectField("Does somebody from the firm host it?", choices=HOSTED, default="")
    face_value = CentsField("Face value", description="What is printed on the ticket.")
    virtual = BooleanField("It takes place online")
    consumed_during_event = BooleanField("What was sent is used up during the event")
    incidental_to_entertainment = BooleanField("It is handed out at an event the firm hosts")
    pre_existing_personal_relationship = StringField(
        "How do you know each other privately?",
        description="Such as: college friends since 2004.",
        validators=[Line()],
    )
    occasion = StringField(
        "Occasion", description="Such as: wedding on 5 June.", validators=[Line()]
    )
    deceased_relation = SelectField(
        "Who died, as seen from the recipient?", choices=RELATIONS, default=""
    )
    has_logo = BooleanField("It shows the firm's logo for good")
    solely_decorative = BooleanField("It is only decorative, like a plaque or a tombstone")
    federal_major_disaster_declaration = StringField(
        "Federal disaster declaration",
        description="Its number at FEMA, such as DR-4673.",
        validators=[Line(40)],
    )
    requested_by_recipient = BooleanField("The recipient asked for this donation")
    written_agreement_before_service = BooleanField("A written agreement was made before the work")
    nature_and_amount_stated = BooleanField("It names the work and the amount")
    employer_written_consent = BooleanField("The recipient's employer agreed in writing")
    description = StringField(
        "Describe it",
        description="Such as: fountain pen, engraved.",
        validators=[Prose(claims.LONGEST_TEXT)],
    )
    purpose = TextAreaField(
        "What is it in relation to?",
        description="A meeting, a mandate, an event or an occasion.",
        validators=[Prose(claims.LONGEST_TEXT)],
        render_kw={"rows": 3},
    )
    payer = RadioField(
        "Who paid?",
        choices=PAID_BY,
        default=Payer.MEMBER.value,
    )
    market_value = CentsField("Market value", description="Where it differs from what it cost.")
    tax = CentsField("Tax")
    delivery = CentsField("Delivery")
    currency = StringField(
        "Currency of the price",
        description="Such as EUR; the values above stay in dollars.",
        validators=[Line(3)],
        filters=[lambda typed: typed.strip().upper() if typed else typed],
        render_kw={"autocapitalize": "characters"},
    )
    rate = StringField("Dollars for one", render_kw={"inputmode": "decimal"}, validators=[Line(20)])
    rate_date = StringField("Rate of", render_kw={"type": "date"}, validators=[Line(10)])
    receipt = MultipleFileField("Receipt")
    regifted = BooleanField("It was received as a gift and is passed on")
    exemption_id = StringField(
        "FINRA exemption", description="The number of the relief on file.", validators=[Line(80)]
    )

    received = Received()

    def receive(self) -> Received:
        """Take the receipts that came with the form, and those it brought before."""
        self.received = receiving.received()
        return self.received

    def validate(self, extra_validators: Mapping[str, Any] | None = None) -> bool:
        """Check the shapes; what is wrong with hidden numbers is said where people look."""
        is_valid = super().validate(extra_validators)
        if self.recipients.errors:
            self.recipients.errors = ()
            self.take({"who": UNREADABLE})
        return is_valid

    def take(self, problems: Mapping[str, str]) -> None:
        """Put the sentences of refused input at their fields."""
        for name, sentence in problems.items():
            field = self._fields.get(FIELD_OF_PROBLEM.get(name, name))
            if field is None:
                self.form_errors.append(sentence)
            elif not field.errors:
                field.errors = (sentence,)

    def refuse(self, error: RuleError) -> None:
        """Put a refusal where the person can mend it, or above the form."""
        if isinstance(error, InputError):
            self.take(error.problems)
        elif isinstance(error, EmailTakenError):
            self.take({"new_email": str(error)})
        else:
            self.form_errors.append(str(error))

    @property
    def key(self) -> str | None:
        """Return the key that makes two posts of one form one gift; an amendment has none."""
        return None

    @property
    def giver_email(self) -> str:
        """Return whom the form names as giver; empty for the person at the keyboard."""
        return ""

    @property
    def paid_by(self) -> Payer:
        """Return who is chosen to have paid, as far as it is somebody known."""
        chosen = self.payer.data
        return Payer(chosen) if chosen in set(Payer) else Payer.MEMBER

    def choose_day(self, day: str) -> None:
        """Take a day that was chosen by a button beside the field."""
        self.given_on.raw_data = [day]
        try:
            self.given_on.process_formdata([day])
            self.given_on.errors = ()
        except ValueError as error:
            self.given_on.errors = (str(error),)

    @property
    def kind(self) -> Category:
        """Return the kind that is chosen, as far as it is one."""
        chosen = self.category.data
        return Category(chosen) if chosen in set(Category) else Category.MERCHANDISE


class GiftForm(GiftFields):
    """A gift that is logged: the form has a key of its own, and may name the giver."""

    submission_key = HiddenField(
        validators=[
            Regexp(r"[\w-]{16,64}\Z", message="This form is damaged. Open a new one to log a gift.")
        ]
    )
    giver = EmailField(
        "Given by",
        description="The e-mail of the colleague who gives it. Leave it empty if you do.",
        validators=[Line(254)],
    )

    @property
    def key(self) -> str | None:
        """Return the key under which the form was rendered."""
        return str(self.submission_key.data or "")

    @property
    def giver_email(self) -> str:
        """Return whom the form names as giver."""
        return (self.giver.data or "").strip()


class AmendmentForm(GiftFields):
    """A new version of a gift, which has to say why."""

    reason = StringField(
        "Why is it changed?", validators=[InputRequired("Say why it is changed."), Line(2000)]
    )


def new_form(today: date) -> GiftForm:
    """Return an empty form with a key of its own."""
    form = GiftForm(formdata=None)
    form.submission_key.data = secrets.token_urlsafe(24)
    form.given_on.data = today
    form.recipients.data = []
    return form


def form_of(version: GiftVersion) -> AmendmentForm:
    """Return the form filled with what a version claims."""
    evidence = {name: text or True for name, text in version.evidence.items()}
    hosted = {None: "", True: "yes", False: "no"}[version.host_present]
    form = AmendmentForm(
        formdata=None,
        data={
            **evidence,
            "recipients": [share.recipient_id for share in version.shares],
            "cost": version.cost_cents,
            "market_value": version.market_value_cents,
            "face_value": version.face_value_cents,
            "tax": version.tax_cents or None,
            "delivery": version.delivery_cents or None,
            "quantity": version.quantity,
            "given_on": version.given_on,
            "category": version.category.value,
            "host_present": hosted,
            "description": version.description,
            "purpose": version.purpose,
            "payer": version.payer.value,
        },
    )
    form.reason.data = ""
    return form


def claim_of(form: GiftFields, recipient_ids: tuple[int, ...], *, described: str = "") -> Claim:
    """Return what the form claims; `described` stands in where nothing is described yet."""
    category = form.kind
    hosted = {"yes": True, "no": False}.get(form.host_present.data or "")
    asks_host = category in asked_by("host_present")
    return Claim(
        given_on=form.given_on.data,
        category=category,
        description=(form.description.data or "").strip() or described,
        recipient_ids=recipient_ids,
        purpose=(form.purpose.data or "").strip(),
        cost_cents=form.cost.data,
        market_value_cents=form.market_value.data,
        face_value_cents=form.face_value.data if asks_host else None,
        tax_cents=form.tax.data or 0,
        delivery_cents=form.delivery.data or 0,
        quantity=1 if form.quantity.data is None else form.quantity.data,
        payer=form.paid_by,
        host_present=hosted if asks_host else None,
        evidence=_evidence_of(form, category),
    )


def _evidence_of(form: GiftFields, category: Category) -> dict[str, str]:
    """Return the facts claimed: a tick keeps its name alone, words are kept as typed."""
    claimed: dict[str, str] = {}
    for name in evidence_names(category):
        said = form[name].data
        if said is True:
            claimed[name] = ""
        elif isinstance(said, str) and said.strip():
            claimed[name] = said.strip()
    return claimed
