"""/metrics: for the holder of the token, complete, and nobody in it."""

import subprocess
import sys

import pytest
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families

from accounts.actions import limits
from evaluations.actions.closing import close_round_early
from evaluations.actions.tallying import tally_round
from tests import make
from tests.conftest import ROOT, program_environment
from tests.evaluations.judging import Scene, hand_in

TOKEN = "a-token-for-the-watcher"


def read(client) -> dict[tuple, float]:
    """Every sample: (name, *label values) → number."""
    answer = client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    assert answer.status_code == 200
    families = text_string_to_metric_families(answer.content.decode())
    return {(s.name, *s.labels.values()): s.value for family in families for s in family.samples}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("token", "sent"), [("", ""), ("", "Bearer "), (TOKEN, ""), (TOKEN, "Bearer wrong"), (TOKEN, "密")]
)
def test_without_the_token_there_is_no_such_page(client, settings, token, sent):
    settings.METRICS_TOKEN = token
    assert client.get("/metrics", headers={"Authorization": sent}).status_code == 404


@pytest.mark.django_db
def test_what_operators_watch(client, settings):
    settings.METRICS_TOKEN = TOKEN
    before = read(client)
    scene = Scene.open()
    hand_in(scene.seat, scene.entry)
    client.get("/shangcheng/")
    limits.enter("password", "wang", "203.0.113.9", now=timezone.now())
    close_round_early(scene.round, by=make.user(), second=make.user(), now=timezone.now())
    waiting = read(client)
    tally_round(scene.round.pk, timezone.now())
    after = read(client)

    def grown(*sample: str) -> float:
        return after[sample] - before.get(sample, 0)

    assert grown("goldidea_sheets_total", "accepted") == grown("goldidea_stored_sheets") == 1
    assert grown("goldidea_requests_total", "GET", "public:home", "200") == 1
    assert grown("goldidea_request_seconds_count", "public:home") == 1
    assert (waiting["goldidea_rounds", "closed"], after["goldidea_rounds", "tallied"]) == (1, 1)
    assert waiting["goldidea_tally_waiting_seconds",] > 0 == after["goldidea_tally_waiting_seconds",]
    assert grown("goldidea_close_to_tally_seconds_count") == 1
    assert after["goldidea_sign_in_failures", "password"] == 1
    assert after["goldidea_database_up",] == after["goldidea_redis_up",] == 1
    assert after["goldidea_close_overdue_seconds",] == 0


def test_several_web_processes_add_up(own_database, tmp_path):
    environment = {**program_environment(own_database), "PROMETHEUS_MULTIPROC_DIR": str(tmp_path)}
    once = "from goldidea.lib.metrics import observe; observe('public:home', 'GET', 200, 0.02)"
    tell = "from goldidea.lib.metrics import exposition; print(exposition().decode())"
    for program in (once, once, tell):
        setup = f"import django; django.setup(); {program}"
        told = subprocess.run(
            [sys.executable, "-c", setup], env=environment, cwd=ROOT, capture_output=True, text=True
        )
        assert told.returncode == 0, told.stderr
    assert 'goldidea_requests_total{method="GET",route="public:home",status="200"} 2.0' in told.stdout
    assert "goldidea_database_up 1.0" in told.stdout
    assert list(tmp_path.iterdir())
