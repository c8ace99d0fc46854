"""Signs security event tokens as other sites would, with PyJWT: keys and tokens, by name, as JSON."""

import json
import sys
import time

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from jwt.algorithms import ECAlgorithm, OKPAlgorithm, RSAAlgorithm

folder = sys.argv[1]
now = int(time.time())
US, THEM = "https://us.example", "https://idp.example"
RISC = "https://schemas.openid.net/secevent/risc/event-type/"
CAEP = "https://schemas.openid.net/secevent/caep/event-type/"

rsa_key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
other_key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
ec_key = ec.generate_private_key(ec.SECP256R1())
ed_key = ed25519.Ed25519PrivateKey.generate()


def public(algorithm, key, **more):
    return json.loads(algorithm.to_jwk(key.public_key())) | more


def write(name, keys):
    with open(f"{folder}/{name}", "w") as file:
        json.dump({"keys": keys}, file)


known = [
    public(RSAAlgorithm, rsa_key, kid="rsa", alg="RS256", use="sig"),
    public(ECAlgorithm, ec_key, kid="ec"),
    public(OKPAlgorithm, ed_key, kid="ed"),
]
write("keys.json", known)
write("later.json", known + [public(RSAAlgorithm, other_key, kid="later")])


def claims(jti, event_type, payload=None, subject=None, **more):
    base = {"iss": THEM, "aud": US, "iat": now - 60, "jti": jti}
    if subject:
        base["sub_id"] = subject
    return base | {"events": {event_type: payload or {}}} | more


def email(address):
    return {"format": "email", "email": address}


def sign(body, key=rsa_key, algorithm="RS256", kid="rsa", typ="secevent+jwt"):
    headers = {"typ": typ} | ({"kid": kid} if kid else {})
    return jwt.encode(body, key, algorithm, headers)


bulk = claims("1", RISC + "account-disabled", {"reason": "bulk-account"}, email("farm1@evil.com"))
good = sign(bulk)
head, body, signature = good.split(".")
hijacked = claims("9", RISC + "account-disabled", {"reason": "hijacking"}, email("farm1@evil.com"))
elsewhere = sign(hijacked)
public_pem = json.dumps(known[0])

tokens = {
    "good": good,
    "ec": sign(
        claims("2", RISC + "credential-compromise", {"credential_type": "password"}, email("b@x.com")),
        ec_key, "ES256", "ec",
    ),
    "ed": sign(
        claims("3", CAEP + "session-revoked", {"initiating_entity": "policy", "event_timestamp": now - 90},
               {"format": "iss_sub", "iss": US, "sub": "a-17"}),
        ed_key, "EdDSA", "ed",
    ),
    "several audiences": sign(claims("4", RISC + "account-disabled", {}, email("c@x.com"), aud=["x", US])),
    "unknown type": sign(claims("5", "https://idp.example/of-their-own", {"a": [1]}, email("d@x.com"))),
    "verification": sign(
        claims("6", "https://schemas.openid.net/secevent/ssf/event-type/verification", {"state": "s"},
               {"format": "opaque", "id": "stream"})
    ),
    "cleared": sign(claims("7", RISC + "account-enabled", {}, email("c@x.com"), toe=now - 5, iat=now - 5)),
    "changed": f"{head}.{elsewhere.split('.')[1]}.{signature}",
    "other key": sign(bulk | {"jti": "10"}, other_key),
    "unknown key": sign(bulk | {"jti": "11"}, other_key, kid="later"),
    "wrong audience": sign(bulk | {"jti": "12", "aud": "https://else.example"}),
    "no audience": sign({name: value for name, value in bulk.items() if name != "aud"} | {"jti": "13"}),
    "wrong issuer": sign(bulk | {"jti": "14", "iss": "https://else.example"}),
    "replaced": sign(bulk | {"events": {RISC + "account-purged": {}}}),
    "id token": sign(bulk | {"jti": "15", "sub": "a", "exp": now + 600}),
    "other type": sign(bulk | {"jti": "16"}, typ="JWT"),
    "two events": sign(bulk | {"jti": "17", "events": {RISC + "account-purged": {}, "x": {}}}),
    "no event": sign(bulk | {"jti": "18", "events": {}}),
    "to come": sign(bulk | {"jti": "19", "iat": now + 86400}),
    "no algorithm": jwt.encode(bulk | {"jti": "20"}, None, "none", {"typ": "secevent+jwt", "kid": "rsa"}),
    "secret": sign(bulk | {"jti": "21"}, "x" * 64, "HS256"),
    "wrong algorithm": sign(bulk | {"jti": "22"}, rsa_key, "RS512"),
    "critical": jwt.encode(
        bulk | {"jti": "23"}, rsa_key, "RS256", {"typ": "secevent+jwt", "kid": "rsa", "crit": ["x"], "x": 1}
    ),
    "oversized": sign(bulk | {"jti": "24", "pad": "x" * 70_000}),
    "deep": sign(claims("25", RISC + "account-disabled", {"reason": json.loads("[" * 400 + "]" * 400)})),
    "not a token": "a.b.c",
}
print(json.dumps(tokens))
