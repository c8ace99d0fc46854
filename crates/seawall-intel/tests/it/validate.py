"""The validator of OASIS, strict but for two vocabularies, on a bundle; stix2 parses it; ids of observables are those
that stix2 makes. Says what is wrong, and fails then."""

import json
import sys

import stix2
from stix2validator import ValidationOptions, print_results, validate_file

path = sys.argv[1]
options = ValidationOptions(version="2.1", strict=True, disabled="244,303")
result = validate_file(path, options)
if not result.is_valid:
    print_results([result])
    sys.exit(1)
bundle = json.load(open(path))
stix2.parse(bundle, allow_custom=True, version="2.1")
for item in bundle["objects"]:
    kind = stix2.registry.class_for_type(item["type"], "2.1", "observables")
    if kind:
        known = {name: value for name, value in item.items() if name != "id"}
        wanted = kind(**known, allow_custom=True).id
        assert item["id"] == wanted, (item["id"], wanted)
