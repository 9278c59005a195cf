"""A small OpenID Connect provider, run as a process of its own: `python tests/oidc_provider.py PORT PEOPLE.json`.

Authorization code flow with PKCE, discovery, signed id tokens, userinfo. PEOPLE.json maps a name to the claims of the
person; the sign-in page has a button for each. Client: `goldidea` with the secret `between-us`.
"""

import base64
import hashlib
import html
import json
import secrets
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENT, SECRET = "goldidea", "between-us"
PORT, PEOPLE = int(sys.argv[1]), json.loads(Path(sys.argv[2]).read_text(encoding="utf-8"))
ISSUER = f"http://127.0.0.1:{PORT}"
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
CODES: dict[str, dict[str, str]] = {}
TOKENS: dict[str, str] = {}

DISCOVERY = {
    "issuer": ISSUER,
    "authorization_endpoint": f"{ISSUER}/authorize",
    "token_endpoint": f"{ISSUER}/token",
    "userinfo_endpoint": f"{ISSUER}/userinfo",
    "jwks_uri": f"{ISSUER}/jwks",
    "response_types_supported": ["code"],
    "subject_types_supported": ["public"],
    "id_token_signing_alg_values_supported": ["RS256"],
    "token_endpoint_auth_methods_supported": ["client_secret_post"],
    "code_challenge_methods_supported": ["S256"],
}


class Provider(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        path, query = urlsplit(self.path).path, one_each(urlsplit(self.path).query)
        if path == "/.well-known/openid-configuration":
            self.give(DISCOVERY)
        elif path == "/jwks":
            key = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(KEY.public_key()))
            self.give({"keys": [{**key, "kid": "1", "use": "sig", "alg": "RS256"}]})
        elif path == "/authorize":
            self.ask_who(query)
        elif path == "/userinfo":
            name = TOKENS.get(self.headers.get("Authorization", "").removeprefix("Bearer "))
            self.give(
                {"sub": name, **PEOPLE[name]} if name else {"error": "invalid_token"}, 200 if name else 401
            )
        else:
            self.give({"error": "not_found"}, 404)

    def do_POST(self) -> None:
        body = one_each(self.rfile.read(int(self.headers["Content-Length"])).decode())
        if urlsplit(self.path).path == "/authorize":
            code = secrets.token_urlsafe(16)
            CODES[code] = body
            query = urlencode({"code": code, "state": body["state"]})
            self.send_response(302)
            self.send_header("Location", f"{body['redirect_uri']}?{query}")
            self.end_headers()
        else:
            self.exchange(body)

    def ask_who(self, query: dict[str, str]) -> None:
        """The sign-in page: a button for each person."""
        hidden = "".join(
            f'<input type="hidden" name="{html.escape(k)}" value="{html.escape(v)}">'
            for k, v in query.items()
        )
        buttons = "".join(f'<button name="person" value="{name}">{name}</button>' for name in PEOPLE)
        self.give(f'<form method="post" action="/authorize">{hidden}{buttons}</form>')

    def exchange(self, body: dict[str, str]) -> None:
        """A code for tokens: client, redirect address and PKCE verifier have to fit, and the code is good once."""
        asked = CODES.pop(body.get("code", ""), None)
        digest = hashlib.sha256(body.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        fits = (
            asked is not None
            and (body.get("client_id"), body.get("client_secret")) == (CLIENT, SECRET)
            and asked["client_id"] == CLIENT
            and asked["redirect_uri"] == body.get("redirect_uri")
            and asked.get("code_challenge") == challenge
        )
        if not fits or asked is None:
            self.give({"error": "invalid_grant"}, 400)
            return
        token, now = secrets.token_urlsafe(16), int(time.time())
        TOKENS[token] = asked["person"]
        claims: dict[str, Any] = {
            "iss": ISSUER,
            "aud": CLIENT,
            "sub": asked["person"],
            "iat": now,
            "exp": now + 60,
        }
        identity = jwt.encode(claims, KEY, algorithm="RS256", headers={"kid": "1"})
        self.give({"access_token": token, "token_type": "Bearer", "expires_in": 60, "id_token": identity})

    def give(self, content: Any, status: int = 200) -> None:
        text = content if isinstance(content, str) else json.dumps(content)
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", "text/html" if isinstance(content, str) else "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Quiet."""


def one_each(query: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(query).items()}


if __name__ == "__main__":
    ThreadingHTTPServer(("127.0.0.1", PORT), Provider).serve_forever()
