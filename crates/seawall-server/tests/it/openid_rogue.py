"""A provider of OpenID Connect of our own that does wrong on purpose: one issuer a fault, at /FAULT on a port that is printed.
Signs with PyJWT, and checks PKCE, the redirect address and the client's secret as RFC 6749 and RFC 7636 say."""

import base64
import hashlib
import hmac
import json
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote_plus, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from jwt.algorithms import ECAlgorithm, OKPAlgorithm, RSAAlgorithm

CLIENT, SECRET = "seawall console", "a secret: with + and %"
rsa_key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
other_key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
ec_key = ec.generate_private_key(ec.SECP256R1())
ed_key = ed25519.Ed25519PrivateKey.generate()
asked = {}


def public(algorithm, key, **more):
    return json.loads(algorithm.to_jwk(key.public_key())) | more


KEYS = [
    public(RSAAlgorithm, rsa_key, kid="rsa", alg="RS256", use="sig"),
    public(ECAlgorithm, ec_key, kid="ec"),
    public(OKPAlgorithm, ed_key, kid="ed"),
    # A sort that nobody knows yet is passed over.
    {"kty": "AKP", "kid": "later", "alg": "ML-DSA-65", "pub": "AAAA"},
]
LATER = public(RSAAlgorithm, other_key, kid="new", alg="RS256", use="sig")


def unpadded(content):
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def token(fault, issuer, code):
    now = int(time.time())
    claims = {
        "iss": issuer, "aud": CLIENT, "sub": "s-17", "iat": now, "exp": now + 300, "nonce": code["nonce"],
        "email": "Ann@example.org", "email_verified": True,
    }
    key, algorithm, kid = rsa_key, "RS256", "rsa"
    match fault:
        case "ec": key, algorithm, kid = ec_key, "ES256", "ec"
        case "ed": key, algorithm, kid = ed_key, "EdDSA", "ed"
        case "rotated": key, kid = other_key, "new"
        case "ours-among-others": claims |= {"aud": ["x", CLIENT], "azp": CLIENT}
        case "thin" | "swapped": claims.pop("email"), claims.pop("email_verified")
        case "groups": claims |= {"groups": ["looks", "reviews", "unknown"]}
        case "no-group": claims |= {"groups": ["unknown"]}
        case "wrong-nonce": claims |= {"nonce": unpadded(b"x" * 32)}
        case "no-nonce": claims.pop("nonce")
        case "wrong-audience": claims |= {"aud": "another client"}
        case "several-audiences": claims |= {"aud": [CLIENT, "x"]}
        case "other-party": claims |= {"azp": "x"}
        case "expired": claims |= {"iat": now - 900, "exp": now - 120}
        case "no-expiry": claims.pop("exp")
        case "to-come": claims |= {"iat": now + 900, "exp": now + 1200}
        case "wrong-issuer": claims |= {"iss": issuer + "x"}
        case "no-subject": claims.pop("sub")
        case "empty-subject": claims |= {"sub": ""}
        case "unverified": claims |= {"email_verified": False}
        case "stranger": claims |= {"sub": "s-<b>eve</b>", "email": "eve@example.org"}
        case "other-key": key = other_key
        case "key-not-there": key, kid = other_key, "new"
        case "wrong-algorithm": algorithm = "RS512"
        case "oversized": claims |= {"pad": "x" * 70_000}
        case "none": key, algorithm = None, "none"
        case "secret":
            pem = rsa_key.public_key().public_bytes(
                serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
            head = unpadded(json.dumps({"alg": "HS256", "kid": "rsa"}).encode())
            body = head + "." + unpadded(json.dumps(claims).encode())
            return body + "." + unpadded(hmac.digest(pem, body.encode(), "sha256"))
    headers = {"kid": kid} | ({"crit": ["x"], "x": 1} if fault == "critical" else {})
    return jwt.encode(claims, key, algorithm, headers)


class Provider(BaseHTTPRequestHandler):
    def log_message(self, *_):
        pass

    def answer(self, body, status=200):
        content = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def redirect(self, address, status=302):
        self.send_response(status)
        self.send_header("location", address)
        self.send_header("content-length", "0")
        self.end_headers()

    def flood(self, pause=0.0, chunk=b" " * 65536):
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.end_headers()
        try:
            for _ in range(4096):
                self.wfile.write(chunk)
                self.wfile.flush()
                time.sleep(pause)
        except OSError:
            pass

    def parts(self):
        home = f"http://{self.headers['host']}"
        url = urlsplit(self.path)
        _, fault, rest = url.path.split("/", 2)
        asked[(fault, rest)] = asked.get((fault, rest), 0) + 1
        return fault, rest, f"{home}/{fault}", {name: own[0] for name, own in parse_qs(url.query).items()}

    def do_GET(self):
        fault, rest, issuer, query = self.parts()
        match rest:
            case ".well-known/openid-configuration" if fault == "flood-first":
                self.flood()
            case ".well-known/openid-configuration" if fault == "drip-first":
                self.flood(0.3, b" ")
            case ".well-known/openid-configuration" if fault == "moved":
                self.redirect(issuer.replace("moved", "good") + "/" + rest)
            case ".well-known/openid-configuration" if fault == "no-json":
                self.answer("no object")
            case ".well-known/openid-configuration":
                told = {
                    "issuer": issuer + ("/else" if fault == "calls-itself-else" else ""),
                    "authorization_endpoint": issuer + "/authorize?tenant=1", "token_endpoint": issuer + "/token",
                    "jwks_uri": issuer + "/keys", "userinfo_endpoint": issuer + "/userinfo",
                    "id_token_signing_alg_values_supported": ["RS256", "none", "HS256"],
                }
                if fault == "post":
                    told["token_endpoint_auth_methods_supported"] = ["client_secret_post"]
                if fault == "plain":
                    told["token_endpoint"] = "http://id.example.org/token"
                if fault == "private":
                    told["token_endpoint"] = "https://10.1.2.3/token"
                self.answer(told)
            case "keys" if fault == "no-keys":
                self.answer({"keys": [{"kty": "oct", "k": "AAAA", "kid": "rsa"}]})
            case "keys":
                known = fault == "rotated" and asked[(fault, rest)] > 1
                self.answer({"keys": KEYS + ([LATER] if known else [])})
            case "authorize":
                code = {name: query[name] for name in ("nonce", "code_challenge", "redirect_uri")}
                right = query["response_type"] == "code" and query["code_challenge_method"] == "S256" and query["tenant"] == "1"
                right = right and query["client_id"] == CLIENT and query["scope"].split() == ["email", "openid"]
                brought = {"state": query["state"], "code": unpadded(json.dumps(code).encode())}
                if fault == "denied" or not right:
                    brought = {"state": query["state"], "error": "access_denied", "error_description": "<script>"}
                if fault == "mixed-up":
                    brought["iss"] = "https://else.example"
                if fault == "said-who":
                    brought["iss"] = issuer
                self.redirect(query["redirect_uri"] + "?" + urlencode(brought))
            case "userinfo" if self.headers["authorization"] == "Bearer access":
                subject = "s-18" if fault == "swapped" else "s-17"
                self.answer({"sub": subject, "email": "ann@example.org", "email_verified": "true"})
            case _:
                self.answer({}, 404)

    def do_POST(self):
        fault, rest, issuer, _ = self.parts()
        body = self.rfile.read(int(self.headers["content-length"])).decode()
        form = {name: own[0] for name, own in parse_qs(body).items()}
        match fault:
            case "flood": return self.flood()
            case "drip": return self.flood(0.3, b" ")
            case "redirect": return self.redirect(issuer.replace("redirect", "good") + "/token", 307)
            case "broken": return self.answer({"error": "server_error"}, 500)
        code = json.loads(base64.urlsafe_b64decode(form["code"] + "=="))
        if fault == "post":
            client, secret = form.get("client_id"), form.get("client_secret")
        else:
            scheme, pair = self.headers["authorization"].split(" ")
            client, secret = (unquote_plus(own) for own in base64.b64decode(pair).decode().split(":"))
        proof = unpadded(hashlib.sha256(form["code_verifier"].encode()).digest())
        right = (client, secret) == (CLIENT, SECRET) and proof == code["code_challenge"]
        if not right or form["redirect_uri"] != code["redirect_uri"] or form["grant_type"] != "authorization_code":
            return self.answer({"error": "invalid_grant"}, 400)
        given = {"access_token": "access", "token_type": "Bearer", "id_token": token(fault, issuer, code)}
        if fault == "no-token":
            given.pop("id_token")
        self.answer(given)


server = ThreadingHTTPServer(("127.0.0.1", 0), Provider)
print(server.server_port, flush=True)
server.serve_forever()
