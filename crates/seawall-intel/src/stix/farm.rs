//! How does Seawall say what STIX has no property for? One extension, for facts of account farms.

use jiff::Timestamp;
use serde_json::json;

use super::{Draft, Object, own_id};

/// Id of the extension-definition. Campaigns and accounts carry their facts under it.
pub const FARM_EXTENSION: &str = "extension-definition--8f0b9a53-7d0e-5e0a-9d3c-2a6a5a1f4c11";

/// When the extension and the identity behind it were defined.
const DEFINED: &str = "2026-01-01T00:00:00Z";

/// The identity in whose name the extension is defined, and software of ours speaks where nobody else is named.
pub fn producer() -> Object {
    Draft::new("identity", "seawall", defined(), defined())
        .with("name", "Seawall")
        .with("identity_class", "system")
        .done()
}

/// The definition of the extension, by the producer.
///
/// On a `campaign`: `accounts` (how many), `weight_bits`, `signature` (kinds of selectors that bind them),
/// `recall_id` and `expires`. On a `user-account`: `device_id`, `ja4`, `payment_id`, `invite`, `referrer`.
pub fn farm_extension() -> Object {
    let body = json!({
        "type": "extension-definition",
        "spec_version": "2.1",
        "id": FARM_EXTENSION,
        "created_by_ref": own_id("identity", "seawall"),
        "created": "2026-01-01T00:00:00.000Z",
        "modified": "2026-01-01T00:00:00.000Z",
        "name": "Account farm facts",
        "description": "Facts of accounts that were made in bulk, and of the campaigns they belong to.",
        "schema": "docs/reference/account-farm.schema.json of Seawall",
        "version": "1.0.0",
        "extension_types": ["property-extension"],
    });
    Object::new(body).expect("an object")
}

fn defined() -> Timestamp {
    DEFINED.parse().expect("a time")
}
