//! Do the two implementations of level 0 say the same, check by check, and the validator of the bag format too?

use std::{path::Path, process::Command, sync::Arc};

use seawall_evidence::{
    bundle::VERIFY_PY,
    storage::{Folder, Memory, Storage as _},
    verify::{Check, Level, Options, Report, verify},
};
use serde_json::Value;

use crate::python;

/// A bundle that was tampered with.
pub(crate) struct Tampered {
    pub(crate) name: &'static str,
    pub(crate) bundle: Memory,
    pub(crate) exit_code: u8,
    /// Is it checked against a checkpoint from before?
    pub(crate) needs_older: bool,
}

impl Tampered {
    pub(crate) fn new(name: &'static str, bundle: Memory, exit_code: u8) -> Self {
        Self { name, bundle, exit_code, needs_older: false }
    }
}

pub(crate) fn check(bundle: &Memory, older: Option<&[u8]>) -> Report {
    let options = Options { older, ..Options::level(Level::Zero) };
    verify(Arc::new(bundle.clone()), &options).unwrap()
}

/// Checks all bundles with the other implementation, and with the validator of the bag format.
const DRIVER: &str = r#"
import importlib.util, json, logging, os, sys
import bagit
logging.disable(logging.CRITICAL)
folder, older = sys.argv[1], open(sys.argv[2], "rb").read()
def load(bundle):
    spec = importlib.util.spec_from_file_location("verify", os.path.join(bundle, "verify.py"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
module = load(folder)
for name in sorted(os.listdir(folder)):
    bundle = os.path.join(folder, name)
    if not os.path.isdir(bundle) or name.startswith("__"):
        continue
    options = module.Options(older if name.endswith("-older") else None)
    lines, code = module.verify(bundle, options)
    try:
        valid = bagit.Bag(bundle).is_valid()
    except (bagit.BagError, ValueError) as error:
        valid = False
    print(json.dumps({"name": name, "code": code, "lines": lines, "bag": valid}))
"#;

pub(crate) fn agree(bundles: &[Tampered], older: &[u8]) {
    let Some(python) = python::with("agreement", &["cryptography", "bagit"]) else { return };
    let root = tempfile::tempdir().unwrap();
    for (number, tampered) in bundles.iter().enumerate() {
        let suffix = if tampered.needs_older { "-older" } else { "" };
        unpack(&tampered.bundle, &root.path().join(format!("{number:03}{suffix}")));
    }
    fs_err::write(root.path().join("verify.py"), VERIFY_PY).unwrap();
    let checkpoint = root.path().join("checkpoint");
    fs_err::write(&checkpoint, older).unwrap();
    let output = Command::new(python)
        .args(["-c", DRIVER])
        .args([root.path(), &checkpoint])
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let told = String::from_utf8(output.stdout).unwrap();
    let told: Vec<Value> = told.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(told.len(), bundles.len());
    let differences: Vec<String> = told
        .iter()
        .zip(bundles)
        .flat_map(|(told, tampered)| differences(told, tampered, older))
        .collect();
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}

/// What the others say differently about one bundle.
fn differences(told: &Value, tampered: &Tampered, older: &[u8]) -> Vec<String> {
    let name = tampered.name;
    let mut differences = Vec::new();
    let ours = check(&tampered.bundle, tampered.needs_older.then_some(older));
    let theirs = told["lines"].as_array().unwrap().iter();
    let failed = |line: &&Value| line[1] == "FAIL";
    let theirs = sorted(theirs.filter(failed).map(|line| line[0].as_str().unwrap().to_owned()));
    let ours = ours.checks.into_iter().filter(Check::failed).map(|check| check.id);
    let ours = sorted(ours);
    if told["code"] != tampered.exit_code || theirs != ours {
        differences.push(format!("{name}: {} {theirs:?}, not {ours:?}", told["code"]));
    }
    // The format asks for more than BagIt: a manifest of tags, and of all of them.
    let is_stricter =
        matches!(name, "add a file beside the payload" | "delete the manifest of tags");
    let bag_failed = ours.iter().any(|id| id.starts_with("bag"));
    if told["bag"] == bag_failed && !is_stricter {
        differences.push(format!("{name}: bagit says {}", told["bag"]));
    }
    differences
}

fn sorted(ids: impl Iterator<Item = String>) -> Vec<String> {
    let mut ids: Vec<String> = ids.collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}

fn unpack(bundle: &Memory, folder: &Path) {
    let folder = Folder::new(folder);
    for file in bundle.list(None).unwrap().files {
        let place = folder.root().join(file.path.as_str());
        fs_err::create_dir_all(place.parent().unwrap()).unwrap();
        fs_err::write(place, bundle.read(&file.path, 1 << 24).unwrap().unwrap()).unwrap();
    }
}
