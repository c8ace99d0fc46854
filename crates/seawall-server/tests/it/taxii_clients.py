"""Does taxii2-client, and stix2 over it, get everything that is added, while it is being added?

taxii_clients.py URL TOKEN OBJECTS: posts so many objects from two threads, pages through meanwhile and afterwards by
objects and by manifest, and looks at single ones with the sink and source of stix2. Prints what it saw as JSON.
"""

import json
import sys
import threading
import time
import uuid

import stix2
import taxii2client.v21 as taxii
from taxii2client.common import TokenAuth

url, token, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
EACH = 500
NAMESPACE = uuid.UUID("00abedb4-aa42-466c-9c01-fed23315a9b7")


def made(number):
    return {
        "type": "indicator",
        "spec_version": "2.1",
        "id": f"indicator--{uuid.uuid5(NAMESPACE, str(number))}",
        "created": "2026-01-01T00:00:00.000Z",
        "modified": "2026-01-01T00:00:00.000Z",
        "name": f"farm {number}",
        "indicator_types": ["malicious-activity"],
        "pattern": f"[domain-name:value = 'm{number}.example']",
        "pattern_type": "stix",
        "valid_from": "2026-01-01T00:00:00Z",
    }


server = taxii.Server(url + "/taxii2/", user="anybody", password=token)
root = server.default
collection = root.collections[0]
assert collection.can_read and collection.can_write

failures = []


def post(first):
    own = taxii.Collection(collection.url, user="anybody", password=token)
    for start in range(first * EACH, count, 2 * EACH):
        objects = [made(number) for number in range(start, min(start + EACH, count))]
        status = own.add_objects({"objects": objects}, wait_for_completion=True)
        if status.success_count != len(objects) or status.failure_count:
            failures.append(status.id)


expected = {made(number)["id"] for number in range(count)}
writers = [threading.Thread(target=post, args=(first,)) for first in range(2)]
started = time.monotonic()
for writer in writers:
    writer.start()

# Meanwhile: by date, again and again, until nothing comes and nobody adds any more.
seen, twice, after = set(), 0, None
reader = taxii.Collection(collection.url, auth=TokenAuth(token))
while True:
    running = any(writer.is_alive() for writer in writers)
    filters = {"added_after": after} if after else {}
    came = 0
    for envelope in taxii.as_pages(reader.get_objects, per_request=700, **filters):
        for got in envelope.get("objects", []):
            twice += got["id"] in seen
            seen.add(got["id"])
            came += 1
    manifest = None
    if came:
        last = reader.get_manifest(id=got["id"])["objects"]
        after = last[0]["date_added"]
    elif not running:
        break
seconds = time.monotonic() - started

# Afterwards: the manifest.
records = [
    record
    for page in taxii.as_pages(reader.get_manifest, per_request=900)
    for record in page.get("objects", [])
]
dates = [record["date_added"] for record in records]

# stix2: what the sink writes the source reads.
store = stix2.TAXIICollectionStore(reader)
added = stix2.Indicator(
    name="by stix2", pattern="[domain-name:value = 'x.example']", pattern_type="stix"
)
store.add(added)
read = store.get(added.id)
newer = added.new_version(name="newer")
store.add(newer)
wanted = stix2.Filter("type", "=", "indicator")
sample = made(count // 2)["id"]
print(
    json.dumps(
        {
            "failed": failures,
            "missed": len(expected - seen),
            "strange": len(seen - expected),
            "twice": twice,
            "manifest": len(records),
            "in_order": dates == sorted(dates) and len(set(dates)) == len(dates),
            "same": read == added,
            "latest": store.get(added.id).name,
            "versions": len(store.all_versions(added.id)),
            "one": store.get(sample).serialize() == stix2.parse(made(count // 2)).serialize(),
            "queried": len(store.source.query([wanted, stix2.Filter("id", "=", sample)])),
            "seconds": round(seconds, 1),
        }
    )
)
