#!/usr/bin/env python3
"""Does this bundle hold? Level 0 of case-format.md, written a second time.

    python3 verify.py [BUNDLE] [--older CHECKPOINT] [--key BASE64] [--certificate DER]...

Without BUNDLE it checks the one in which this file lies. Needs Python 3.9 and the package `cryptography` or `PyNaCl`
for Ed25519; time-stamps are verified by the program `openssl`, where there is one. Nothing is written, nothing is
fetched. One line for each check, `ID PASS|FAIL|SKIP what`; exit code 0, 3 (something is missing) or 7 (tampered with).
"""
import argparse
import base64
import binascii
import calendar
import datetime
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time

MANIFEST_BYTES_MAX = 64 << 20
NOTE_BYTES_MAX = 1 << 20
ENTRY_BYTES_MAX = 65535
ENTRIES_MAX = 20000000
INTEGER_MAX = 2**53 - 1
DEPTH_MAX = 32
LATE_SECONDS = 600
DECLARATION = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
ACTIONS = """open acquire receive import verify view reveal export copy derive transfer_out transfer_in seal redact
hold_on hold_off dispose key_rotate propose approve release record denied""".split()
KINDS = """dataset file web_capture rdap_snapshot dns_snapshot screenshot purchase_record chat_log wallet_tx
expert_output correspondence order receipt trusted_certificate
run aggregate document""".split()


class Bad(Exception):
    """Something is not what the format says."""


def need(holds, reason):
    if not holds:
        raise Bad(reason)


# Ed25519, from whichever package is there.

def ed25519_verifies(key, signature, message):
    try:
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    except ImportError:
        from nacl.exceptions import BadSignatureError
        from nacl.signing import VerifyKey
        try:
            VerifyKey(key).verify(message, signature)
            return True
        except (BadSignatureError, ValueError):
            return False
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, message)
        return True
    except (InvalidSignature, ValueError):
        return False


# Conventions: hashes, Base64, canonical JSON, Merkle trees.

def sha256(content):
    return hashlib.sha256(content).hexdigest()


def from_base64(text):
    try:
        content = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise Bad("not Base64")
    need(base64.b64encode(content).decode() == text, "not Base64 as it is written")
    return content


def pairs(found):
    fields = {}
    for name, value in found:
        need(name not in fields, "a key twice")
        fields[name] = value
    return fields


def fraction(text):
    raise Bad("a fraction")


def canonical(value, depth=0):
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        need(abs(value) <= INTEGER_MAX, "an integer beyond 2^53 - 1")
        return str(value)
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    need(value is not None, "null")
    need(depth < DEPTH_MAX, "too deep")
    if isinstance(value, list):
        return "[" + ",".join(canonical(part, depth + 1) for part in value) + "]"
    names = sorted(value, key=lambda name: name.encode("utf-16-be", "surrogatepass"))
    parts = (json.dumps(name, ensure_ascii=False) + ":" + canonical(value[name], depth + 1) for name in names)
    return "{" + ",".join(parts) + "}"


def parse_json(content):
    try:
        value = json.loads(content.decode("utf-8"), object_pairs_hook=pairs, parse_float=fraction,
                           parse_constant=fraction)
        spelled = canonical(value).encode("utf-8")
    except (ValueError, RecursionError) as error:
        raise Bad("not JSON: %s" % error)
    need(spelled == content, "not canonical JSON")
    return value


def leaf(data):
    return hashlib.sha256(b"\x00" + data).digest()


def root(leaves):
    """RFC 6962, section 2.1, level by level: what has no partner goes up as it is."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    while len(leaves) > 1:
        above = [hashlib.sha256(b"\x01" + leaves[at] + leaves[at + 1]).digest()
                 for at in range(0, len(leaves) - 1, 2)]
        leaves = above + ([leaves[-1]] if len(leaves) % 2 else [])
    return leaves[0]


# The forms of records.

def is_hash(value):
    return isinstance(value, str) and re.fullmatch("[0-9a-f]{64}", value) is not None


def is_line(value, bytes_max):
    return (isinstance(value, str) and value.strip() != "" and len(value.encode()) <= bytes_max
            and not any(ord(letter) < 32 or 127 <= ord(letter) < 160 for letter in value))


def is_words(value):
    return is_line(value, 4096)


def is_role(value):
    return is_line(value, 255)


def is_name(value):
    return is_line(value, 255) and not any(letter.isspace() or letter == "+" for letter in value)


def is_id(value):
    return isinstance(value, str) and re.fullmatch("[A-Za-z0-9][A-Za-z0-9._-]{0,127}", value) is not None


def is_count(value):
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= INTEGER_MAX


def is_integer(value):
    return isinstance(value, int) and not isinstance(value, bool)


def is_time(value):
    if not isinstance(value, str) or re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z", value, re.ASCII) is None:
        return False
    try:
        datetime.datetime.strptime(value[:19], "%Y-%m-%dT%H:%M:%S")
        return True
    except ValueError:
        return False


def is_bool(value):
    return isinstance(value, bool)


def is_text(value):
    return isinstance(value, str)


def is_key(value):
    try:
        return isinstance(value, str) and len(from_base64(value)) == 32
    except Bad:
        return False


def one_of(names):
    return lambda value: isinstance(value, str) and value in names


def list_of(check):
    return lambda value: isinstance(value, list) and all(check(part) for part in value)


def record(optional="", **fields):
    def check(value):
        if not isinstance(value, dict) or not set(value) <= set(fields):
            return False
        needed = set(fields) - set(optional.split())
        return needed <= set(value) and all(fields[name](part) for name, part in value.items())
    return check


CHECKPOINT = record(size=is_count, root=is_hash)
CASE = record(id=is_id, title=is_words, origin=is_name, public_key=is_key, opened_at=is_time)
ENTRY = record("object_sha256 approval body", seq=is_count, time=is_time, actor=is_name, role=is_role,
               action=one_of(ACTIONS), object=is_id, object_sha256=is_hash, reason=is_words, tool=is_words,
               approval=is_count, body=lambda value: True)
ITEM = record("tool_sha256 source_time_zone ciphertext_sha256 derived_from dataset",
              id=is_id, kind=one_of(KINDS), sha256=is_hash, size=is_count, media_type=is_words,
              origin=one_of("machine human_statement third_party".split()), acquired_at=is_time,
              clock=record("offset_milliseconds", synced=is_bool, offset_milliseconds=is_integer),
              acquired_by=is_name, method=is_words, tool=is_words, tool_version=is_words, tool_sha256=is_hash,
              source=is_words, source_time_zone=is_words, legal_basis=is_words,
              content_class=one_of("content non_content own_record public".split()), personal_data=is_bool,
              privilege=one_of("none work_product attorney_client".split()), ciphertext_sha256=is_hash,
              derived_from=list_of(is_id), dataset=is_hash)
SEAL_BODY = record(id=is_id, manifest_sha256=is_hash, root=is_hash, note_sha256=is_hash, time_stamps=list_of(is_hash))
PROPOSE = record(id=is_id, kind=is_id, content_sha256=is_hash, proposer=is_name)
APPROVE = record(proposal=is_id, content_sha256=is_hash, proposer=is_name, approver=is_name, note=is_text)
RELEASE = record("companions", document=is_id, version=is_count, model_sha256=is_hash, content_sha256=is_hash,
                 recipient=is_words, checkpoint=CHECKPOINT,
                 companions=list_of(record(extension=is_id, sha256=is_hash)))
DISPOSE = record(sha256=is_hash, basis=is_words)
APPROVAL = record(approver=is_name, content_sha256=is_hash, kind=is_id, proposal=is_id, proposer=is_name, role=is_role,
                  time=is_time)
SEAL = record(id=is_id, created=is_time, covers=list_of(record(item=is_id, sha256=is_hash, size=is_count)), root=is_hash,
              checkpoint=CHECKPOINT)
PEOPLE = list_of(record(name=is_name, role=is_role, public_key=is_key))
# By action: the form of the body, which of its fields the object is, which the hash, which the actor.
BODIES = {"open": (CASE, "id", None, None), "seal": (SEAL_BODY, "id", "note_sha256", None),
          "propose": (PROPOSE, "id", "content_sha256", "proposer"),
          "approve": (APPROVE, "proposal", "content_sha256", "approver"),
          "release": (RELEASE, "document", "content_sha256", None), "dispose": (DISPOSE, None, "sha256", None)}
BODIES.update({action: (ITEM, "id", "sha256", None) for action in ("acquire", "receive", "import", "derive")})


def check_entry(entry):
    if entry["action"] not in BODIES:
        return
    form, of_object, of_hash, of_actor = BODIES[entry["action"]]
    body = entry.get("body")
    need(form(body), "the body is not that of `%s`" % entry["action"])
    need(of_object is None or entry["object"] == body[of_object], "the object is another one")
    need(of_hash is None or entry.get("object_sha256") == body[of_hash], "the object has another hash")
    need(of_actor is None or entry["actor"] == body[of_actor], "the actor is another one")
    if entry["action"] == "release":
        names = [companion["extension"] for companion in body.get("companions", [])]
        need(names == sorted(set(names)) and not {"json", "pdf"} & set(names), "two of its files have one name")


# Notes (C2SP signed-note).

def parse_note(content):
    try:
        whole = content.decode("utf-8")
    except ValueError:
        raise Bad("a note is not UTF-8")
    need(len(content) <= NOTE_BYTES_MAX and "\n\n" in whole and whole.endswith("\n"), "not a note")
    at = whole.rindex("\n\n")
    text, lines = whole[:at + 1], whole[at + 2:-1].split("\n")
    need(not any(letter < " " and letter != "\n" for letter in text), "a note has control characters")
    need(len(lines) <= 16, "too many signatures")
    signatures = []
    for line in lines:
        parts = line.split(" ")
        need(len(parts) == 3 and parts[0] == "\u2014" and is_name(parts[1]), "a line is no signature")
        signature = from_base64(parts[2])
        need(len(signature) > 4, "a signature is too short")
        signatures.append((parts[1], signature[:4], signature[4:]))
    return text, signatures


def open_note(content, name, key):
    text, signatures = parse_note(content)
    key_id = hashlib.sha256(name.encode() + b"\n\x01" + key).digest()[:4]
    mine = [signature for signer, signer_id, signature in signatures if (signer, signer_id) == (name, key_id)]
    need(mine, "not signed by `%s` with the key that is known" % name)
    need(len(mine) == 1, "signed twice by one key")
    need(ed25519_verifies(key, mine[0], text.encode()), "the signature of `%s` does not fit the text" % name)
    return text


def open_marked(content, mark, form, name, key):
    text = open_note(content, name, key)
    need(text.startswith(mark + "\n") and text.count("\n") == 2, "it does not open with `%s`" % mark)
    value = parse_json(text[len(mark) + 1:-1].encode())
    need(form(value), "not of the form of `%s`" % mark)
    return value


def open_checkpoint(content, name, key):
    lines = open_note(content, name, key).split("\n")
    need(len(lines) == 4 and lines[3] == "", "not a checkpoint")
    need(lines[0] == name, "a checkpoint of another log")
    need(re.fullmatch("0|[1-9][0-9]{0,18}", lines[1]), "the size is no number")
    digest = from_base64(lines[2])
    need(len(digest) == 32, "the root is no hash")
    return int(lines[1]), digest


# The bundle. Nothing in it is believed.

class Bundle:
    def __init__(self, folder):
        self.folder = folder
        self.lines = []
        self.hashes = {}
        self.sizes = {}

    def say(self, outcome, check, what):
        self.lines.append((check.replace(" ", "_"), outcome, " ".join(str(what).split())))

    def passes(self, check, what):
        self.say("PASS", check, what)

    def fail(self, check, what):
        self.say("FAIL", check, what)

    def skip(self, check, what):
        self.say("SKIP", check, what)

    def attempt(self, check, what, act):
        """Runs one check, of which nothing may escape."""
        try:
            told = act()
        except Bad as error:
            self.fail(check, error)
        else:
            self.passes(check, told or what)

    def failures(self):
        return sum(outcome == "FAIL" for _, outcome, _ in self.lines)

    def read(self, path, bytes_max):
        if path not in self.hashes:
            return None
        with open(os.path.join(self.folder, path), "rb") as file:
            content = file.read(bytes_max + 1)
        return content if len(content) <= bytes_max else b""

    def within(self, folder):
        return [path for path in sorted(self.hashes) if path.startswith(folder + "/")]

    # The bag (RFC 8493).

    def scan(self):
        for folder, folders, files in os.walk(self.folder):
            for name in folders + files:
                place = os.path.join(folder, name)
                path = os.path.relpath(place, self.folder).replace(os.sep, "/")
                plain = is_path(path) and not os.path.islink(place)
                if not plain or not (os.path.isfile(place) or os.path.isdir(place)):
                    self.fail("bag.strange", "`%r` is a link or has a name that no file here has" % path)
                elif os.path.isfile(place):
                    hasher = hashlib.sha256()
                    with open(place, "rb") as file:
                        for chunk in iter(lambda: file.read(1 << 20), b""):
                            hasher.update(chunk)
                    self.hashes[path] = hasher.hexdigest()
                    self.sizes[path] = os.path.getsize(place)

    def manifest(self, name, check):
        listed = {}
        content = self.read(name, MANIFEST_BYTES_MAX)
        if content is None:
            self.fail(check, "`%s` is missing" % name)
        for line in (content or b"").decode("utf-8", "replace").split("\n")[:-1]:
            digest, _, path = line.partition("  ")
            if not is_hash(digest) or not is_path(path):
                self.fail(check, "a line of `%s` is none" % name)
            elif path in listed:
                self.fail("bag:" + path, "twice in `%s`" % name)
            else:
                listed[path] = digest
        return listed

    def compare(self, listed, files, check, not_there, not_listed):
        for path, expected in sorted(listed.items()):
            if path not in self.hashes:
                self.fail(check + path, not_there)
            elif self.hashes[path] != expected:
                self.fail(check + path, "changed (expected %s, got %s)" % (expected, self.hashes[path]))
        for path in files:
            if path not in listed:
                self.fail(check + path, not_listed)

    def check_bag(self):
        self.scan()
        if self.hashes.get("bagit.txt") != sha256(DECLARATION):
            self.fail("bag.declaration", "`bagit.txt` is not that of a bag of version 1.0")
        payload = self.within("data")
        tags = [path for path in self.hashes if path not in payload and path != "tagmanifest-sha256.txt"]
        listed = self.manifest("tagmanifest-sha256.txt", "bag.manifest")
        self.compare(listed, tags, "bag:", "in the manifest, and not there", "there, and not in the manifest")
        for name in ("bagit.txt", "bag-info.txt", "manifest-sha256.txt"):
            if name not in listed:
                self.fail("bag.tags", "`%s` is not in the tag manifest" % name)
        listed = self.manifest("manifest-sha256.txt", "bag.manifest")
        self.compare(listed, payload, "bag:", "in the manifest, and not there", "there, and not in the manifest")
        info = (self.read("bag-info.txt", 65536) or b"").decode("utf-8", "replace").splitlines()
        said = [line[14:] for line in info if line.startswith("Payload-Oxum: ")][:1]
        expected = "%d.%d" % (sum(self.sizes[path] for path in payload), len(payload))
        if said != [expected]:
            self.fail("bag.oxum", "`Payload-Oxum` is not the size of the payload (expected %s)" % expected)
        if not self.failures():
            self.passes("bag", "%d files have the hashes of the manifests" % len(self.hashes))

    # The log.

    def check_log(self, options):
        case = self.read("data/case.json", 65535)
        try:
            need(case is not None, "`case.json` is missing")
            case = parse_json(case)
            need(CASE(case), "`case.json` is not of its form")
        except Bad as error:
            self.fail("case", error)
            return None
        name, key = case["origin"], from_base64(case["public_key"])
        if options.key is not None:
            if options.key == case["public_key"]:
                self.passes("case.key", "the log's key is the one known")
            else:
                self.fail("case.key", "the log has another key (expected %s)" % options.key)
        facts = Facts(case, name, key)
        try:
            checkpoint = self.read("data/custody/log/checkpoint", NOTE_BYTES_MAX)
            need(checkpoint is not None, "there is no custody log here: no `checkpoint`")
            size, signed = open_checkpoint(checkpoint, name, key)
        except Bad as error:
            self.fail("log.checkpoint", error)
            return None
        self.passes("log.checkpoint", "%d entries, root %s" % (size, signed.hex()))
        if size > ENTRIES_MAX:
            self.fail("log.size", "more than %d entries" % ENTRIES_MAX)
            return None
        before = self.failures()
        try:
            self.walk(size, facts)
            self.compare_hashes(facts.leaves)
            if root(facts.leaves) != signed:
                self.fail("log.root", "the root over the %d entries is not the one signed" % size)
        except Bad as error:
            self.fail("log.tree", error)
        if self.failures() == before:
            self.passes("log.root", "the %d entries give the root that is signed" % size)
        if options.older is not None:
            self.attempt("log.older", "", lambda: self.older(options.older, facts))
        expected = set(log_files(size))
        for path in self.within("data/custody/log"):
            if path not in expected:
                self.fail("log:" + path, "not part of a log of this size")
        return facts

    def tile(self, kind, index, width):
        path = tile_path(kind, index, width)
        content = self.read(path, width * (2 + ENTRY_BYTES_MAX))
        need(content is not None, "`%s` is missing from the custody log" % path)
        return path, content

    def walk(self, size, facts):
        last = ""
        for index in range((size + 255) // 256):
            width = min(256, size - index * 256)
            path, bundle = self.tile("entries", index, width)
            entries = split_entries(bundle, width)
            need(entries is not None, "`%s` does not hold what its name says" % path)
            try:
                logged_path, logged = self.tile("0", index, width)
                need(len(logged) == width * 32, "`%s` does not hold what its name says" % logged_path)
            except Bad as error:
                self.fail("log.tree", error)
                logged = b""
            for position, entry in enumerate(entries):
                seq = len(facts.leaves)
                facts.leaves.append(leaf(entry))
                if logged and logged[position * 32:position * 32 + 32] != facts.leaves[-1]:
                    self.fail("log.entry:%d" % seq, "not the entry that was logged")
                try:
                    last = facts.entry(seq, entry, last)
                except Bad as error:
                    self.fail("log.entry:%d" % seq, error)

    def compare_hashes(self, leaves):
        level, hashes = 1, leaves
        while len(hashes) >= 256:
            hashes = [root(hashes[at:at + 256]) for at in range(0, len(hashes) // 256 * 256, 256)]
            for index in range((len(hashes) + 255) // 256):
                part = hashes[index * 256:index * 256 + 256]
                path, content = self.tile(str(level), index, len(part))
                if content != b"".join(part):
                    self.fail("log.tree", "the hashes in `%s` are not those of the entries" % path)
            level += 1

    def older(self, content, facts):
        size, digest = open_checkpoint(content, facts.name, facts.key)
        need(size <= len(facts.leaves), "the log was cut off (expected %d entries or more)" % size)
        need(facts.root_at(size) == digest.hex(), "the first %d entries are not those of the older checkpoint" % size)
        return "goes on from the checkpoint of %d entries" % size

    # What the log says about files.

    def check_exported(self, facts):
        content = self.read("data/custody/exported.txt", MANIFEST_BYTES_MAX)
        if content is None:
            self.fail("exported", "the list of what was exported is missing")
            return
        if sha256(content) not in facts.exports:
            self.fail("exported", "no `export` entry has the hash of the list")
            return
        before = self.failures()
        listed = self.manifest("data/custody/exported.txt", "exported")
        files = [path for path in self.within("data")
                 if not path.startswith("data/custody/log/") and path != "data/custody/exported.txt"]
        self.compare(listed, files, "exported:", "was exported, and is not there", "is there, and was not exported")
        if self.failures() == before:
            self.passes("exported", "%d files are those that were exported" % len(listed))

    def check_files(self, facts):
        for folder in ("sealed", "exhibits", "datasets", "runs"):
            for path in self.within("data/" + folder):
                digest = self.hashes[path]
                if digest not in facts.hashes:
                    self.fail("file:" + path, "no entry of the log has its hash")
                elif digest in facts.disposed:
                    self.fail("file:" + path, "the log says that it was disposed of")
                elif folder == "sealed" and path != "data/sealed/" + digest:
                    self.fail("file:" + path, "its name is not its hash")
                else:
                    self.passes("file:" + path, "is what the log says")
        for _, item in facts.items.values():
            here = self.sizes.get("data/sealed/" + item["sha256"])
            if here is not None and here != item["size"]:
                self.fail("item:" + item["id"], "has another size")
            for source in item.get("derived_from", []):
                if source not in facts.items:
                    self.fail("item:" + item["id"], "made from `%s`, which the log does not know" % source)

    def check_seals(self, facts, options):
        for name, (seq, body) in sorted(facts.seals.items()):
            note = self.read("data/seals/%s.note" % name, NOTE_BYTES_MAX)
            if note is None:
                self.skip("seal:" + name, "the seal is not in the bundle")
            else:
                self.attempt("seal:" + name, "holds", lambda: check_seal(seq, body, note, facts))
            self.check_time_stamps(name, body, note, options)
        known = {"data/seals/%s.note" % name for name in facts.seals}
        tokens = {digest for _, body in facts.seals.values() for digest in body["time_stamps"]}
        for path in self.within("data/seals"):
            if path not in known:
                self.fail("file:" + path, "the log knows no such seal")
        for path in self.within("data/tst"):
            if self.hashes[path] not in tokens:
                self.fail("file:" + path, "the log knows no such time-stamp")

    def check_time_stamps(self, name, body, note, options):
        if not body["time_stamps"]:
            self.skip("time_stamp:" + name, "not yet time-stamped")
        files = {self.hashes[path]: path for path in self.within("data/tst")}
        for number, digest in enumerate(body["time_stamps"], 1):
            check = "time_stamp:%s-%d" % (name, number)
            if digest not in files or note is None:
                self.skip(check, "the time-stamp is not in the bundle")
            elif shutil.which("openssl") is None:
                self.skip(check, "the program openssl is needed to verify a time-stamp")
            else:
                path = os.path.join(self.folder, files[digest])
                given = options.certificate or [self.read(path, NOTE_BYTES_MAX) for path in self.within("data/keys")
                                                if path.endswith(".der")]
                if not given:
                    self.skip(check, "there is no certificate of a time-stamp authority")
                else:
                    self.attempt(check, "", lambda: check_time_stamp(path, note, given))

    def check_approvals(self, facts):
        people = {}
        try:
            content = self.read("data/keys/people.json", 1 << 20)
            need(content is not None, "`people.json` is missing")
            found = parse_json(content)
            need(PEOPLE(found), "`people.json` is not of its form")
            people = {person["name"]: from_base64(person["public_key"]) for person in found}
            need(len(people) == len(found), "a person is in `people.json` twice")
        except Bad as error:
            self.fail("people", error)
        for seq, body in sorted(facts.approvals.items()):
            self.attempt("approval:%d" % seq, "a second person approved",
                         lambda: check_approval(seq, body, facts, people))
        for entry in facts.approved:
            self.attempt("approved:%d" % entry["seq"], "rests on an approval", lambda: check_approved(entry, facts))

    def check_releases(self, facts):
        released = set()
        for seq, body in facts.releases:
            check = "release:%s-v%d" % (body["document"], body["version"])
            shown, before = body["checkpoint"], self.failures()
            if shown["size"] > seq or facts.root_at(shown["size"]) != shown["root"]:
                self.fail(check, "the checkpoint that it prints is not one of this log before it")
            base = "data/documents/%s-v%d" % (body["document"], body["version"])
            files = {base + ".json": body["model_sha256"], base + ".pdf": body["content_sha256"]}
            files.update((base + "." + companion["extension"], companion["sha256"])
                         for companion in body.get("companions", []))
            here = [path for path in files if path in self.hashes]
            for path, expected in files.items():
                if path in self.hashes and self.hashes[path] != expected:
                    self.fail(check, "`%s` is not what was released" % path)
                elif path not in self.hashes and here:
                    self.skip(check, "`%s` is not in the bundle" % path)
            released.update(files)
            if len(here) == len(files) and self.failures() == before:
                self.passes(check, "its %d files are those released" % len(files))
        for path in self.within("data/documents"):
            if path not in released:
                self.fail("file:" + path, "no release in the log has this document")


def tile_path(kind, index, width):
    groups = "%03d" % (index % 1000)
    while index >= 1000:
        index //= 1000
        groups = "x%03d/%s" % (index % 1000, groups)
    return "data/custody/log/tile/%s/%s%s" % (kind, groups, "" if width == 256 else ".p/%d" % width)


def log_files(size):
    yield "data/custody/log/checkpoint"
    for kind, held in [("entries", size)] + [(str(level), size >> 8 * level) for level in range(8)]:
        for first in range(0, held, 256):
            yield tile_path(kind, first // 256, min(256, held - first))


def split_entries(bundle, width):
    entries = []
    for _ in range(width):
        length = 2 + int.from_bytes(bundle[:2], "big")
        if len(bundle) < max(length, 2):
            return None
        entries.append(bundle[2:length])
        bundle = bundle[length:]
    return None if bundle else entries


def is_path(text):
    names = text.split("/")
    return len(text) <= 512 and all(re.fullmatch("[A-Za-z0-9_-][A-Za-z0-9._-]*", name) for name in names)


class Facts:
    """What the log says: a fold over its entries."""

    def __init__(self, case, name, key):
        self.case, self.name, self.key = case, name, key
        self.leaves, self.items, self.seals, self.proposals, self.approvals = [], {}, {}, {}, {}
        self.releases, self.approved, self.exports = [], [], set()
        self.disposed, self.hashes, self.roots = set(), set(), {}

    def root_at(self, size):
        if size not in self.roots and size <= len(self.leaves):
            self.roots[size] = root(self.leaves[:size]).hex()
        return self.roots.get(size)

    def entry(self, seq, content, last):
        entry = parse_json(content)
        need(ENTRY(entry), "not of the form of an entry")
        need(entry["seq"] == seq, "says that it is number %d" % entry["seq"])
        need(entry["time"] >= last, "goes back in time")
        need((entry["action"] == "open") == (seq == 0), "a log opens with `open`, once")
        check_entry(entry)
        need(seq > 0 or entry["body"] == self.case, "the case that was opened is not that of `case.json`")
        action, body, digest = entry["action"], entry.get("body"), entry.get("object_sha256")
        self.hashes.update([digest] if digest else [])
        if BODIES.get(action, (None,))[0] is ITEM:
            need(body["id"] not in self.items, "an item of that id is there already")
            self.items[body["id"]] = (seq, body)
            self.hashes.update([body["dataset"]] if "dataset" in body else [])
        elif action == "seal":
            before = self.seals.get(body["id"], (0, body))[1]
            self.seals[body["id"]] = (seq, body)
            stamped = body["time_stamps"][:len(before["time_stamps"])]
            need((before["note_sha256"], before["time_stamps"]) == (body["note_sha256"], stamped),
                 "a seal of that id is there already")
        elif action == "propose":
            need(body["id"] not in self.proposals, "a proposal of that id is there already")
            self.proposals[body["id"]] = (seq, body)
        elif action == "approve":
            self.approvals[seq] = body
        elif action == "release":
            self.releases.append((seq, body))
            self.hashes.add(body["model_sha256"])
            self.hashes.update(companion["sha256"] for companion in body.get("companions", []))
        elif action == "export" and digest:
            self.exports.add(digest)
        elif action == "dispose":
            self.disposed.add(digest)
        if action in ("release", "dispose") or "approval" in entry:
            self.approved.append(entry)
        return entry["time"]


def check_seal(seq, body, note, facts):
    need(sha256(note) == body["note_sha256"], "not the seal that was logged")
    seal = open_marked(note, "seawall-seal/v1", SEAL, facts.name, facts.key)
    covers = seal["covers"]
    names = [cover["item"] for cover in covers]
    need(names and names == sorted(set(names)), "a seal covers at least one item, each once, in order")
    need(root([leaf(canonical(cover).encode()) for cover in covers]).hex() == seal["root"],
         "the root is not that of what is covered")
    said = (seal["id"], seal["root"], sha256(canonical(seal).encode()))
    need(said == (body["id"], body["root"], body["manifest_sha256"]), "says something else than its entry in the log")
    for cover in covers:
        at, item = facts.items.get(cover["item"], (seq, None))
        need(item is not None and at < seq, "covers `%s`, which the log does not know" % cover["item"])
        need((item["sha256"], item["size"]) == (cover["sha256"], cover["size"]),
             "`%s` is not what was sealed" % cover["item"])
    shown = seal["checkpoint"]
    need(shown["size"] <= seq and facts.root_at(shown["size"]) == shown["root"],
         "its checkpoint is not one of this log before it")


def check_time_stamp(path, note, certificates):
    """By openssl, so that nothing of ours stands between the token and its signature."""
    def openssl(*arguments):
        return subprocess.run(("openssl", "ts") + arguments, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    shown = openssl("-reply", "-in", path, "-text").stdout.decode("utf-8", "replace")
    found = re.search(r"Time stamp: (\w{3} +\d+ \d\d:\d\d:\d\d)(?:\.\d+)? (\d{4}) GMT", shown)
    need(found, "not a time-stamp")
    stamped = calendar.timegm(time.strptime(" ".join(found.groups()), "%b %d %H:%M:%S %Y"))
    with tempfile.NamedTemporaryFile("w", suffix=".pem") as file:
        for certificate in certificates:
            encoded = base64.encodebytes(certificate).decode()
            file.write("-----BEGIN CERTIFICATE-----\n%s-----END CERTIFICATE-----\n" % encoded)
        file.flush()
        verified = openssl("-verify", "-in", path, "-digest", sha256(note), "-CAfile", file.name, "-partial_chain",
                           "-attime", str(stamped))
    need(verified.returncode == 0, "the time-stamp is not of this seal, or not by a known authority")
    lines = parse_note(note)[0].split("\n")
    need(lines[0] == "seawall-seal/v1" and len(lines) == 3, "what it dates is no seal")
    seal = parse_json(lines[1].encode())
    need(SEAL(seal), "what it dates is no seal")
    created = calendar.timegm(time.strptime(seal["created"][:19], "%Y-%m-%dT%H:%M:%S"))
    need(abs(stamped - created) <= LATE_SECONDS, "time-stamped more than ten minutes from when it was made")
    return "stamped at %s" % datetime.datetime.fromtimestamp(stamped, datetime.timezone.utc).isoformat()


def check_approval(seq, body, facts, people):
    at, proposal = facts.proposals.get(body["proposal"], (seq, None))
    need(at < seq, "approves what was not proposed before")
    need(body["approver"] in people, "the key of `%s` is not in `people.json`" % body["approver"])
    approval = open_marked(body["note"].encode(), "seawall-approval/v1", APPROVAL, body["approver"],
                           people[body["approver"]])
    need(approval["approver"] == body["approver"], "somebody else signed than approves")
    need(approval["approver"] != approval["proposer"], "whoever proposes cannot approve")
    bound = (approval["proposal"], approval["kind"], approval["proposer"])
    need(bound == (proposal["id"], proposal["kind"], proposal["proposer"]), "it approves another proposal")
    need(approval["content_sha256"] == proposal["content_sha256"], "the content is not what was approved")
    same = ("proposal", "content_sha256", "proposer", "approver")
    need(all(approval[field] == body[field] for field in same), "the entry says something else than was signed")


def check_approved(entry, facts):
    need("approval" in entry, "`%s` needs an approval, and names none" % entry["action"])
    number = entry["approval"]
    need(number in facts.approvals and number < entry["seq"], "entry %d is no approval before it" % number)
    approve = facts.approvals[number]
    digest = entry.get("object_sha256")
    need(digest in (None, approve["content_sha256"]), "the approval is void: it is of another content")
    proposal = facts.proposals.get(approve["proposal"], (0, None))[1]
    if entry["action"] in ("release", "dispose") and proposal is not None:
        need(proposal["kind"] == entry["action"], "the approval is of a `%s`" % proposal["kind"])


class Options:
    def __init__(self, older=None, key=None, certificate=()):
        self.older, self.key, self.certificate = older, key, list(certificate)


def verify(folder, options=None):
    """The lines (id, outcome, what), and the exit code."""
    options = options or Options()
    bundle = Bundle(folder)
    bundle.check_bag()
    facts = bundle.check_log(options)
    if facts is not None:
        bundle.check_exported(facts)
        bundle.check_files(facts)
        bundle.check_seals(facts, options)
        bundle.check_approvals(facts)
        bundle.check_releases(facts)
    outcomes = {outcome for _, outcome, _ in bundle.lines}
    return bundle.lines, 7 if "FAIL" in outcomes else 3 if "SKIP" in outcomes else 0


def main():
    own = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    parser = argparse.ArgumentParser(description="Checks level 0 of a bundle.")
    parser.add_argument("bundle", nargs="?", default=own)
    parser.add_argument("--older", type=argparse.FileType("rb"), help="an older checkpoint of the same log")
    parser.add_argument("--key", help="the key of the log, as known from elsewhere, in Base64")
    parser.add_argument("--certificate", type=argparse.FileType("rb"), action="append", default=[],
                        help="of a time-stamp authority, as DER")
    arguments = parser.parse_args()
    older = arguments.older.read(NOTE_BYTES_MAX) if arguments.older else None
    certificates = [file.read(NOTE_BYTES_MAX) for file in arguments.certificate]
    lines, code = verify(arguments.bundle, Options(older, arguments.key, certificates))
    for line in lines:
        print(*line)
    return code


if __name__ == "__main__":
    sys.exit(main())
