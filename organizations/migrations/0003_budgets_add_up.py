"""The lines of a budget add up to what their project says: held by the database at the end of every transaction."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION check_budget(checked bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE lines record; said record;
BEGIN
  SELECT count(*) AS number, sum(total) AS total, sum(granted) AS granted INTO lines
    FROM organizations_budgetline WHERE project_id = checked;
  SELECT budget_total, granted INTO said FROM organizations_venturephilanthropyproject WHERE id = checked;
  IF FOUND AND lines.number > 0 AND (lines.total <> said.budget_total OR lines.granted <> said.granted) THEN
    RAISE EXCEPTION 'budget of project %: lines %, granted %; project says %, granted %',
      checked, lines.total, lines.granted, said.budget_total, said.granted USING ERRCODE = 'check_violation';
  END IF;
END $$;
CREATE FUNCTION budget_line_adds_up() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP <> 'DELETE' THEN PERFORM check_budget(NEW.project_id); END IF;
  IF TG_OP <> 'INSERT' THEN PERFORM check_budget(OLD.project_id); END IF;
  RETURN NULL;
END $$;
CREATE FUNCTION project_adds_up() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM check_budget(NEW.id);
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER budget_adds_up AFTER INSERT OR UPDATE OR DELETE ON organizations_budgetline
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION budget_line_adds_up();
CREATE CONSTRAINT TRIGGER budget_adds_up AFTER UPDATE OF budget_total, granted ON organizations_venturephilanthropyproject
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION project_adds_up();
"""
BACK = """
DROP TRIGGER budget_adds_up ON organizations_budgetline;
DROP TRIGGER budget_adds_up ON organizations_venturephilanthropyproject;
DROP FUNCTION budget_line_adds_up(); DROP FUNCTION project_adds_up(); DROP FUNCTION check_budget(bigint);
"""


class Migration(migrations.Migration):
    dependencies = [("organizations", "0002_budget_lines")]

    operations = [migrations.RunSQL(FORWARD, BACK)]
