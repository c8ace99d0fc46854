//! Which id does an observable have? The same everywhere, since it follows from what is observed.

use serde_json::{Map, Value, json};
use uuid::{Uuid, uuid};

use super::{Object, StixId};

/// Namespace of the ids of observables (STIX 2.1, 2.9).
const NAMESPACE: Uuid = uuid!("00abedb4-aa42-466c-9c01-fed23315a9b7");

/// Which properties an id follows from (STIX 2.1, 6; the last three are extensions of dogesec's `stix2extensions`).
const CONTRIBUTING: [(&str, &[&str]); 21] = [
    ("artifact", &["hashes", "payload_bin"]),
    ("autonomous-system", &["number"]),
    ("directory", &["path"]),
    ("domain-name", &["value"]),
    ("email-addr", &["value"]),
    ("email-message", &["from_ref", "subject", "body"]),
    ("file", &["hashes", "name", "parent_directory_ref", "extensions"]),
    ("ipv4-addr", &["value"]),
    ("ipv6-addr", &["value"]),
    ("mac-addr", &["value"]),
    ("mutex", &["name"]),
    (
        "network-traffic",
        &["start", "end", "src_ref", "dst_ref", "src_port", "dst_port", "protocols", "extensions"],
    ),
    ("software", &["name", "cpe", "swid", "vendor", "version"]),
    ("url", &["value"]),
    ("user-account", &["account_type", "user_id", "account_login"]),
    ("windows-registry-key", &["key", "values"]),
    ("x509-certificate", &["hashes", "serial_number"]),
    ("process", &[]),
    (CRYPTOCURRENCY_WALLET.0, &["value"]),
    (PHONE_NUMBER.0, &["value"]),
    (USER_AGENT.0, &["value"]),
];

/// Types of observables that STIX itself does not have, and the extensions that define them.
const CRYPTOCURRENCY_WALLET: (&str, &str) =
    ("cryptocurrency-wallet", "extension-definition--be78509e-6958-51b1-8b26-d17ee0eba2d7");
const PHONE_NUMBER: (&str, &str) =
    ("phone-number", "extension-definition--14a97ee2-e666-5ada-a6bd-b7177f79e211");
const USER_AGENT: (&str, &str) =
    ("user-agent", "extension-definition--7ca5afee-0e4e-5813-b643-de51538658cc");

/// Hashes in the order in which one is chosen (STIX 2.1, 2.9).
const HASHES: [&str; 4] = ["MD5", "SHA-1", "SHA-256", "SHA-512"];

/// The id of an observable of that type; `None` for another type, or where nothing is there to make it from.
pub fn observable_id(object_type: &str, body: &Map<String, Value>) -> Option<StixId> {
    let (_, names) = CONTRIBUTING.into_iter().find(|(known, _)| *known == object_type)?;
    let mut contributing = Map::new();
    for name in names {
        let Some(value) = body.get(*name) else { continue };
        let value = if *name == "hashes" { one_hash(value)? } else { value.clone() };
        contributing.insert((*name).to_owned(), value);
    }
    if contributing.is_empty() {
        return None;
    }
    let canonical = serde_json_canonicalizer::to_vec(&contributing).ok()?;
    Some(StixId::new(object_type, Uuid::new_v5(&NAMESPACE, &canonical)))
}

fn one_hash(hashes: &Value) -> Option<Value> {
    let hashes = hashes.as_object()?;
    let chosen = HASHES.into_iter().find(|name| hashes.contains_key(*name));
    let name = chosen.or_else(|| hashes.keys().next().map(String::as_str))?;
    Some(json!({name: hashes.get(name)?}))
}

/// An observable with its id, from its type and what it says.
///
/// `None` where [`observable_id`] has no id for it.
pub fn observable(object_type: &str, mut body: Map<String, Value>) -> Option<Object> {
    let id = observable_id(object_type, &body)?;
    let extension = [CRYPTOCURRENCY_WALLET, PHONE_NUMBER, USER_AGENT]
        .into_iter()
        .find_map(|(name, extension)| (name == object_type).then_some(extension));
    if let Some(extension) = extension {
        body.insert("extensions".into(), json!({extension: {"extension_type": "new-sco"}}));
    }
    body.insert("type".into(), object_type.into());
    body.insert("spec_version".into(), "2.1".into());
    body.insert("id".into(), id.as_str().into());
    Object::new(Value::Object(body)).ok()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{observable, observable_id};

    fn id(object_type: &str, body: &Value) -> Option<String> {
        observable_id(object_type, body.as_object().unwrap()).map(|id| id.to_string())
    }

    #[test]
    fn ids_are_those_of_the_standard() {
        // As `stix2` of OASIS makes them.
        let account = json!({"user_id": "1001", "account_type": "unix", "account_login": "jdoe"});
        let known = [
            (
                "domain-name",
                json!({"value": "example.com"}),
                "domain-name--bedb4899-d24b-5401-bc86-8f6b4cc18ec7",
            ),
            (
                "ipv4-addr",
                json!({"value": "198.51.100.3"}),
                "ipv4-addr--28bb3599-77cd-5a82-a950-b5bc3caf07c4",
            ),
            (
                "autonomous-system",
                json!({"number": 15139, "name": "Slime"}),
                "autonomous-system--3aa27478-50b5-5ab8-9da9-cdc12b657fff",
            ),
            ("user-account", account, "user-account--f94d689e-707d-58c3-b803-c720bb6ed096"),
        ];
        for (object_type, body, expected) in known {
            assert_eq!(id(object_type, &body).as_deref(), Some(expected));
        }
    }

    #[test]
    fn one_hash_counts_and_other_properties_do_not() {
        let both = id("file", &json!({"hashes": {"SHA-256": "b", "MD5": "a"}, "size": 5}));
        assert_eq!(both, id("file", &json!({"hashes": {"MD5": "a"}})));
        assert_ne!(both, id("file", &json!({"hashes": {"SHA-256": "b"}})));
        assert_eq!(id("process", &json!({"pid": 5})), None);
        assert_eq!(id("campaign", &json!({"name": "a"})), None);
        assert!(
            observable(
                "phone-number",
                json!({"value": "14155552671"}).as_object().unwrap().clone()
            )
            .is_some()
        );
    }
}
