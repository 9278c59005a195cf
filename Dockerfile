# The product's image: web, worker and beat are three commands of it (docker-compose.yml).
FROM python:3.11-slim

ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=/srv/goldidea \
    STATIC_ROOT=/srv/static MEDIA_ROOT=/srv/media PUBLISHED_ROOT=/srv/published RELEASE_FILE=/srv/release \
    SIGNING_KEY_FILE=/srv/evidence/signing_key AUDIT_HEADS_FILE=/srv/evidence/audit-heads.txt
WORKDIR /srv/goldidea
COPY requirements/base.txt requirements/base.txt
RUN pip install --no-cache-dir --require-hashes --only-binary=:all: -r requirements/base.txt
COPY . .
# Catalogs and static files are made once, here; the values below are needed to start and are used for nothing else.
# The release is the checksum of what the image holds: with it the ETags and the files of published results change.
RUN python -m goldidea.lib.messages compile \
 && find . -type f ! -path '*/__pycache__/*' -print0 | sort -z | xargs -0 sha256sum | sha256sum | cut -c1-16 > /srv/release \
 && SECRET_KEY=build PERSONAL_DATA_KEY=build DATABASE_URL=postgresql://build@build/build REDIS_URL=redis://build \
    python manage.py collectstatic --noinput \
 && useradd --system --no-create-home --uid 10001 goldidea \
 && install -d -o goldidea /srv/media /srv/published \
 && install -d -o goldidea -m 0700 /srv/evidence
USER goldidea
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s \
  CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8000/healthz', timeout=3)"]
CMD ["granian", "--interface", "wsgi", "--host", "0.0.0.0", "--port", "8000", "--workers", "2", "--blocking-threads", "8", "--no-ws", "--respawn-failed-workers", "--workers-kill-timeout", "25", "--log-config", "deploy/granian.json", "goldidea.wsgi:application"]
