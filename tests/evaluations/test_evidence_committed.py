"""What the database refuses between two transactions, on a database of the test's own."""

import pytest
from django.db import DatabaseError, transaction

from communities.models import District
from evaluations.models import Mark
from tests import make


def test_a_mark_comes_with_its_sheet_and_never_later(own_database):
    round_ = make.scored_round(
        make.season(make.district()), make.sub_district(District.objects.get()), {"早安": [("50", "30")]}
    )
    sheet, criterion = round_.sheets.get(), round_.rule_set.criteria.first()
    with pytest.raises(DatabaseError) as error, transaction.atomic():
        Mark.objects.create(sheet=sheet, criterion=criterion, value="1")
    assert error.value.__cause__.pgcode == "GI005"
