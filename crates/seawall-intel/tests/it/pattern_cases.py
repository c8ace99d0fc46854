"""The cases of the suites that ship with stix2-patterns and stix2-matcher, as JSON: each call that a test makes, and
what the package itself says to it. Nothing is copied: the tests are run where they are installed."""

import copy
import importlib
import inspect
import itertools
import json
import pkgutil
import sys

import stix2matcher.test.v21 as matcher_tests
from stix2matcher import matcher
from stix2patterns.pattern import ParseException
from stix2patterns.test.v21 import test_inspector, test_validator
from stix2patterns.validator import run_validator

cases = []


def grammar():
    sure = [(text, "valid") for text in test_validator.SPEC_CASES + test_validator.PASS_CASES]
    sure += [(text, "valid") for text in test_validator.TIMESTAMP_PASS_CASES]
    sure += [(text, "invalid") for text, _ in test_validator.FAIL_CASES + test_validator.TIMESTAMP_FAIL_CASES]
    for _, test in inspect.getmembers(test_inspector, inspect.isfunction):
        for mark in getattr(test, "pytestmark", []):
            sure += [(text, "grammar") for text, _ in mark.args[1]]
    for text, expected in sure:
        passed = not run_validator(text, "2.1")
        assert expected == "grammar" or passed == (expected == "valid"), text
        cases.append({"suite": "stix2-patterns", "pattern": text, "expected": expected})


def as_21(observations):
    """Observed data of STIX 2.0 in the form of 2.1: objects stand beside, with ids."""
    objects = []
    for number, data in enumerate(observations):
        data = copy.deepcopy(data)
        refs = []
        for at, item in enumerate(data.pop("objects").values()):
            item["id"] = f"{item['type']}--{number:08x}-0000-4000-8000-{at:012x}"
            refs.append(item["id"])
            objects.append(item)
        data["id"] = f"observed-data--{number:08x}-0000-4000-8000-000000000000"
        data["object_refs"] = refs
        objects.append(data)
    return objects


def recorder(name):
    def match(pattern, observations, verbose=False, stix_version="2.0"):
        try:
            found = matcher.match(pattern, copy.deepcopy(observations), verbose, stix_version)
            first = lambda data: data["objects"][0]["id"] if stix_version == "2.1" else None
            said = {"expected": "match" if found else "none", "ids": [first(data) for data in found]}
        except ParseException:
            said = {"expected": "invalid"}
            found = None
        except matcher.MatcherException:
            said = {"expected": "error"}
            found = None
        if stix_version == "2.1":
            objects = [item for bundle in copy.deepcopy(observations) for item in bundle["objects"]]
        else:
            objects = as_21(observations)
        cases.append(
            {"suite": "stix2-matcher", "test": name, "pattern": pattern, "version": stix_version, "objects": objects}
            | said
        )
        if found is None:
            # What the test expects is checked by the package's own run.
            raise Stop
        return found

    return match


class Stop(Exception):
    pass


def matching():
    for module in pkgutil.iter_modules(matcher_tests.__path__):
        module = importlib.import_module(f"{matcher_tests.__name__}.{module.name}")
        for name, test in inspect.getmembers(module, inspect.isfunction):
            marks = [mark for mark in getattr(test, "pytestmark", []) if mark.name == "parametrize"]
            if not name.startswith("test_") or "match" not in test.__code__.co_names or not marks:
                continue
            module.match = recorder(f"{module.__name__.rsplit('.')[-1]}.{name}")
            names = [[part.strip() for part in mark.args[0].split(",")] for mark in marks]
            for values in itertools.product(*[list(mark.args[1]) for mark in marks]):
                given = {}
                for keys, value in zip(names, values):
                    given |= dict(zip(keys, value)) if len(keys) > 1 else {keys[0]: value}
                try:
                    test(**given)
                except Stop:
                    pass
                except BaseException as error:  # pytest's failures are no Exception
                    if not isinstance(error.__context__, Stop):
                        raise


grammar()
matching()
json.dump(cases, sys.stdout)
