"""Find vouchers by the whole text of their code, so that nothing inside it is used before its signature is verified."""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_index("ix_voucher_token", "voucher", ["token"])


def downgrade() -> None:
    """Go back."""
    op.drop_index("ix_voucher_token", "voucher")
