"""Who may do what, as a table that can be read aloud; what is not named is refused."""

from enum import StrEnum


class Role(StrEnum):
    """What a person is at the member."""

    AE = "ae"
    SUPERVISOR = "supervisor"
    COMPLIANCE = "compliance"
    AUDITOR = "auditor"
    ADMIN = "admin"

    @property
    def words(self) -> str:
        """Return the role as people say it."""
        return {
            Role.AE: "Account executive",
            Role.SUPERVISOR: "Supervisor",
            Role.COMPLIANCE: "Compliance officer",
            Role.AUDITOR: "Auditor",
            Role.ADMIN: "Administrator",
        }[self]


class Permission(StrEnum):
    """One thing a page, an endpoint or a command may do."""

    ACCOUNT_OWN = "account:own"
    GIFT_LOG = "gift:log"
    GIFT_READ_CHAIN = "gift:read-chain"
    GIFT_READ_ALL = "gift:read-all"
    GIFT_DECIDE = "gift:decide"
    BREACH_RECORD = "breach:record"
    EXCEPTION_GRANT = "exception:grant"
    RECIPIENT_READ = "recipient:read"
    RECIPIENT_ADD = "recipient:add"
    RECIPIENT_MERGE = "recipient:merge"
    RECIPIENT_CHANGE = "recipient:change"
    EMPLOYER_READ = "employer:read"
    EMPLOYER_CHANGE_OWN = "employer:change-own"
    EMPLOYER_CHANGE_ALL = "employer:change-all"
    CRM_IMPORT = "crm:import"
    LEDGER_READ = "ledger:read"
    PEOPLE_READ = "people:read"
    PEOPLE_MANAGE = "people:manage"
    TRAIL_READ = "trail:read"
    REPORT_READ = "report:read"
    POLICY_READ = "policy:read"
    POLICY_ADOPT = "policy:adopt"


P = Permission

ROLE_PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.AE: frozenset(
        {
            P.ACCOUNT_OWN,
            P.GIFT_LOG,
            P.RECIPIENT_READ,
            P.RECIPIENT_ADD,
            P.RECIPIENT_CHANGE,
            P.EMPLOYER_READ,
            P.EMPLOYER_CHANGE_OWN,
            P.POLICY_READ,
        }
    ),
    Role.SUPERVISOR: frozenset(
        {
            P.ACCOUNT_OWN,
            P.GIFT_LOG,
            P.GIFT_READ_CHAIN,
            P.GIFT_DECIDE,
            P.RECIPIENT_READ,
            P.RECIPIENT_ADD,
            P.RECIPIENT_CHANGE,
            P.EMPLOYER_READ,
            P.EMPLOYER_CHANGE_OWN,
            P.POLICY_READ,
        }
    ),
    Role.COMPLIANCE: frozenset(
        {
            P.ACCOUNT_OWN,
            P.GIFT_LOG,
            P.GIFT_READ_CHAIN,
            P.GIFT_READ_ALL,
            P.GIFT_DECIDE,
            P.BREACH_RECORD,
            P.EXCEPTION_GRANT,
            P.RECIPIENT_READ,
            P.RECIPIENT_ADD,
            P.RECIPIENT_MERGE,
            P.RECIPIENT_CHANGE,
            P.EMPLOYER_READ,
            P.EMPLOYER_CHANGE_OWN,
            P.EMPLOYER_CHANGE_ALL,
            P.CRM_IMPORT,
            P.LEDGER_READ,
            P.PEOPLE_READ,
            P.TRAIL_READ,
            P.REPORT_READ,
            P.POLICY_READ,
            P.POLICY_ADOPT,
        }
    ),
    Role.AUDITOR: frozenset(
        {
            P.ACCOUNT_OWN,
            P.GIFT_READ_ALL,
            P.RECIPIENT_READ,
            P.EMPLOYER_READ,
            P.LEDGER_READ,
            P.PEOPLE_READ,
            P.TRAIL_READ,
            P.REPORT_READ,
            P.POLICY_READ,
        }
    ),
    Role.ADMIN: frozenset({P.ACCOUNT_OWN, P.PEOPLE_READ, P.PEOPLE_MANAGE, P.POLICY_READ}),
}

# What is left to an account that is narrowed to one part of the firm: the reports about it, and
# nothing that tells of the rest of the register.
OF_ONE_PART = frozenset({P.ACCOUNT_OWN, P.REPORT_READ, P.POLICY_READ})


def may(role: Role, permission: Permission, *, narrowed: bool = False) -> bool:
    """Say whether the role holds the permission, also where the account is narrowed."""
    return permission in ROLE_PERMISSIONS[role] and (not narrowed or permission in OF_ONE_PART)
