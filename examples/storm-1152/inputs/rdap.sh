# A simulated answer of a registration server (RFC 9083): `rdap NAME SERVER STATUS`.
rdap() {
  cat <<END
{"objectClassName": "domain", "ldhName": "$1", "status": ["$3"],
 "notices": [{"title": "SIMULATED", "description": ["Made for an example; not an answer of any registry."]}],
 "nameservers": [{"objectClassName": "nameserver", "ldhName": "$2"}],
 "events": [{"eventAction": "registration", "eventDate": "2021-03-01T00:00:00Z"},
            {"eventAction": "expiration", "eventDate": "2027-03-01T00:00:00Z"}],
 "entities": [{"objectClassName": "entity", "roles": ["registrar"],
   "publicIds": [{"type": "IANA Registrar ID", "identifier": "9995"}],
   "vcardArray": ["vcard", [["version", {}, "text", "4.0"], ["fn", {}, "text", "Example Registrar"]]],
   "entities": [{"objectClassName": "entity", "roles": ["abuse"],
     "vcardArray": ["vcard", [["email", {}, "text", "abuse@registrar.example"]]]}]}]}
END
}
