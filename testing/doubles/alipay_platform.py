"""A local double of the gateway of Alipay, with generated keys, and every fault that the adapter handles."""

from __future__ import annotations

import base64
import json
import threading
from collections import Counter
from datetime import UTC, datetime
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace
from typing import Any, Literal
from urllib.parse import parse_qsl, urlsplit

import alipay
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

alipay.RSA = SimpleNamespace(importKey=cache(alipay.RSA.importKey))
"""Alipay's client tests the primes of a key each time that it reads it."""

APP, SELLER = "2021000000000001", "2088000000000001"
Fault = Literal["lost", "unsigned", "forged", "unreadable", "error"]
"""A fault of the gateway: no response, none or another's signature, a response that is no JSON, HTTP 502."""
NOTIFY = "https://market.example/v1/payments/alipay/notifications"


class Signer:
    """The RSA key of one side."""

    def __init__(self) -> None:
        self.key = rsa.generate_private_key(public_exponent=65_537, key_size=2_048)

    def sign(self, text: str, charset: str = "utf-8") -> str:
        return base64.b64encode(self.key.sign(text.encode(charset), padding.PKCS1v15(), hashes.SHA256())).decode()

    def signed(self, text: str, signature: str) -> bool:
        try:
            public = self.key.public_key()
            public.verify(base64.b64decode(signature), text.encode(), padding.PKCS1v15(), hashes.SHA256())
        except InvalidSignature:
            return False
        return True

    def private_pem(self) -> str:
        form = serialization.PrivateFormat.TraditionalOpenSSL
        return self.key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()).decode()

    def certificate(self) -> str:
        name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "a key made by a test")])
        made = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(self.key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
            .not_valid_after(datetime(2040, 1, 1, tzinfo=UTC))
            .sign(self.key, hashes.SHA256())
        )
        return made.public_bytes(serialization.Encoding.PEM).decode()


OURS, ALIPAYS, STRANGERS = Signer(), Signer(), Signer()


def unsigned(fields: dict[str, str]) -> str:
    return "&".join(f"{name}={text}" for name, text in sorted(fields.items()) if name not in ("sign", "sign_type"))


class Gateway:
    """A double of Alipay's gateway: checks signatures, transfers once per number, and returns the configured responses."""

    def __init__(self) -> None:
        self.transfers: Counter[str] = Counter()
        self.requests: list[tuple[str, dict[str, Any]]] = []
        self.overrides: dict[str, Any] = {}
        self.fault: Fault | None = None
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer.answer(self)

            def log_message(self, format: str, *arguments: Any) -> None:
                return None

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}/gateway.do"

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        fields = dict(parse_qsl(urlsplit(request.path).query))
        text = "&".join(f"{name}={value}" for name, value in sorted(fields.items()) if name != "sign")
        assert OURS.signed(text, fields["sign"])
        method, content = fields["method"], json.loads(fields["biz_content"])
        self.requests.append((method, content))
        number = content["out_biz_no"]
        answer = {"code": "10000", "msg": "Success", "out_biz_no": number, "status": "SUCCESS", **self.overrides}
        if method.endswith("query") and not self.transfers[number]:
            answer = {"code": "40004", "msg": "Business Failed", "sub_code": "ORDER_NOT_EXIST"}
        elif method.endswith("transfer") and answer["code"] == "10000" and self.fault != "error":
            self.transfers[number] = 1  # the same number again is the same transfer
        if self.fault == "lost":
            request.connection.close()
            return
        if self.fault == "error":
            request.send_error(502)
            return
        plain = json.dumps(answer, separators=(",", ":"))
        signature = (STRANGERS if self.fault == "forged" else ALIPAYS).sign(plain)
        name = method.replace(".", "_") + "_response"
        sign = "" if self.fault == "unsigned" else f',"sign":"{signature}"'
        body = f'{{"{name}":{plain}{sign}}}'.encode()
        request.send_response(200)
        request.end_headers()
        request.wfile.write(b"<html>" if self.fault == "unreadable" else body)


def keys(gateway: str) -> dict[str, str]:
    """Return the content of the operator's secret."""
    return {
        "app_id": APP,
        "seller_id": SELLER,
        "app_private_key": OURS.private_pem(),
        "app_public_key_cert": OURS.certificate(),
        "alipay_public_key_cert": ALIPAYS.certificate(),
        "alipay_root_cert": ALIPAYS.certificate(),
        "gateway": gateway,
        "notify_url": NOTIFY,
        "return_url": "https://market.example/paid",
    }
