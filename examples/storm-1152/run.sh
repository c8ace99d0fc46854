#!/bin/sh
# Builds the whole case of this example, and checks its bundle at every level: `sh run.sh SEAWALL OUT [ACCOUNTS]`.
# Public facts are in inputs/facts.md. All data are simulated. Clock and chance are given, so that it repeats; but for
# the time-stamps of a simulated authority, which dates the seals where this machine has openssl, faketime and python3.
# AUTHORITY=no leaves it out.
set -eu

seawall=$(command -v "$1")
case $seawall in /*) ;; *) seawall=$(pwd)/$seawall ;; esac
out=$2
accounts=${3:-3000}
here=$(cd "$(dirname "$0")" && pwd)
. "$here/inputs/rdap.sh"

mkdir -p "$out"
cd "$out"
now=2026-04-01T09:00:00Z

# A time-stamp authority on this machine, whose clock is that of the example, as all else of it is simulated.
start_authority() {
  rm -rf authority seawall.toml
  [ "${AUTHORITY:-yes}" = yes ] || return 0
  for tool in openssl faketime python3; do command -v "$tool" >/dev/null || return 0; done
  mkdir authority
  python3 "$here/inputs/authority.py" authority "$now" >authority/messages.txt 2>&1 &
  server=$!
  trap 'kill "$server"' EXIT
  while ! [ -s authority/url ]; do
    kill -0 "$server" 2>/dev/null || { cat authority/messages.txt >&2; exit 1; }
    sleep 0.1
  done
  # Where not even this machine can be reached, as in a network namespace whose loopback is down, nobody dates anything.
  python3 -c 'import sys, socket, urllib.parse as p; u = p.urlsplit(sys.argv[1]); socket.create_connection((u.hostname, u.port), 5)' \
    "$(cat authority/url)" 2>/dev/null || { rm -rf authority; return 0; }
  printf '[[case.time_stamp]]\nurl = "%s"\ncertificates = ["authority/ca.pem"]\n' "$(cat authority/url)" >seawall.toml
}
# A seal, and its date where there is an authority.
seal() {
  [ ! -d authority ] || echo "$now" >authority/clock
  act vault seal --as kim
}

# A command in the case, at the given time; its answer as JSON in answer.json.
act() {
  "$seawall" case "$@" --data data --at "$now" --seed storm-1152 --format json >answer.json 2>messages.txt || {
    code=$?
    cat answer.json messages.txt >&2
    echo "failed: seawall case $*" >&2
    exit "$code"
  }
}
# A field of the last answer.
got() {
  sed -n "s/^  \"$1\": \"\\(.*\\)\",*\$/\\1/p" answer.json | head -n 1
}
# Proposes as one person, approves as another.
two() {
  by=$1
  shift
  act propose "$@" --as "$by"
  proposal=$(got proposal)
  hash=$(got sha256)
  act approve "$proposal" --sha256 "$hash" --as cora
}

start_authority

echo "== campaigns"
"$seawall" simulate --preset standard --accounts "$accounts" --seed 1152 --out world --events-format parquet
"$seawall" detect world/events.parquet --out run --format csv >campaigns.csv

echo "== a case and its people"
act new storm-1152 --title "Storm-1152, worked example with simulated data" \
  --origin example.org/seawall/storm-1152 --kind civil \
  --court "United States District Court, Southern District of New York" --docket 1:23-cv-10685 --as ada
act person add ana --role analyst --as ada
act person add lee --role lead --as ada
act person add kim --role custodian --as ada
act person add cora --role counsel --as ada
act person add pia --role privacy --as ada
act advance investigating --as lee

echo "== evidence"
act detection seal run --events world/events.parquet --as ana
rows=$(sed -n 's/^  "events": \([0-9]*\),*$/\1/p' world/world.json)
act dataset freeze signups=world/events.parquet --id DS-1 --received "signups=1..$rows" \
  --from 2026-01-01T00:00:00Z --to 2026-12-31T00:00:00Z --as ana
act vault add "$here/inputs/facts.md" --kind web-capture --media-type text/markdown \
  --source "public pages, as listed in it" --class public --origin third-party --as ana
facts=$(got item)

echo "== figures"
members=$(sed -n '/"members.parquet"/,/"sha256"/s/.*"sha256": "\([0-9a-f]*\)".*/\1/p' run/manifest.json)
cat >figures.json <<END
{"queries": [
  {"id": "Q-001", "dataset": "DS-1", "group_by": [],
   "where": [{"column": "type", "is": "equal", "value": "signup"}],
   "measures": [{"name": "attempts", "of": "count"}, {"name": "accounts", "of": "count_distinct", "column": "account"}]},
  {"id": "Q-002", "dataset": "DS-1", "group_by": [],
   "where": [{"column": "type", "is": "equal", "value": "signup"},
             {"column": "account", "is": "member_of", "value": {"file": "$members"}}],
   "measures": [{"name": "accounts", "of": "count_distinct", "column": "account"}]},
  {"id": "Q-003", "dataset": "DS-1", "group_by": [],
   "where": [{"column": "type", "is": "equal", "value": "action"}],
   "measures": [{"name": "accounts", "of": "count_distinct", "column": "account"}]},
  {"id": "Q-004", "dataset": "DS-1", "group_by": [], "where": [],
   "measures": [{"name": "rows", "of": "count"}]}],
 "figures": [
  {"id": "F-001", "label": "accounts created", "unit": "accounts", "rounding": "exact",
   "definition": "Accounts with a sign-up in the frozen log.",
   "query": "Q-001", "cell": {"group": {}, "measure": "accounts"}},
  {"id": "F-002", "label": "accounts used", "unit": "accounts", "rounding": "exact",
   "definition": "Accounts with at least one act in the frozen log.",
   "query": "Q-003", "cell": {"group": {}, "measure": "accounts"}},
  {"id": "F-003", "label": "accounts in reported campaigns", "unit": "accounts", "rounding": "exact",
   "definition": "Accounts created that are members of a reported campaign.",
   "query": "Q-002", "cell": {"group": {}, "measure": "accounts"}},
  {"id": "F-004", "label": "share of accounts in reported campaigns", "unit": "ratio", "rounding": "percent_to_tenth",
   "definition": "Members of a reported campaign among the accounts created.",
   "query": "Q-002", "cell": {"group": {}, "measure": "accounts"},
   "over": {"query": "Q-001", "group": {}, "measure": "accounts"}},
  {"id": "F-005", "label": "rows in the frozen log", "unit": "rows", "rounding": "exact",
   "definition": "Rows of the frozen log.",
   "query": "Q-004", "cell": {"group": {}, "measure": "rows"}}]}
END
act figure add figures.json --as ana
act figure bind --as ana
act figure verify --as ana

echo "== assets"
act lever ground --mark "Hotmail=a mark of the plaintiff" --mark "Outlook=a mark of the plaintiff" \
  --court-reaches US --as cora
name_asset() { # NAME ROLE REGISTRY COUNTRY [CONTACT]
  cat >asset.json <<END
{"type": "domain", "identifier": "$1", "role": "$2",
 "operators": [{"kind": "registry", "organisation": "$3", "country": "$4",
   ${5:+"\"legal_contact\": \"$5\","}
   "source": "the root zone database", "as_of": "2026-04-01T00:00:00Z"}],
 "jurisdiction_hook": "the order of the court",
 "used_by_operation": [{"item": "$facts", "shows": "what is public of its use", "grade": "B2"}],
 "attribution": {"confidence": "high", "alternatives": [
   {"explanation": "a reseller with a name of its own", "against": "the order of the court names it beside the others"}]},
 "collateral": {"shared": false, "reviewed_by": "ana"},
 "end_state": {"name_servers": ["ns1.court.example"], "statuses": ["server transfer prohibited"]}}
END
  act asset add asset.json --as ana
  asset=$(got asset)
  echo "$asset $1" >>assets.txt
}
rm -f assets.txt
name_asset hotmailbox.me storefront "registry of .me" ME
name_asset 1stcaptcha.com solver_api "registry of .com" US orders@registry.example
name_asset anycaptcha.com solver_api "registry of .com" US orders@registry.example
name_asset nonecaptcha.com solver_api "registry of .com" US orders@registry.example
name_asset rockcaptcha.com solver_api "registry of .com" US orders@registry.example

# What is named, and not asked for: where defendants are told, who takes money, what others than a court can end.
name_other() { # TYPE NAME ROLE OPERATORS
  cat >asset.json <<END
{"type": "$1", "identifier": "$2", "role": "$3", "operators": [$4],
 "used_by_operation": [{"item": "$facts", "shows": "invented for this example"}]}
END
  act asset add asset.json --as ana
}
operator() { # KIND ORGANISATION CONTACT
  printf '{"kind": "%s", "organisation": "%s", "abuse_contact": "%s", "source": "invented", "as_of": "%s"}' "$@" "$now"
}
name_other mailbox support@shop.example support ""
name_other wallet bc1qexampleexampleexampleexampleexample0 payment ""
video=$(operator platform "Example Video (invented)" abuse@video.example)
name_other channel channel-UC0001 marketing "$video"
name_other channel channel-UC0002 marketing "$video"
name_other host_ip 198.51.100.23 storefront "$(operator host "Example Hosting (invented)" abuse@host.example)"
{
  printf 'HTTP/1.1 200 OK\r\ncontent-type: text/html\r\n\r\n'
  printf '<title>SIMULATED</title><p>Mailboxes. Pay to bc1qexampleexampleexampleexampleexample0.\n'
} >page.http
act asset observe "$(got asset)" page.http --method http --vantage frankfurt --source "simulated answer" --as ana
page=$(got item)

observe() { # ASSET NAME SERVER STATUS: from two vantages, by two methods
  rdap "$2" "$3" "$4" >rdap.json
  printf '%s. 300 IN NS %s.\n' "$2" "$3" >dns.txt
  for vantage in frankfurt virginia; do
    act asset observe "$1" rdap.json --method rdap --vantage "$vantage" --source "simulated answer" --as ana
    act asset observe "$1" dns.txt --method dns --vantage "$vantage" --source "simulated answer" --as ana
  done
}
while read -r asset name; do
  observe "$asset" "$name" ns1.shop.example active
  two ana attribute "$asset"
  act asset advance "$asset" attributed --as lee
done <assets.txt
"$seawall" case lever show --data data --all --format csv >levers.csv
act asset schedule --out schedule.json --as lee
seal

echo "== documents"
now=2026-04-02T09:00:00Z
# The seller is spoken of by a pseudonym, and one account is shown as an example of many.
account=$(sed -n '2s/,.*//p' run/members.csv)
sed "s/\"FACTS\"/\"$facts\"/; s/\"PAGE\"/\"$page\"/; s/ACCOUNT/$account/" "$here/inputs/words.json" >words.json
words=words.json
printf '# Invented names that must not get out.\nWilhelmina Seededsecret\n' >deny.txt
act document deny --text-file deny.txt --as ana
act exhibit build 1 --title "What is public of the operation" --item "$facts" --profile court-public --final --as ana
act exhibit build 2 --title "Accounts created and found" --kind summary-1006 --figure F-001 --figure F-003 \
  --figure F-004 --profile court-public --final --as ana
for document in D1 D2 D3 D4 D6 D7 D8; do
  act document draft $document --words "$words" --profile court-public --final --out drafts --as ana
done
# What a respondent is ordered to do stays under the seal of the court.
act document draft D5 --words "$words" --profile court-sealed --final --out drafts --as ana
annexes=$(for file in drafts/D5-*-v1.pdf; do basename "$file" -v1.pdf; done)
certificates="D6-902-11 D6-902-13 D6-902-14 D6-notice"
released="Ex-1 Ex-2 D1 D2 D3 D4 $annexes $certificates D7 D8"
release() { # DOCUMENT KIND RECIPIENT
  two lee release "$1"
  act document release "$1" --to "$2" --recipient "$3" --as lee
}
for document in $released; do
  release "$document" court "the court"
done
act document draft D14 --words "$words" --profile partner --final --as ana
release D14-host platform "the host"

# What counsel thinks goes to nobody outside, on any ground.
printf 'SIMULATED. What counsel thinks of the case.\n' >memo.txt
act vault add memo.txt --media-type text/plain --origin human-statement --source counsel \
  --privilege attorney-client --as cora

echo "== an order, and what was measured after it"
now=2026-04-03T09:00:00Z
printf 'SIMULATED. The court orders the registries as the schedule says.\n' >order.txt
act vault add order.txt --kind order --media-type text/plain --origin third-party --source "simulated" \
  --class public --as cora
order=$(got item)
act deadline add tro-expiry --from 2023-12-07T15:00:00Z --source "$order" --as cora
while read -r asset name; do
  for state in scheduled ordered served executed; do
    act asset advance "$asset" $state --item "$order" --as lee
  done
  observe "$asset" "$name" ns1.court.example "server transfer prohibited"
done <assets.txt
now=2026-04-04T10:00:00Z
while read -r asset name; do
  observe "$asset" "$name" ns1.court.example "server transfer prohibited"
  act asset advance "$asset" verified --as ana
done <assets.txt
act document draft D21 --words "$words" --profile court-public --final --as ana
release D21 court "the court"

echo "== for an authority, a host, a platform and a partner"
act document draft D11 --words "$words" --profile law-enforcement --final --out drafts --as ana
release D11 law-enforcement-us "the authority (invented)"
for document in D12 D13 D16; do
  act document draft $document --words "$words" --profile partner --final --out drafts --as ana
done
release D12-host platform "the host (invented)"
release D13-video platform "the platform (invented)"
release D16-bank partner "the bank (invented)"

echo "== service, and what was taken out"
printf 'SIMULATED. Accepted for delivery.\n' >receipt.txt
act vault add receipt.txt --kind receipt --media-type text/plain --origin third-party --source "simulated" \
  --class own-record --as ana
sed "s/RECEIPT/$(got item)/" words.json >words-of-service.json
act document draft D10 --words words-of-service.json --profile court-public --final --out drafts --as ana
release D10 court "the court"
# The key to the pseudonyms tells of persons: it takes the word of privacy as well, and goes under seal.
act document draft D9 --words "$words" --profile court-sealed --final --out drafts --as ana
release D9 court "the court"
act propose release D9-key --as lee
proposal=$(got proposal)
hash=$(got sha256)
act approve "$proposal" --sha256 "$hash" --as cora
act approve "$proposal" --sha256 "$hash" --as pia
act document release D9-key --to court --recipient "the court, under seal" --as lee
seal
act vault verify --as kim
"$seawall" case deadline list --data data --at "$now" --calendar deadlines.ics --format csv >deadlines.csv

echo "== bundles, checked at every level"
# Without an authority the seals have no time-stamp: that is told, and nothing else may be missing.
expected=3
[ ! -d authority ] || expected=0
check() { # BUNDLE REPORT LEVEL...
  bundle=$1
  report=$2
  shift 2
  for level in "$@"; do
    code=0
    "$seawall" verify "$bundle" --level "$level" >"$report-$level.txt" 2>messages.txt || code=$?
    if [ "$code" != "$expected" ] || grep ' SKIP ' "$report-$level.txt" | grep -v '^time_stamp:'; then
      grep -v ' PASS ' "$report-$level.txt" >&2
      exit 1
    fi
    echo "level $level: $(grep -c ' PASS ' "$report-$level.txt") checks of $bundle passed, $(grep -c ' SKIP ' "$report-$level.txt" || true) seals without a time-stamp"
  done
}
rm -rf bundle bundle-authority bundle-partner
act bundle export --out bundle --to court --profile court-sealed --as cora
act bundle export --out bundle-authority --to law-enforcement-us --profile law-enforcement \
  --ground provider-protection --as cora
# Partners get documents, and no data.
act bundle export --out bundle-partner --to platform --profile partner --without-sealed --as cora
"$seawall" case export case-uco --data data --out case.jsonld
check bundle verify 0 1 2 3
check bundle-authority verify-authority 0 1 2 3
check bundle-partner verify-partner 0 1
