"""The two servers of a run: embedded, or those that the environment names."""

import dataclasses
import os

from goldidea.embedded import binaries, environment, redis
from goldidea.embedded.environment import Addresses
from goldidea.embedded.leftovers import end_leftovers
from goldidea.embedded.place import Place
from goldidea.embedded.postgres import APPLICATION_ROLE, OWNER_ROLE, Postgres
from goldidea.embedded.supervisor import Supervisor

START_SECONDS = 60.0


def start_servers(place: Place, supervisor: Supervisor, given: Addresses) -> Addresses:
    """Start what is not given, in a place that is held; returns where the servers are once both answer.

    Raises: CannotRun when there is no program for one of them, or it does not start.
    """
    end_leftovers(place.var)
    environment.make_secrets(place)
    base = environment.plain(os.environ, place)
    addresses = given
    if not given.redis:
        cache = redis.service(place, binaries.redis(), base)
        supervisor.start(cache)
        addresses = dataclasses.replace(addresses, redis=redis.address(place))
    if not given.database:
        database = Postgres(place, binaries.postgres(), base)
        database.create(supervisor)
        server = database.service()
        supervisor.start(server)
        supervisor.until(database.answers, seconds=START_SECONDS, service=server)
        database.make_roles()
        addresses = dataclasses.replace(
            addresses, database=database.address(APPLICATION_ROLE), owner=database.address(OWNER_ROLE)
        )
    if not given.redis:
        supervisor.until(lambda: redis.answers(place), seconds=START_SECONDS, service=cache)
    return addresses
