"""The demonstration: its content, the state that visitors find, and that a seed decides the result to the byte."""

import contextlib
import json
import subprocess
import sys
import uuid
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.contrib.auth import authenticate
from django.core.management import CommandError, call_command
from django.db import connections

from accounts.models import User
from communities.models import Community, Decision, District
from evaluations.demonstration.drawings import SHAPES, drawing
from evaluations.demonstration.founding import PASSWORD
from evaluations.demonstration.loading import load
from evaluations.demonstration.people import invented_names, invented_phone
from evaluations.demonstration.plans import plan_season
from evaluations.demonstration.proof import NotTheSame, count_again
from evaluations.demonstration.ranking import cut, table
from evaluations.demonstration.season import Stages
from evaluations.demonstration.societies import GROUPS, invented_credit_code
from evaluations.demonstration.stories import STORIES
from evaluations.demonstration.visiting import card_to_try, sign_ins
from evaluations.models import Publication, Round, ScoreSheet, Season, Submission
from evaluations.rules.completeness import TEXTS, limit
from goldidea.lib.personal import e164
from judges.models import Judge
from organizations import creditcode
from organizations.models import SocialOrganization
from tests import make
from tests.conftest import ROOT, beside, program_environment

OWN_WORDS = {"deliberation_record": "record"}
TOLD = [name for name in TEXTS if name != "profile"]  # that is the applicant's own


def test_every_story_fits_the_form_in_both_tellings():
    found = []
    for story in STORIES:
        for telling in (0, 1):
            for name in ("title", *TOLD):
                text = story.told(getattr(story, OWN_WORDS.get(name, name)), telling, "北落马营社区")
                if not text or len(text) > limit(name) or set(text) & set("{}|"):
                    found.append((story.key, telling, name))
    assert found == []


def test_every_story_has_a_field_an_origin_a_group_and_a_drawing():
    assert {story.field for story in STORIES} == set(Submission.Field.values)
    assert {story.begins for story in STORIES} == set(Submission.OriginKind.values)
    assert {story.key for story in STORIES} == set(GROUPS)
    assert {story.picture for story in STORIES} == set(SHAPES)
    assert drawing("bowl", 0)[:3] == b"\xff\xd8\xff"


def test_people_and_codes_are_invented_in_the_right_form():
    names = list(invented_names())
    assert len(set(names)) == len(names) == 288
    assert e164(invented_phone(4, 17)) == "+8619900040017"
    assert creditcode.is_valid(invented_credit_code("service", 7))


@pytest.mark.django_db
def test_no_sub_district_tells_a_story_twice():
    district = make.district()
    places = [make.sub_district(district, f"街道{n}") for n in range(6)]
    communities = {place.pk: [make.community(place) for _n in range(9)] for place in places}
    for seed in ("1", "2", "7"):
        plans = plan_season(seed, 2018, communities)
        assert len({plan.community for plan in plans}) == 54
        there = Counter((plan.community.sub_district_id, plan.story.key) for plan in plans)
        assert max(there.values()) == 1


def test_a_table_gives_a_chinese_character_two_columns():
    assert table(["no", "title"], [["1", "早安"], ["10", "ab"]], frozenset({0})) == "\n".join(
        ["no  title", "──  ─────", " 1  早安", "10  ab"]
    )
    assert cut("一二三四", 7) == "一二三…"


@pytest.mark.django_db
def test_what_a_visitor_finds(settings, capsys):
    settings.DEVELOPMENT = True
    load("1", Stages(lambda _line: None), pictured=False)
    district = District.objects.get(slug="shangcheng", is_demonstration=True)
    assert Community.objects.of(district).count() == 54
    assert 60 <= SocialOrganization.objects.of(district).count() <= 70
    assert Judge.objects.of(district).residents().filter(state="appointed").count() == 48
    assert Judge.objects.of(district).experts().filter(state="appointed").count() == 5
    rounds = Round.objects.values_list("season__year", "kind", "state")
    assert Counter(rounds) == {
        (2017, "preliminary", "final"): 6,
        (2017, "final", "final"): 1,
        (2018, "preliminary", "final"): 5,
        (2018, "preliminary", "open"): 1,
        (2018, "final", "draft"): 1,
    }
    assert dict(Season.objects.values_list("name", "state")) == {"2017 届": "finished", "2018 届": "running"}
    states = Counter(Submission.objects.filter(season__year=2018).values_list("state", flat=True))
    assert states == {"accepted": 54, "draft": 1, "returned": 1, "submitted": 1}
    assert Submission.objects.filter(season__year=2018, notes__isnull=False).distinct().count() == 7
    open_round = Round.objects.get(state="open")
    waiting = open_round.assignments.count() - ScoreSheet.objects.filter(round=open_round, revision=1).count()
    assert waiting > 10
    assert Decision.objects.pending().get().kind == "extend_round"
    origins = Counter(
        one["origin"]
        for publication in Publication.objects.filter(kind="final")
        for line in json.loads(publication.body)["standings"]
        for one in line["organizations"]
    )
    assert min(origins["endogenous"], origins["exogenous"]) > 20
    signing_in = [line.split()[0] for line in sign_ins(district).splitlines()[2:]]
    assert signing_in == [
        *("admin", "district1", "district2", "observer", "qingbo1", "qingbo2", "hubin1", "hubin2"),
        *("qingbomen", "mandeng", "shidian"),
    ]
    # One hash for all of them, so one check tells for all.
    assert User.objects.people().values("password").distinct().count() == 1
    assert authenticate(None, username="qingbomen", password=PASSWORD) is not None
    assert "/card/" in card_to_try(district)
    before = {model: model.objects.count() for model in (User, Submission, ScoreSheet, Publication)}
    call_command("load_demonstration")
    assert {model: model.objects.count() for model in before} == before
    assert "jindianzi-2018" in capsys.readouterr().out


@pytest.mark.django_db
def test_a_known_password_stays_out_of_a_real_installation(settings):
    settings.DEVELOPMENT = False
    for command in ("load_demonstration", "run_demonstration"):
        with pytest.raises(CommandError, match="DEVELOPMENT=1 only"):
            call_command(command)
    assert District.objects.count() == 0


@pytest.mark.django_db
def test_a_real_district_of_that_name_is_left_alone(settings):
    settings.DEVELOPMENT = True
    make.district("shangcheng")
    with pytest.raises(CommandError, match="is no demonstration"):
        call_command("load_demonstration")


@contextlib.contextmanager
def database() -> Iterator[str]:
    """A migrated database for programs of their own; this process never connects to it."""
    template, name = connections["default"].settings_dict["NAME"], f"t_{uuid.uuid4().hex[:12]}"
    beside(f'CREATE DATABASE "{name}" TEMPLATE "{template}_template"')
    try:
        yield name
    finally:
        beside(f'DROP DATABASE "{name}" WITH (FORCE)')


def season(name: str, out: Path, hash_seed: str) -> subprocess.Popen:
    """A small season on this database, in a process of its own with a worker of its own."""
    command = [sys.executable, "manage.py", "run_demonstration", "--seed", "5", "--out", str(out)]
    return subprocess.Popen(
        [*command, "--sub-districts", "2", "--window", "6"],
        cwd=ROOT,
        env={**program_environment(name), "PYTHONHASHSEED": hash_seed},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def test_a_seed_decides_the_result_to_the_byte(django_db_setup, tmp_path):
    """Two databases, two workers, two orders of hashing: the same files, the command's count among them."""
    with database() as first, database() as second:
        outs = [tmp_path / "one", tmp_path / "two"]
        runs = [season(first, outs[0], "1"), season(second, outs[1], "2")]
        told = [run.communicate(timeout=240)[0] for run in runs]
        assert [run.returncode for run in runs] == [0, 0], "\n".join(told)
    files = [
        {
            str(path.relative_to(out)): path.read_bytes()
            for path in out.rglob("*.*")
            if path.suffix not in {".log", ".zip"}
        }
        for out in outs
    ]
    assert files[0] == files[1]
    assert {"result.json", "2018-final/result.json", "2018-qb/marks.csv", "2018-hb/rule.json"} <= set(
        files[0]
    )
    assert files[0]["result.json"] == files[0]["2018-final/result.json"]
    standings = json.loads(files[0]["result.json"])["standings"]
    assert [line["rank"] for line in standings] == [1, 2, 3, 4]
    assert all(line["panels"]["experts"]["judges"] >= 3 for line in standings)
    assert len(list(outs[0].glob("*/bundle.zip"))) == 3  # they hold times and differ from run to run
    assert count_again(outs[0] / "2018-final") == files[0]["result.json"]
    (outs[0] / "2018-final" / "result.json").write_bytes(files[0]["result.json"] + b"\n")
    with pytest.raises(NotTheSame, match="other bytes"):
        count_again(outs[0] / "2018-final")
