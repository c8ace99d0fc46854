"""Ends TLS in front of a broker: FOLDER UPSTREAM PORT. Makes an authority and certificates of it in FOLDER (`ca.pem`, and `other.pem` of
another authority), serves at PORT with a good one, and at ports of its own with one for another name and one that is out of date.
Prints the three ports as JSON."""

import asyncio
import datetime
import ipaddress
import json
import ssl
import sys

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

folder, upstream, port = sys.argv[1], sys.argv[2], int(sys.argv[3])
now = datetime.datetime.now(datetime.timezone.utc)
day = datetime.timedelta(days=1)


def write(name, *parts):
    path = f"{folder}/{name}.pem"
    with open(path, "wb") as file:
        file.write(b"".join(parts))
    return path


def certificate(name, key, issuer, issuer_key, until, alternative=None):
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer or subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - 30 * day)
        .not_valid_after(until)
        .add_extension(x509.BasicConstraints(ca=alternative is None, path_length=None), critical=True)
    )
    if alternative is not None:
        builder = builder.add_extension(x509.SubjectAlternativeName([alternative]), critical=False)
    return builder.sign(issuer_key, hashes.SHA256())


def authority(name):
    key = ec.generate_private_key(ec.SECP256R1())
    own = certificate(name, key, None, key, now + 30 * day)
    write(name, own.public_bytes(serialization.Encoding.PEM))
    return own.subject, key


issuer, issuer_key = authority("ca")
authority("other")
here = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
elsewhere = x509.DNSName("elsewhere.example")


def context(name, until, alternative):
    key = ec.generate_private_key(ec.SECP256R1())
    own = certificate(name, key, issuer, issuer_key, until, alternative)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path = write(f"server-{name}", own.public_bytes(serialization.Encoding.PEM), private)
    own = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    own.load_cert_chain(path)
    return own


async def pour(reader, writer):
    try:
        while data := await reader.read(1 << 16):
            writer.write(data)
            await writer.drain()
    except OSError:
        pass
    finally:
        writer.close()


async def serve(reader, writer):
    host, number = upstream.rsplit(":", 1)
    try:
        theirs, to_them = await asyncio.open_connection(host, int(number))
    except OSError:
        writer.close()
        return
    await asyncio.gather(pour(reader, to_them), pour(theirs, writer))


async def main():
    ports = {}
    for name, at, until, alternative in (
        ("good", port, now + 30 * day, here),
        ("name", 0, now + 30 * day, elsewhere),
        ("expired", 0, now - day, here),
    ):
        server = await asyncio.start_server(serve, "127.0.0.1", at, ssl=context(name, until, alternative))
        ports[name] = server.sockets[0].getsockname()[1]
    print(json.dumps(ports), flush=True)
    await asyncio.Event().wait()


asyncio.run(main())
