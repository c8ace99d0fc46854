"""How long does each page of the console take at the server, and how large is it?

Signs in by the one-time link of a first start, follows every link it finds, asks for as many pages of each kind as it is told to,
three times each, and prints by kind: pages, the 95th percentile of milliseconds, the longest, the largest.

    cargo run --release -p seawall-server --example console_run -- DATA/runs/large 2000 1000000
    cargo run --release -p seawall-server --example serve -- DATA 127.0.0.1:18444 2 &   # prints the link
    python3 crates/seawall-server/benches/pages.py http://127.0.0.1:18444 /join/... [PAGES_OF_A_KIND]

Only the standard library is used. The clock stops when the whole answer is here, so what the client itself takes is in the figures.
"""

import html
import http.client
import re
import sys
import time
import urllib.parse

PASSWORD = "a long and winding password"
TIMES = 3
# What changes something, or is never an answer: the stream of events.
LEFT_OUT = re.compile(r"^/(logout|live|join|openid)|/reveal")


def kind(path: str) -> str:
    """The path with its ids, and the values of what is asked, replaced."""
    bare, _, query = path.partition("?")
    parts = [re.sub(r"^(?=.*\d).{3,}$|^[^/]*(--|%)[^/]*$", "{}", part) for part in bare.split("/")]
    names = "&".join(sorted(pair.split("=")[0] for pair in query.split("&") if pair))
    return "/".join(parts) + (f"?{names}" if names else "")


class Visitor:
    def __init__(self, home: str, link: str) -> None:
        self.connection = http.client.HTTPConnection(urllib.parse.urlparse(home).netloc)
        form = urllib.parse.urlencode({"name": "first", "password": PASSWORD, "again": PASSWORD})
        headers = {"content-type": "application/x-www-form-urlencoded", "sec-fetch-site": "same-origin"}
        self.connection.request("POST", link, form, headers)
        answer = self.connection.getresponse()
        answer.read()
        assert answer.status == 303, f"not signed in: {answer.status}"
        self.cookie = answer.headers["set-cookie"].split(";")[0]

    def get(self, path: str) -> tuple[int, str, bytes, float]:
        began = time.perf_counter()
        self.connection.request("GET", path, headers={"cookie": self.cookie})
        answer = self.connection.getresponse()
        body = answer.read()
        passed = (time.perf_counter() - began) * 1000
        return answer.status, answer.headers.get("content-type", ""), body, passed


def main() -> None:
    home, link = sys.argv[1], sys.argv[2]
    of_a_kind = int(sys.argv[3]) if len(sys.argv) > 3 else 12
    visitor = Visitor(home, link)
    seen, waiting = {"/"}, ["/"]
    asked: dict[str, int] = {}
    took: dict[str, list[float]] = {}
    largest: dict[str, int] = {}
    wrong = []
    while waiting:
        path = waiting.pop(0)
        own = kind(path)
        if asked.get(own, 0) >= of_a_kind:
            continue
        asked[own] = asked.get(own, 0) + 1
        for _ in range(TIMES):
            status, media, body, passed = visitor.get(path)
            if status != 200:
                wrong.append((path, status))
                break
            if not media.startswith("text/html"):
                own = f"{own} ({media.split(';')[0]})"
            took.setdefault(own, []).append(passed)
            largest[own] = max(largest.get(own, 0), len(body))
            if not media.startswith("text/html"):
                break
        if status == 200 and media.startswith("text/html"):
            for found in re.findall(r'(?:href|src)="([^"]+)"', body.decode()):
                target = urllib.parse.urljoin(path, html.unescape(found)).split("#")[0]
                if target.startswith("/") and target not in seen and not LEFT_OUT.search(target):
                    seen.add(target)
                    waiting.append(target)
    pages: list[float] = []
    print(f"{'pages':>5} {'p95 ms':>8} {'longest':>8} {'largest kB':>10}  kind")
    for own in sorted(took, key=lambda own: -max(took[own])):
        times = sorted(took[own])
        if "(" not in own:
            pages.extend(times)
        at = times[int(0.95 * (len(times) - 1))]
        print(f"{asked.get(own.split(' ')[0], 0):5} {at:8.1f} {times[-1]:8.1f} {largest[own] / 1000:10.1f}  {own}")
    pages.sort()
    slow = sum(passed > 200 for passed in pages)
    heavy = [own for own, size in largest.items() if size >= 1_000_000 and "(" not in own]
    print(f"all pages: {len(pages)} answers, p95 {pages[int(0.95 * (len(pages) - 1))]:.1f} ms, longest {pages[-1]:.1f}, over 200 ms: {slow}")
    print(f"pages of a megabyte or more: {heavy or 'none'}; not answered with 200: {wrong or 'none'}")


main()
