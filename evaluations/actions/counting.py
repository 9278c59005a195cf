"""What a tally counts, read from the database in the form in which the pure tally takes it."""

from collections import Counter

from django.db import connection

from evaluations.models import Round
from evaluations.tally import Inputs

# A sub-district is told beside a pseudonym only where the panel has so many seats of it: one judge is no pseudonym.
SEATS_OF_A_SUB_DISTRICT = 5

# The latest revision of each seat's sheet for an entry, not void, the judge not recused from it.
MARKS = """
SELECT p.key, e.key, s.pseudonym, c.key, m.value::text
FROM (
  SELECT DISTINCT ON (seat_id, entry_id) id, seat_id, entry_id
  FROM evaluations_scoresheet WHERE round_id = %(round)s ORDER BY seat_id, entry_id, revision DESC
) sheet
JOIN evaluations_mark m ON m.sheet_id = sheet.id
JOIN evaluations_seat s ON s.id = sheet.seat_id
JOIN evaluations_panel p ON p.id = s.panel_id
JOIN evaluations_entry e ON e.id = sheet.entry_id
JOIN evaluations_criterion c ON c.id = m.criterion_id
WHERE NOT EXISTS (SELECT 1 FROM evaluations_sheetvoid v WHERE v.sheet_id = sheet.id)
  AND NOT EXISTS (SELECT 1 FROM evaluations_recusal r
                  WHERE r.seat_id = sheet.seat_id AND r.entry_id = sheet.entry_id AND r.withdrawn_at IS NULL)
"""


def tally_inputs(round_: Round) -> Inputs:
    """Entries, seats and counted marks of a round. Titles and places are those of the frozen snapshots."""
    bodies = [(entry.key, entry.snapshot.body) for entry in round_.entries.select_related("snapshot")]
    entries = [
        (key, body["title"], body["community"]["name"], body["sub_district"]["name"]) for key, body in bodies
    ]
    rows = list(round_.seats.values_list("panel__key", "pseudonym", "judge__sub_district__name"))
    of_place = Counter((panel, place) for panel, _pseudonym, place in rows)
    seats = [
        (panel, pseudonym, place if place and of_place[panel, place] >= SEATS_OF_A_SUB_DISTRICT else "")
        for panel, pseudonym, place in rows
    ]
    with connection.cursor() as cursor:
        cursor.execute(MARKS, {"round": round_.pk})
        marks = cursor.fetchall()
    return Inputs(entries=entries, marks=marks, seats=seats)
