"""What does MISP's own converter make of a bundle of ours? Its attributes, one a line."""

import sys

import stix2
from misp_stix_converter import ExternalSTIX2toMISPParser

with open(sys.argv[1]) as file:
    bundle = stix2.parse(file.read(), allow_custom=True)
parser = ExternalSTIX2toMISPParser()
parser.load_stix_bundle(bundle)
parser.parse_stix_bundle(single_event=True)
if parser.errors:
    sys.exit(f"errors: {parser.errors}")
event = parser.misp_event
attributes = list(event.attributes) + [it for own in event.objects for it in own.attributes]
for line in sorted({f"{it.type} {it.value}" for it in attributes}):
    print(line)
