"""The Celery application: a doorbell. A message carries an id at most; the facts are in the database."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "goldidea.settings.base")

app = Celery("goldidea")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
# Of every thread: an application is otherwise that of the thread which made it.
app.set_default()
