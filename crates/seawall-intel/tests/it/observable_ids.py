"""Observables of every type with the ids that stix2 of OASIS gives them, as JSON."""

import json
import sys

import stix2

made = [
    stix2.Artifact(payload_bin="VGVzdA==", mime_type="text/plain"),
    stix2.Artifact(url="https://x.example/a", hashes={"SHA-256": "a" * 64, "SHA-1": "b" * 40}),
    stix2.AutonomousSystem(number=64496, name="x"),
    stix2.Directory(path="/tmp/\u00e9"),
    stix2.DomainName(value="xn--bcher-kva.example"),
    stix2.DomainName(value="b\u00fccher.example"),
    stix2.EmailAddress(value="a.b+c@x.example", display_name="A"),
    stix2.EmailMessage(is_multipart=False, subject="x \"y\" \\ z\n", body="\u2028"),
    stix2.File(name="a.exe", size=5),
    stix2.File(hashes={"MD5": "c" * 32, "SHA-512": "d" * 128}, name="b"),
    stix2.File(hashes={"SSDEEP": "3:AB:c"}),
    stix2.IPv4Address(value="198.51.100.0/24"),
    stix2.IPv6Address(value="2001:db8::1"),
    stix2.MACAddress(value="d2:fb:49:24:37:18"),
    stix2.Mutex(name="m"),
    stix2.NetworkTraffic(
        src_ref="ipv4-addr--28bb3599-77cd-5a82-a950-b5bc3caf07c4",
        protocols=["tcp", "http"],
        src_port=5,
        start="2024-01-01T00:00:00Z",
        extensions={
            "http-request-ext": {
                "request_method": "get",
                "request_value": "/",
                "request_header": {"User-Agent": ["x"]},
            }
        },
    ),
    stix2.Software(name="x", version="1.0", vendor="y"),
    stix2.URL(value="https://x.example/?a=b&c"),
    stix2.UserAccount(user_id="5", account_type="facebook", display_name="n"),
    stix2.UserAccount(account_login="l"),
    stix2.WindowsRegistryKey(key="HKLM\\x", values=[{"name": "a", "data": "b", "data_type": "REG_SZ"}]),
    stix2.X509Certificate(serial_number="36:f7", issuer="x"),
]
json.dump([json.loads(item.serialize()) for item in made], sys.stdout)
