"""What the database itself refuses in a season: late or foreign sheets, marks off their step, changed evidence, changed rules."""

from django.db import migrations

from goldidea.lib.evidence import keep

# The advisory lock of a round: (7101, round id). Sheets take it shared, closing and tallying exclusive.
SHEETS = """
CREATE FUNCTION check_sheet() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE r record; e record; s record; instant timestamptz;
BEGIN
  PERFORM pg_advisory_xact_lock_shared(7101, NEW.round_id::int);
  SELECT state, opens_at, closes_at INTO r FROM evaluations_round WHERE id = NEW.round_id;
  instant := clock_timestamp();
  IF r.state IS NULL OR r.state <> 'open' OR instant < r.opens_at OR instant >= r.closes_at THEN
    RAISE EXCEPTION 'round is not open' USING ERRCODE = 'GI001';
  END IF;
  SELECT round_id, locked_at INTO e FROM evaluations_entry WHERE id = NEW.entry_id;
  IF e.round_id IS DISTINCT FROM NEW.round_id OR e.locked_at IS NOT NULL THEN
    RAISE EXCEPTION 'entry is locked' USING ERRCODE = 'GI002';
  END IF;
  SELECT round_id, state INTO s FROM evaluations_seat WHERE id = NEW.seat_id;
  IF s.round_id IS DISTINCT FROM NEW.round_id OR s.state <> 'live' THEN
    RAISE EXCEPTION 'seat is not in place' USING ERRCODE = 'GI003';
  END IF;
  IF NOT EXISTS (SELECT 1 FROM evaluations_assignment WHERE seat_id = NEW.seat_id AND entry_id = NEW.entry_id)
     OR EXISTS (SELECT 1 FROM evaluations_recusal
                WHERE seat_id = NEW.seat_id AND entry_id = NEW.entry_id AND withdrawn_at IS NULL) THEN
    RAISE EXCEPTION 'not assigned, or recused' USING ERRCODE = 'GI004';
  END IF;
  NEW.submitted_at := instant;
  RETURN NEW;
END $$;
CREATE TRIGGER check_sheet BEFORE INSERT ON evaluations_scoresheet FOR EACH ROW EXECUTE FUNCTION check_sheet();
ALTER TABLE evaluations_scoresheet ENABLE ALWAYS TRIGGER check_sheet;

CREATE FUNCTION check_mark() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE c record; rule bigint; born bigint; here bigint := pg_current_xact_id()::text::bigint;
BEGIN
  SELECT r.rule_set_id, s.xmin::text::bigint INTO rule, born
    FROM evaluations_scoresheet s JOIN evaluations_round r ON r.id = s.round_id WHERE s.id = NEW.sheet_id;
  -- A visible row whose transaction is still running was born in ours (or in a savepoint of ours).
  born := (here >> 32 << 32) + born;
  IF rule IS NULL OR pg_xact_status((CASE WHEN born > here + 1000000 THEN born - (1::bigint << 32) ELSE born END)::text::xid8)
     IS DISTINCT FROM 'in progress' THEN
    RAISE EXCEPTION 'marks come with their sheet' USING ERRCODE = 'GI005';
  END IF;
  SELECT minimum, maximum, step INTO c FROM evaluations_criterion WHERE id = NEW.criterion_id AND rule_set_id = rule;
  IF NOT FOUND OR NEW.value < c.minimum OR NEW.value > c.maximum OR mod(NEW.value - c.minimum, c.step) <> 0 THEN
    RAISE EXCEPTION 'mark is off its range or step' USING ERRCODE = 'GI006';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER check_mark BEFORE INSERT ON evaluations_mark FOR EACH ROW EXECUTE FUNCTION check_mark();
ALTER TABLE evaluations_mark ENABLE ALWAYS TRIGGER check_mark;
"""
SHEETS_BACK = """
DROP FUNCTION IF EXISTS check_sheet() CASCADE; DROP FUNCTION IF EXISTS check_mark() CASCADE;
"""

ROUNDS = """
CREATE FUNCTION check_round() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE allowed jsonb := '{"draft": ["open", "cancelled"], "open": ["counting", "cancelled"],
  "counting": ["closed", "cancelled"], "closed": ["tallied"], "tallied": ["on_notice"], "on_notice": ["final"],
  "final": [], "cancelled": []}';
BEGIN
  IF TG_OP = 'DELETE' THEN
    IF OLD.state <> 'draft' THEN RAISE EXCEPTION 'a round that was opened stays' USING ERRCODE = 'GI010'; END IF;
    RETURN OLD;
  END IF;
  IF NEW.state <> OLD.state THEN
    IF NOT (allowed -> OLD.state) ? NEW.state THEN
      RAISE EXCEPTION 'a round does not go from % to %', OLD.state, NEW.state USING ERRCODE = 'GI010';
    END IF;
    -- Whoever moves a round waits for the sheets on their way, and those that come after see the new state.
    PERFORM pg_advisory_xact_lock(7101, OLD.id::int);
  END IF;
  IF OLD.state <> 'draft' AND (NEW.rule_set_id <> OLD.rule_set_id OR NEW.opens_at <> OLD.opens_at
      OR NEW.season_id <> OLD.season_id OR NEW.sub_district_id IS DISTINCT FROM OLD.sub_district_id) THEN
    RAISE EXCEPTION 'an opened round keeps its rule' USING ERRCODE = 'GI011';
  END IF;
  IF NEW.closes_at <> OLD.closes_at AND OLD.state NOT IN ('draft', 'open') THEN
    RAISE EXCEPTION 'a closed round is not extended' USING ERRCODE = 'GI011';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER check_round BEFORE UPDATE OR DELETE ON evaluations_round FOR EACH ROW EXECUTE FUNCTION check_round();

CREATE FUNCTION check_rule_set() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.frozen_at IS NOT NULL THEN
    RAISE EXCEPTION 'a frozen rule set is never changed' USING ERRCODE = 'GI012';
  END IF;
  RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER check_rule_set BEFORE UPDATE OR DELETE ON evaluations_ruleset
  FOR EACH ROW EXECUTE FUNCTION check_rule_set();

CREATE FUNCTION check_criterion() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE rule bigint := CASE TG_OP WHEN 'DELETE' THEN OLD.rule_set_id ELSE NEW.rule_set_id END;
BEGIN
  IF EXISTS (SELECT 1 FROM evaluations_ruleset WHERE id = rule AND frozen_at IS NOT NULL) THEN
    RAISE EXCEPTION 'a frozen rule set is never changed' USING ERRCODE = 'GI012';
  END IF;
  RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER check_criterion BEFORE INSERT OR UPDATE OR DELETE ON evaluations_criterion
  FOR EACH ROW EXECUTE FUNCTION check_criterion();
"""
ROUNDS_BACK = """
DROP FUNCTION IF EXISTS check_round() CASCADE; DROP FUNCTION IF EXISTS check_rule_set() CASCADE;
DROP FUNCTION IF EXISTS check_criterion() CASCADE;
"""

# A case is handed in before the season's close, by the database's clock; a returned one before corrections close.
SUBMISSIONS = """
CREATE FUNCTION check_submission() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE s record; instant timestamptz := clock_timestamp();
BEGIN
  IF NEW.state = 'submitted' AND (TG_OP = 'INSERT' OR OLD.state IN ('draft', 'returned')) THEN
    SELECT submissions_open_at, submissions_close_at, corrections_close_at INTO s
      FROM evaluations_season WHERE id = NEW.season_id;
    IF instant < s.submissions_open_at
       OR instant >= (CASE WHEN TG_OP = 'UPDATE' AND OLD.state = 'returned' THEN s.corrections_close_at
                      ELSE s.submissions_close_at END) THEN
      RAISE EXCEPTION 'submissions are closed' USING ERRCODE = 'GI001';
    END IF;
    NEW.submitted_at := instant;
  END IF;
  IF TG_OP = 'UPDATE' AND OLD.number <> '' AND NEW.number <> OLD.number THEN
    RAISE EXCEPTION 'a case keeps its number' USING ERRCODE = 'GI013';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER check_submission BEFORE INSERT OR UPDATE ON evaluations_submission
  FOR EACH ROW EXECUTE FUNCTION check_submission();

CREATE FUNCTION keep_publication() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'what was published stays' USING ERRCODE = 'GI014';
END $$;
CREATE TRIGGER keep_publication BEFORE UPDATE OR DELETE ON evaluations_publication
  FOR EACH ROW EXECUTE FUNCTION keep_publication();

CREATE FUNCTION check_tally() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' OR (NEW.result, NEW.rule_sha256, NEW.marks_sha256, NEW.round_id, NEW.version)
     IS DISTINCT FROM (OLD.result, OLD.rule_sha256, OLD.marks_sha256, OLD.round_id, OLD.version) THEN
    RAISE EXCEPTION 'a tally is never changed: a correction is a new version' USING ERRCODE = 'GI014';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER check_tally BEFORE UPDATE OR DELETE ON evaluations_tally FOR EACH ROW EXECUTE FUNCTION check_tally();
"""
SUBMISSIONS_BACK = """
DROP FUNCTION IF EXISTS check_submission() CASCADE; DROP FUNCTION IF EXISTS keep_publication() CASCADE;
DROP FUNCTION IF EXISTS check_tally() CASCADE;
"""


class Migration(migrations.Migration):
    dependencies = [("evaluations", "0001_initial"), ("lib", "0002_evidence")]
    operations = [
        migrations.RunSQL(SHEETS, SHEETS_BACK),
        migrations.RunSQL(ROUNDS, ROUNDS_BACK),
        migrations.RunSQL(SUBMISSIONS, SUBMISSIONS_BACK),
        keep("evaluations_submissionsnapshot"),
        keep("evaluations_scoresheet"),
        keep("evaluations_mark"),
        keep("evaluations_roundevent"),
        keep("evaluations_sheetvoid"),
    ]
