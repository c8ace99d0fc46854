"""Reads a feed with PyMISP, and compares index and hashes with those that PyMISP makes of the same events."""

import json
import pathlib
import shutil
import sys
import tempfile

from pymisp import MISPEvent
from pymisp.tools import feed_meta_generator

ours = pathlib.Path(sys.argv[1])
events = [path for path in ours.glob("*.json") if path.name != "manifest.json"]
attributes = 0
for path in events:
    event = MISPEvent(strict_validation=False)
    event.load_file(str(path))
    types = event.describe_types
    for attribute in event.attributes:
        assert attribute.type in types["category_type_mappings"][attribute.category], attribute
        attributes += 1
theirs = pathlib.Path(tempfile.mkdtemp())
for path in events:
    shutil.copy(path, theirs)
feed_meta_generator(theirs)
load = lambda folder: json.loads((folder / "manifest.json").read_text())
assert load(ours).keys() == load(theirs).keys()
for uuid, entry in load(ours).items():
    for name, value in load(theirs)[uuid].items():
        if name == "Tag":
            assert [tag["name"] for tag in entry[name]] == [tag["name"] for tag in value]
        else:
            assert entry[name] == value, (name, entry[name], value)
hashes = lambda folder: sorted((folder / "hashes.csv").read_text().split())
assert hashes(ours) == hashes(theirs)
print(attributes, "attributes")
