"""Keep the roots over 256 and 65,536 seals of the trail, so that a proof reads few of them."""

from collections.abc import Iterator
from hashlib import sha256

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
# RFC 9162, 2.1.1: a leaf can never be taken for a node.
LEAF, NODE = b"\x00", b"\x01"
WIDTH = 256


def upgrade() -> None:
    """Make the table and fill it with what the trail holds."""
    table = op.create_table(
        "trail_node",
        sa.Column("height", NUMBER, autoincrement=False, nullable=False),
        sa.Column("place", NUMBER, autoincrement=False, nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("height", "place", name="pk_trail_node"),
        sqlite_with_rowid=False,
    )
    connection = op.get_bind()
    low = list(_roots(connection))
    high = [_fold(low[at : at + WIDTH]) for at in range(0, len(low) - WIDTH + 1, WIDTH)]
    rows = [
        {"height": height, "place": place, "sha256": root.hex()}
        for height, roots in ((8, low), (16, high))
        for place, root in enumerate(roots)
    ]
    if rows:
        connection.execute(sa.insert(table), rows)


def downgrade() -> None:
    """Take them away; they can be made again from the seals."""
    op.drop_table("trail_node")


def _roots(connection: sa.Connection) -> Iterator[bytes]:
    """Yield the root over each 256 seals that are complete, in flat memory."""
    event = sa.table("trail_event", sa.column("number"), sa.column("sha256"))
    start = 0
    while True:
        seals = connection.scalars(
            sa.select(event.c.sha256)
            .where(event.c.number > start, event.c.number <= start + WIDTH)
            .order_by(event.c.number)
        ).all()
        if len(seals) < WIDTH:
            return
        try:
            leaves = [sha256(LEAF + bytes.fromhex(seal)).digest() for seal in seals]
        except (ValueError, TypeError):
            # Somebody changed the trail; the check of it says so, and this must not stop there.
            return
        yield _fold(leaves)
        start += WIDTH


def _fold(hashes: list[bytes]) -> bytes:
    while len(hashes) > 1:
        pairs = zip(hashes[::2], hashes[1::2], strict=True)
        hashes = [sha256(NODE + left + right).digest() for left, right in pairs]
    return hashes[0]
