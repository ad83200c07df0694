"""Settings, read from the environment each time the application starts; never imported.

Each secret may also be given as the name of a file: `TALLY3220_SECRET_KEY_FILE`.
docs/operating.md explains every one.
"""

import os
from pathlib import Path


def _secret(name: str) -> str:
    file_name = os.environ.get(f"TALLY3220_{name}_FILE")
    if file_name:
        return Path(file_name).read_text(encoding="utf-8").strip()
    return os.environ.get(f"TALLY3220_{name}", "")


DATA_DIR = os.environ.get("TALLY3220_DATA_DIR") or str(Path.cwd() / "instance")
DATABASE_URL = _secret("DATABASE_URL") or f"sqlite:///{Path(DATA_DIR) / 'tally3220.db'}"
SECRET_KEY = _secret("SECRET_KEY")
# Signs checkpoints of the trail; `tally3220 audit keys` makes one.
SIGNING_KEY = _secret("SIGNING_KEY")
# Signs reports: a PKCS#12 file; `tally3220 report keys` makes one.
REPORT_KEY_FILE = os.environ.get("TALLY3220_REPORT_KEY_FILE", "")
REPORT_KEY_PASSWORD = _secret("REPORT_KEY_PASSWORD")
REPORT_TIMESTAMP_URL = os.environ.get("TALLY3220_REPORT_TIMESTAMP_URL", "")
FIRM_NAME = os.environ.get("TALLY3220_FIRM_NAME", "Your firm")
# The zone whose calendar decides which day it is; moments are kept in UTC.
TIME_ZONE = os.environ.get("TALLY3220_TIME_ZONE") or "America/New_York"
BASE_URL = os.environ.get("TALLY3220_BASE_URL", "")
TRUSTED_PROXIES = os.environ.get("TALLY3220_TRUSTED_PROXIES", "0")

# Roles that must use a second factor to sign in, such as "compliance,admin".
SECOND_FACTOR_ROLES = os.environ.get("TALLY3220_SECOND_FACTOR_ROLES", "")
# A session ends after this many hours, used or not.
SESSION_HOURS = 12
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = BASE_URL.startswith("https://")
SESSION_COOKIE_NAME = "tally3220"
# The token lives as long as the session it belongs to.
WTF_CSRF_TIME_LIMIT = None
# The largest request body, in bytes.
MAX_CONTENT_LENGTH = 12 * 1024 * 1024
MAX_FORM_MEMORY_SIZE = 2 * 1024 * 1024
