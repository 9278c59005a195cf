"""A judge's phone, as far as the servers see it: cookies, a form's token, marks that are sent again until they are received."""

import http.client
import json
import re
import time
import urllib.parse
import uuid
from contextlib import closing

from tests.deployment.stage import SITE, Stage
from tests.evaluations.judging import Scene, typed


class Phone:
    """Signs in with a card and its code. `receipts` are what the servers acknowledged: key of the tap → receipt."""

    def __init__(self, stage: Stage, scene: Scene, item) -> None:
        self.stage, self.scene = stage, scene
        self.cookies: dict[str, str] = {}
        self.receipts: dict[uuid.UUID, str] = {}
        self.retries = 0
        page = f"/card/{item.token}/"
        _status, body = self.ask(page)
        status, body = self.ask(page, {"code": item.secret, "csrfmiddlewaretoken": self.token_in(body)})
        assert status == 303, body
        self.token = self.token_in(self.ask(scene.url(f"{scene.entry.code}/"))[1])

    @staticmethod
    def token_in(body: str) -> str:
        return re.findall(r'csrfmiddlewaretoken" value="(\w+)"', body)[0]

    def ask(self, path: str, fields: dict[str, str] | None = None) -> tuple[int, str]:
        """One request as the front server passes it on, on a connection of its own."""
        headers = {
            "Host": SITE,
            "X-Forwarded-Proto": "https",
            "X-Forwarded-For": "203.0.113.7",
            "Accept": "application/json" if fields and "step" in fields else "text/html",
            "Origin": f"https://{SITE}",
            "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
        }
        body = None
        if fields is not None:
            body = urllib.parse.urlencode(fields)
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        with closing(http.client.HTTPConnection("127.0.0.1", self.stage.port, timeout=60)) as line:
            line.request("GET" if body is None else "POST", path, body, headers)
            answer = line.getresponse()
            for cookie in answer.headers.get_all("Set-Cookie") or []:
                assert "Secure" in cookie or not cookie.startswith("__Host-"), cookie
                name, _equals, value = cookie.partition(";")[0].partition("=")
                self.cookies[name] = value
            return answer.status, answer.read().decode()

    def send(self, entry, base: int, key: uuid.UUID) -> tuple[int, str]:
        """One attempt to hand in marks."""
        fields = typed(base=base, client_key=str(key), csrfmiddlewaretoken=self.token)
        return self.ask(self.scene.url(f"{entry.code}/"), fields)

    def hand_in(self, entry, base: int) -> None:
        """Send the marks again and again, under the same key, until they are received."""
        key = uuid.uuid4()
        end = time.monotonic() + 60
        while True:
            try:
                status, body = self.send(entry, base, key)
            except (OSError, http.client.HTTPException):
                status, body = 0, ""  # nobody there, or gone in the middle of the answer
            if status == 200:
                self.receipts[key] = json.loads(body)["receipt"]
                return
            assert status == 0, (status, body[:500])
            assert time.monotonic() < end, "not received within a minute"
            self.retries += 1
            time.sleep(0.05)
