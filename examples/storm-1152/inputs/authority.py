"""A simulated time-stamp authority (RFC 3161) over HTTP, for this example alone: `authority.py FOLDER START`.

Its clock is what the file `clock` in its folder says, since the clock of the example is given. openssl makes its keys,
certificates and answers, under faketime; its address is written to `url`."""

import http.server
import os
import subprocess
import sys

CONFIGURATION = """
[ tsa ]
default_tsa = here
[ here ]
serial = serial
signer_cert = tsa.pem
signer_key = tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
accuracy = secs:1
ess_cert_id_alg = sha256
[ req ]
distinguished_name = name
prompt = no
[ name ]
CN = unused
[ issuer ]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign
subjectKeyIdentifier = hash
[ clock ]
basicConstraints = CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = critical, timeStamping
authorityKeyIdentifier = keyid
"""
ISSUER, CLOCK = "/O=Simulated/CN=Simulated issuer", "/O=Simulated/CN=Simulated authority of the example"


def openssl(line):
    with open("clock", encoding="ascii") as clock:
        time = clock.read().strip().replace("T", " ").rstrip("Z")
    command = ["faketime", "-f", "@" + time, "openssl"] + line
    subprocess.run(command, check=True, env=dict(os.environ, TZ="UTC"), stdout=sys.stderr)


def set_up():
    with open("tsa.cnf", "w", encoding="ascii") as file:
        file.write(CONFIGURATION)
    with open("serial", "w", encoding="ascii") as file:
        file.write("01\n")
    for name in ["ca", "tsa"]:
        openssl(f"genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out {name}.key".split())
    days = "-days 3650 -config tsa.cnf".split()
    openssl("req -new -x509 -key ca.key -extensions issuer -out ca.pem".split() + days + ["-subj", ISSUER])
    openssl("req -new -key tsa.key -config tsa.cnf -out tsa.csr".split() + ["-subj", CLOCK])
    issue = "x509 -req -in tsa.csr -CA ca.pem -CAkey ca.key -set_serial 2 -days 3650 -extfile tsa.cnf -extensions clock"
    openssl(issue.split() + ["-out", "tsa.pem"])


class Handler(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        with open("request.tsq", "wb") as file:
            file.write(self.rfile.read(min(int(self.headers["Content-Length"]), 4096)))
        openssl("ts -reply -config tsa.cnf -queryfile request.tsq -out response.tsr".split())
        with open("response.tsr", "rb") as file:
            answer = file.read()
        self.send_response(200)
        self.send_header("Content-Type", "application/timestamp-reply")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)


if __name__ == "__main__":
    os.chdir(sys.argv[1])
    with open("clock", "w", encoding="ascii") as file:
        file.write(sys.argv[2])
    set_up()
    server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
    with open("url.new", "w", encoding="ascii") as file:
        file.write(f"http://127.0.0.1:{server.server_port}/")
    os.rename("url.new", "url")
    server.serve_forever()
