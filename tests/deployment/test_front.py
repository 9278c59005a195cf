"""The front server of deploy/nginx, a real one, before the real web server in production settings."""

import contextlib
import datetime as dt
import http.client
import http.cookiejar
import json
import os
import re
import shutil
import socket
import ssl
import subprocess
import urllib.parse
import urllib.request
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.core.signing import Signer

from accounts.models import SignInFailure
from goldidea.lib.personal import keyed_hash
from tests.conftest import ROOT, clone
from tests.deployment.stage import FORMER_KEY, SITE, TOKEN, Stage, free_port, until
from tests.evaluations.test_public_reading import published

NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
pytestmark = pytest.mark.database
FRONT = ROOT / "deploy" / "nginx"
# What differs between two answers to the same question, or is the front server's own.
OWN = {
    "date",
    "server",
    "connection",
    "etag",
    "last-modified",
    "accept-ranges",
    "content-length",
    "x-request-id",
}


def certificate(folder: Path) -> None:
    """A self-signed certificate for the site."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, SITE)])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(SITE)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    private = (pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "tls_certificate").write_bytes(made.public_bytes(pem))
    (folder / "tls_key").write_bytes(key.private_bytes(*private))


class Front:
    """nginx with the deployment's configuration; only folders, ports and the application's address are moved."""

    def __init__(self, stage: Stage) -> None:
        self.stage, self.folder = stage, stage.folder
        self.plain, self.tls = free_port(), free_port()
        self.logs = self.folder / "network"
        self.logs.mkdir()
        certificate(self.folder / "secrets")
        moved = {
            "resolver 127.0.0.11 valid=5s;": "",
            "http://web:8000": stage.address,
            "${SITE}": SITE,
            "listen 80": f"listen 127.0.0.1:{self.plain}",
            "listen 443": f"listen 127.0.0.1:{self.tls}",
            "/run/secrets": str(self.folder / "secrets"),
            "/srv/published": str(self.folder / "published"),
            "/srv/pages": str(ROOT / "deploy" / "pages"),
            "/var/log/network": str(self.logs),
            "/etc/nginx/file-headers.conf": str(FRONT / "file-headers.conf"),
        }
        text = (FRONT / "default.conf.template").read_text(encoding="utf-8")
        for there, here in moved.items():
            assert there in text, there
            text = text.replace(there, here)
        temporary = " ".join(
            f"{part}_temp_path {self.folder}/{part};"
            for part in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        whole = (
            f"{'user root;' if os.geteuid() == 0 else ''} daemon off; pid {self.folder}/nginx.pid; events {{}}\n"
            f"http {{ {temporary} types {{ text/html html; }} {text} }}\n"
        )
        self.file = self.folder / "nginx.conf"
        self.file.write_text(whole, encoding="utf-8")
        self.context = ssl.create_default_context(cafile=str(self.folder / "secrets" / "tls_certificate"))
        # -e: nothing of it may be written outside the test's folder.
        self.command = [NGINX, "-e", str(self.folder / "nginx.log"), "-c", str(self.file)]
        checked = subprocess.run([*self.command, "-t", "-q"], capture_output=True, text=True)
        assert (checked.returncode, checked.stderr) == (0, "")
        self.process = subprocess.Popen(self.command, stderr=subprocess.DEVNULL)
        until(self.listens)

    def listens(self) -> bool:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.tls), 1):
            return True
        return False

    def ask(self, path: str, method: str = "GET", **headers: str) -> tuple[http.client.HTTPResponse, bytes]:
        """One request over TLS; names of headers with _ for -."""
        line = http.client.HTTPSConnection(SITE, self.tls, context=self.context, timeout=30)
        with contextlib.closing(line):
            sent = {name.replace("_", "-"): value for name, value in headers.items()}
            line.request(method, path, headers={"Host": SITE, **sent})
            answer = line.getresponse()
            return answer, answer.read()

    def network_log(self) -> str:
        return "".join(path.read_text(encoding="utf-8") for path in sorted(self.logs.iterdir()))

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(20)


@pytest.fixture(scope="module")
def front(django_db_setup, django_db_blocker, tmp_path_factory, static_files):
    """A round on notice, the application and the front server before it."""
    if NGINX is None:
        words = (
            "no nginx on this machine: the front server is not tried (Debian: apt-get install nginx-light)"
        )
        pytest.skip(words)
    with clone(django_db_blocker) as database:
        stage = Stage(database, tmp_path_factory.mktemp("front"), static_files)
        try:
            stage.round = published()
            assert "rounds written: 1" in stage.manage("write_published")
            stage.start("web")
            until(stage.answers)
            front = Front(stage)
            yield front
            front.stop()
        finally:
            stage.close()


def result(front: Front, rest: str = "") -> str:
    return f"/shangcheng/results/{front.stage.round.code}/{rest}"


def told(answer: http.client.HTTPResponse, *but: str) -> dict[str, set[str]]:
    """Its headers without what is not compared, each as the set of its parts."""
    headers = {name.lower(): value for name, value in answer.getheaders() if name.lower() not in {*OWN, *but}}
    return {name: set(re.split(r"[,;]\s*", value)) for name, value in headers.items()}


def test_production_settings_are_clean(front):
    said = front.stage.manage("check", "--deploy", "--fail-level", "WARNING")
    assert "no issues" in said


def test_what_a_former_key_signed_is_still_believed(front):
    signed = Signer(key=FORMER_KEY).sign("x")
    unsign = f"from django.core.signing import Signer; print(Signer().unsign('{signed}'))"
    assert front.stage.manage("shell", "-v0", "-c", unsign).strip() == "x"


def test_tls_for_the_site_and_nobody_else(front):
    answer, body = front.ask("/shangcheng/")
    assert answer.status == 200 and "金点子" in body.decode()
    assert answer.getheader("Strict-Transport-Security") == "max-age=31536000; includeSubDomains; preload"
    with contextlib.closing(http.client.HTTPConnection("127.0.0.1", front.plain, timeout=10)) as line:
        line.request("GET", "/shangcheng/?x=1", headers={"Host": SITE})
        moved = line.getresponse()
        assert (moved.status, moved.getheader("Location")) == (301, f"https://{SITE}/shangcheng/?x=1")
        moved.close()
    with contextlib.closing(http.client.HTTPConnection("127.0.0.1", front.plain, timeout=10)) as line:
        line.request("GET", "/", headers={"Host": "evil.example"})
        with pytest.raises(http.client.RemoteDisconnected):
            line.getresponse()
    other = ssl.create_default_context()
    with socket.create_connection(("127.0.0.1", front.tls), 10) as raw, pytest.raises(ssl.SSLError):
        other.wrap_socket(raw, server_hostname="evil.example")


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_published_result_is_a_file_with_the_applications_headers(front, language):
    asked = {"Accept_Language": {"zh-hans": "zh-CN,zh;q=0.9,en;q=0.8", "en": "en-GB,en;q=0.9"}[language]}
    file, body = front.ask(result(front), **asked)
    # An unknown cookie changes nothing but who answers.
    page, same = front.ask(result(front), Cookie="x=y", **asked)
    assert (file.status, page.status) == (200, 200)
    assert page.getheader("ETag").strip('"').isalnum() and file.getheader("ETag") != page.getheader("ETag")
    assert body == same
    written = front.folder / "published" / result(front).strip("/") / f"{language}.html"
    assert body == written.read_bytes()
    assert file.getheader("Content-Language") == language
    assert told(file) == told(page)
    assert len(told(file)["content-security-policy"]) == 10
    again, nothing = front.ask(result(front), If_None_Match=file.getheader("ETag"), **asked)
    assert (again.status, nothing) == (304, b"")
    assert again.getheader("Cache-Control") == "no-cache"
    small, packed = front.ask(result(front), Accept_Encoding="gzip", **asked)
    assert small.getheader("Content-Encoding") == "gzip" and len(packed) < len(body)


def test_the_snapshot_itself_is_a_file(front):
    file, body = front.ask(result(front, "result.json"))
    page, same = front.ask(result(front, "result.json?fresh"))
    assert body == same and json.loads(body)["kind"] == "provisional"
    # It is the same in every language and for everybody, whatever the application's middleware says.
    assert told(file) == told(page, "vary", "content-language")


def test_files_need_no_application_and_everything_else_says_so(front):
    front.stage.stop("web")
    try:
        for path in (result(front), result(front, "result.json")):
            assert front.ask(path)[0].status == front.ask(path, "HEAD")[0].status == 200
        assert front.ask(result(front), Cookie="language=en")[1].count(b'lang="en"') > 0
        for path, headers in [
            (result(front, "?q=x"), {}),
            (result(front), {"Cookie": "__Host-session=abc"}),
            (result(front), {"Cookie": "language=en; text=elder"}),
            (result(front), {"HX_Request": "true"}),
            (result(front), {"Accept_Language": "fr"}),
            ("/shangcheng/", {}),
            ("/shangcheng/results/0000000000/", {}),
        ]:
            answer, body = front.ask(path, **headers)
            assert (answer.status, "系统正在更新" in body.decode()) == (502, True), (path, headers)
            assert answer.getheader("X-Frame-Options") == "DENY"
        assert front.ask(result(front), "POST")[0].status == 502
    finally:
        front.stage.start("web")
        until(front.stage.answers)


def test_a_forged_address_is_overwritten(front):
    """Wrong guesses with another forwarding header each are counted for the true address."""
    jar = http.cookiejar.CookieJar()
    browser = urllib.request.build_opener(
        urllib.request.HTTPSHandler(context=front.context), urllib.request.HTTPCookieProcessor(jar)
    )
    page = f"https://{SITE}:{front.tls}/accounts/login/"
    for forged in ("198.51.100.1", "198.51.100.2", "127.0.0.9, 10.0.0.1"):
        headers = {"Host": SITE, "Referer": f"https://{SITE}/accounts/login/", "X-Forwarded-For": forged}
        headers |= {"X-Real-IP": forged, "Forwarded": f"for={forged}", "X-Request-ID": "chosen-by-me"}
        opened = browser.open(urllib.request.Request(page, headers=headers))
        assert opened.headers["X-Request-ID"] != "chosen-by-me"
        (token,) = set(re.findall(r'csrfmiddlewaretoken" value="(\w+)"', opened.read().decode()))
        fields = {"login": f"nobody-{forged[:12]}", "password": "wrong", "csrfmiddlewaretoken": token}
        with contextlib.suppress(urllib.error.HTTPError):
            browser.open(urllib.request.Request(page, urllib.parse.urlencode(fields).encode(), headers))
    assert {row.address_hash for row in SignInFailure.objects.all()} == {keyed_hash("127.0.0.1")}
    assert SignInFailure.objects.count() == 3


def test_too_large_a_body_is_refused_before_it_is_sent(front):
    with socket.create_connection(("127.0.0.1", front.tls), 10) as raw:
        head = f"POST /shangcheng/ HTTP/1.1\r\nHost: {SITE}\r\nContent-Length: {66 * 1024 * 1024}\r\n\r\n"
        with front.context.wrap_socket(raw, server_hostname=SITE) as line:
            line.sendall(head.encode())
            with http.client.HTTPResponse(line) as answer:
                answer.begin()
                assert (answer.status, "一次最多上传 64 MB" in answer.read().decode()) == (413, True)


def test_metrics_are_for_the_inside(front):
    assert front.ask("/shangcheng/")[0].status == 200
    assert front.ask("/metrics", Authorization=f"Bearer {TOKEN}")[0].status == 404
    asked = urllib.request.Request(
        f"{front.stage.address}/metrics", headers={"Authorization": f"Bearer {TOKEN}"}
    )
    with urllib.request.urlopen(asked) as answer:
        said = answer.read().decode()
    assert 'goldidea_requests_total{method="GET",route="public:home",status="200"}' in said
    assert "goldidea_database_up 1.0" in said


def test_addresses_stand_in_the_network_log_and_nothing_else_does(front):
    answer, _body = front.ask("/shangcheng/projects/?q=canary-query", User_Agent="canary-program")
    number = answer.getheader("X-Request-ID")
    (line,) = [json.loads(text) for text in front.network_log().splitlines() if number in text]
    assert (line["address"], line["method"], line["status"]) == ("127.0.0.1", "GET", 200)
    (same,) = until(lambda: of(front, number))
    assert (same["route"], same["status"]) == ("public:projects", 200)
    for canary in ("canary-query", "canary-program", "/shangcheng"):
        assert canary not in front.network_log()
    application = front.stage.said("web")
    for canary in ("canary-query", "canary-program", "127.0.0.1:", "198.51.100", "nobody-"):
        assert canary not in application.replace(f"127.0.0.1:{front.stage.port}", "")


def of(front: Front, number: str) -> list[dict]:
    """The application's lines of one request."""
    return [line for line in front.stage.lines("web") if line.get("request") == number]
