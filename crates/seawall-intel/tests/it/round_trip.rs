//! Do the bundles of OASIS and MITRE come out as they went in?

use std::{
    collections::BTreeMap,
    io::Read as _,
    path::{Path, PathBuf},
};

use seawall_intel::stix::{Archive, Limits, Object, Tlp, observable_id, read_bundle, write_bundle};
use serde_json::Value;

use super::python;

/// Data that stand beside the checkout; `None`, and said so, where they do not.
#[expect(clippy::print_stdout, reason = "says why a test is skipped")]
pub(crate) fn shared(test: &str, path: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data").join(path);
    if path.try_exists().unwrap() {
        return Some(path);
    }
    println!("{test} skipped: no {}", path.display());
    None
}

/// What a file says; unpacked where it is packed.
pub(crate) fn text(path: &Path) -> String {
    let bytes = fs_err::read(path).unwrap();
    let mut text = String::new();
    if path.extension().is_some_and(|extension| extension == "gz") {
        flate2::read::GzDecoder::new(&*bytes).read_to_string(&mut text).unwrap();
        return text;
    }
    String::from_utf8(bytes).unwrap()
}

pub(crate) fn objects(text: &str) -> Vec<Object> {
    let mut objects = Vec::new();
    read_bundle(text.as_bytes(), "test", Limits::default(), &mut |taken| {
        objects.push(taken.unwrap());
        Ok(())
    })
    .unwrap();
    objects
}

/// Objects by id, as JSON means them.
fn graph(bundle: &str) -> BTreeMap<String, Value> {
    let bundle: Value = serde_json::from_str(bundle).unwrap();
    let objects = bundle["objects"].as_array().cloned().unwrap_or_else(|| vec![bundle]);
    objects.iter().map(|object| (object["id"].as_str().unwrap().into(), object.clone())).collect()
}

/// The same graph, read, archived and written again.
fn survives(bundle: &str) -> usize {
    let mut archive = Archive::default();
    for object in objects(bundle) {
        archive.add(object);
    }
    let kept: Vec<&Object> =
        archive.ids().filter_map(|id| archive.latest(id)).map(|it| &**it).collect();
    let mut out = Vec::new();
    write_bundle(&mut out, &kept).unwrap();
    let (before, after) = (graph(bundle), graph(&String::from_utf8(out).unwrap()));
    assert_eq!(before, after);
    before.len()
}

#[test]
fn mitre_comes_out_as_it_went_in() {
    let test = "mitre_comes_out_as_it_went_in";
    for (path, count) in
        [("intel/stix/f3-stix-v1.1.json", 182), ("intel/stix/mobile-attack-17.1.json.gz", 2_148)]
    {
        let Some(path) = shared(test, path) else { return };
        assert_eq!(survives(&text(&path)), count, "{}", path.display());
    }
}

#[test]
fn the_examples_of_oasis_come_out_as_they_went_in() {
    let test = "the_examples_of_oasis_come_out_as_they_went_in";
    let Some(python) = python::with(test, &["stix2validator"]) else { return };
    let code = "import stix2validator, os; print(os.path.dirname(stix2validator.__file__))";
    let output = std::process::Command::new(python).args(["-c", code]).output().unwrap();
    let folder = PathBuf::from(String::from_utf8(output.stdout).unwrap().trim())
        .join("schemas-2.1/examples");
    let mut bundles = 0;
    for folder in [folder.join("threat-reports"), folder] {
        for entry in fs_err::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_file() {
                survives(&text(&path));
                bundles += 1;
            }
        }
    }
    assert!(bundles >= 8, "{bundles}");
}

#[test]
fn observables_have_the_ids_that_oasis_gives_them() {
    let test = "observables_have_the_ids_that_oasis_gives_them";
    let Some(python) = python::with(test, &["stix2"]) else { return };
    let made: Vec<Value> =
        serde_json::from_str(&python::run(&python, "observable_ids.py", &[])).unwrap();
    assert!(made.len() > 20);
    for object in made {
        let (object_type, body) = (object["type"].as_str().unwrap(), object.as_object().unwrap());
        let id = observable_id(object_type, body).unwrap();
        assert_eq!(id.as_str(), object["id"].as_str().unwrap(), "{object}");
    }
}

#[test]
fn markings_have_the_ids_that_oasis_gave_them() {
    // The extension has no other authority at hand than the tables of others: those of misp-stix and cti-stix-validator.
    let names: Vec<String> =
        Tlp::ALL.iter().map(|tlp| tlp.object().text("name").unwrap().to_owned()).collect();
    assert_eq!(names, ["TLP:CLEAR", "TLP:GREEN", "TLP:AMBER", "TLP:AMBER+STRICT", "TLP:RED"]);
}
