"""Runs `oidc-provider-mock`, a provider of others, with somebody whom Seawall knows; prints its address."""

import os
import sys
import warnings

warnings.simplefilter("ignore")
os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"

from oidc_provider_mock import User, run_server_in_thread

users = [
    User(sub="ann", claims={"email": "ann@example.org", "email_verified": True, "groups": ["reviews"]}),
    User(sub="eve", claims={"email": "eve@example.org", "email_verified": True}),
]
with run_server_in_thread(require_nonce=True, user_claims=users) as server:
    print(server.server_port, flush=True)
    sys.stdin.read()
