"""What todos are searched by: one form for texts that are the same. The release before knows nothing of it."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

# The same as app.text.fold. Of what is longer in capitals, only ß is left after NFKD.
FOLD_TEXT = r"""
CREATE FUNCTION fold_text(value text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN
btrim(regexp_replace(normalize(
  replace(replace(replace(lower(upper(lower(normalize(regexp_replace(value,
    U&'[\00AD\034F\061C\115F\1160\17B4\17B5\180B-\180F\200B-\200F\202A-\202E\2060-\206F\3164'
    '\FE00-\FE0F\FEFF\FFA0\+0E0000-\+0E0FFF]+',
  '', 'g'), NFKD)))), 'ß', 'ss'), 'ς', 'σ'), U&'i\0307', 'i'),
NFKC), U&'[\0009-\000D\001C-\0020\0085\1680\2028\2029]+', ' ', 'g'), ' ')
"""  # noqa: RUF001
SEARCHED = "fold_text(title) || chr(10) || fold_text(description)"


def upgrade() -> None:
    op.execute(FOLD_TEXT)
    op.add_column("todos", sa.Column("searched", sa.Text(), sa.Computed(SEARCHED, persisted=True), nullable=False))


def downgrade() -> None:
    op.drop_column("todos", "searched")
    op.execute("DROP FUNCTION fold_text(text)")
