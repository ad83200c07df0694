"""The tables, a file a noun; sums are integer cents, moments UTC, and nothing cascades."""

from compliance_app.store.models.derived import (
    EmployerWord,
    FlaggedGift,
    GiverMonth,
    RecipientYear,
)
from compliance_app.store.models.employers import (
    Classification,
    Coverage,
    Employer,
    Negotiation,
)
from compliance_app.store.models.gifts import (
    Assessment,
    Attachment,
    Comment,
    Decision,
    Gift,
    GiftVersion,
    Share,
)
from compliance_app.store.models.identity import (
    RecipientFinding,
    RecipientMerge,
    RecipientPair,
    RecipientScan,
)
from compliance_app.store.models.imports import CrmChange, CrmImport, CrmMapping, ExternalId
from compliance_app.store.models.people import (
    ApiToken,
    Person,
    RecoveryCode,
    SignInAttempt,
    SignInSession,
)
from compliance_app.store.models.recipients import (
    Employment,
    Recipient,
    RecipientKey,
    RecipientWord,
)
from compliance_app.store.models.records import (
    Draft,
    IdempotencyKey,
    Policy,
    ReportJob,
    ReportRun,
    TrailCheckpoint,
    TrailEvent,
    TrailHead,
    TrailNode,
)
from compliance_app.store.models.searches import SavedSearch

__all__ = [
    "ApiToken",
    "Assessment",
    "Attachment",
    "Classification",
    "Comment",
    "Coverage",
    "CrmChange",
    "CrmImport",
    "CrmMapping",
    "Decision",
    "Draft",
    "Employer",
    "EmployerWord",
    "Employment",
    "ExternalId",
    "FlaggedGift",
    "Gift",
    "GiftVersion",
    "GiverMonth",
    "IdempotencyKey",
    "Negotiation",
    "Person",
    "Policy",
    "Recipient",
    "RecipientFinding",
    "RecipientKey",
    "RecipientMerge",
    "RecipientPair",
    "RecipientScan",
    "RecipientWord",
    "RecipientYear",
    "RecoveryCode",
    "ReportJob",
    "ReportRun",
    "SavedSearch",
    "Share",
    "SignInAttempt",
    "SignInSession",
    "TrailCheckpoint",
    "TrailEvent",
    "TrailHead",
    "TrailNode",
]
