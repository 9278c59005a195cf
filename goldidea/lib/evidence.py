"""What the database refuses for evidence tables, as migration operations.

The one list is EVIDENCE_TABLES: a test tries UPDATE, DELETE and TRUNCATE on each as the application's role.
"""

from typing import Any

from django.db import migrations

EVIDENCE_TABLES = (
    "lib_auditevent",
    "evaluations_roundevent",
    "evaluations_scoresheet",
    "evaluations_mark",
    "evaluations_sheetvoid",
    "evaluations_reading",
    "evaluations_trialsheet",
    "evaluations_submissionsnapshot",
    "evaluations_analysis",
    "evaluations_bundle",
    "evaluations_correction",
    "evaluations_adjustment",
    "evaluations_votecount",
    "lib_seal",
    "lib_checkpoint",
)

REFUSE = """
CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'evidence: % on % is refused', TG_OP, TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END $$;
"""


def refuse_change_function() -> Any:
    """The trigger function shared by all evidence tables."""
    return migrations.RunSQL(REFUSE, "DROP FUNCTION IF EXISTS refuse_change() CASCADE")


def keep(table: str) -> Any:
    """Rows of `table` are never updated, deleted or truncated: by triggers for everyone, by privilege for the application.

    The privilege is taken from every role that holds it, except the owner: the name of the application's role is
    the operator's choice.
    """
    if table not in EVIDENCE_TABLES:
        raise ValueError(f"{table} is not in EVIDENCE_TABLES")
    return migrations.RunSQL(
        f"""
        CREATE TRIGGER keep_rows BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION refuse_change();
        CREATE TRIGGER keep_all BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
        ALTER TABLE {table} ENABLE ALWAYS TRIGGER keep_rows, ENABLE ALWAYS TRIGGER keep_all;
        DO $$ DECLARE grantee name; BEGIN
          FOR grantee IN SELECT DISTINCT g.grantee FROM information_schema.role_table_grants g
                         WHERE g.table_name = '{table}' AND g.grantee <> current_user AND g.grantee <> 'PUBLIC' LOOP
            EXECUTE format('REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM %I', grantee);
          END LOOP;
        END $$;
        """,
        f"DROP TRIGGER IF EXISTS keep_rows ON {table}; DROP TRIGGER IF EXISTS keep_all ON {table};",
    )
