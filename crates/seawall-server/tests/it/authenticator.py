"""An authenticator with keys on P-256 (WebAuthn Level 3), and a browser that may lie: a line of JSON asks, another one answers."""

import base64
import hashlib
import json
import os
import sys

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

keys = {}


def text(content):
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def client_data(kind, options, asked):
    return json.dumps({
        "type": asked.get("type", kind), "challenge": options["challenge"], "origin": asked["origin"],
        "crossOrigin": asked.get("cross_origin", False),
    }).encode()


def data(domain, flags, counter):
    return hashlib.sha256(domain.encode()).digest() + bytes([flags]) + counter.to_bytes(4, "big")


def create(asked):
    options = asked["options"]
    assert any(own["alg"] == -7 for own in options["pubKeyCredParams"])
    assert options["authenticatorSelection"]["userVerification"] == "required"
    key, name = ec.generate_private_key(ec.SECP256R1()), os.urandom(32)
    if "again" in asked:
        name = base64.urlsafe_b64decode(asked["again"] + "==")
    numbers = key.public_key().public_numbers()
    point = [own.to_bytes(32, "big") for own in (numbers.x, numbers.y)]
    cose = bytes.fromhex("a5010203262001215820") + point[0] + bytes.fromhex("225820") + point[1]
    own = data(asked.get("domain", options["rp"]["id"]), asked.get("flags", 0x45), 0)
    own += bytes(16) + len(name).to_bytes(2, "big") + name + cose
    assert len(own) < 256
    attestation = (b"\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x58" + bytes([len(own)]) + own)
    keys[text(name)] = {"key": key, "handle": options["user"]["id"], "counter": 0, "domain": options["rp"]["id"]}
    return {
        "id": text(name), "rawId": text(name), "type": "public-key", "authenticatorAttachment": "platform",
        "clientExtensionResults": {},
        "response": {
            "clientDataJSON": text(client_data("webauthn.create", options, asked)), "attestationObject": text(attestation),
            "transports": ["internal"],
        },
    }


def get(asked):
    options = asked["options"]
    assert options["userVerification"] == "required" and not options.get("allowCredentials")
    name = asked["credential"]
    own = keys[name]
    own["counter"] = asked.get("counter", own["counter"] + 1)
    told = data(asked.get("domain", options["rpId"]), asked.get("flags", 0x05), own["counter"])
    client = client_data("webauthn.get", options, asked)
    key = ec.generate_private_key(ec.SECP256R1()) if asked.get("forged") else own["key"]
    signature = key.sign(told + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
    return {
        "id": name, "rawId": name, "type": "public-key", "authenticatorAttachment": "platform", "clientExtensionResults": {},
        "response": {
            "clientDataJSON": text(client), "authenticatorData": text(told), "signature": text(signature),
            "userHandle": asked.get("handle", own["handle"]),
        },
    }


for line in sys.stdin:
    asked = json.loads(line)
    print(json.dumps({"create": create, "get": get}[asked["do"]](asked)), flush=True)
