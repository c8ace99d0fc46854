//! How far may something be passed on? The Traffic Light Protocol 2.0.

use std::str::FromStr;

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{Object, StixId};

/// The extension by which STIX 2.1 has TLP 2.0 (OASIS, STIX common objects).
const EXTENSION: &str = "extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d";

/// Who may see it, from everybody to those who were told alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Tlp {
    /// Everybody.
    #[serde(rename = "clear")]
    Clear,
    /// The community.
    #[serde(rename = "green")]
    Green,
    /// The organisation and those it serves, as far as they need to know.
    #[serde(rename = "amber")]
    Amber,
    /// The organisation alone.
    #[serde(rename = "amber+strict")]
    AmberStrict,
    /// Those who were told, and nobody else.
    #[serde(rename = "red")]
    Red,
}

/// A text that names no marking of TLP.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("one of `clear`, `green`, `amber`, `amber+strict` and `red`")]
pub struct NotATlp;

impl Tlp {
    /// All of them, the widest first.
    pub const ALL: [Self; 5] =
        [Self::Clear, Self::Green, Self::Amber, Self::AmberStrict, Self::Red];

    /// What it is called.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Clear => "clear",
            Self::Green => "green",
            Self::Amber => "amber",
            Self::AmberStrict => "amber+strict",
            Self::Red => "red",
        }
    }

    const fn uuid(self) -> &'static str {
        match self {
            Self::Clear => "94868c89-83c2-464b-929b-a1a8aa3c8487",
            Self::Green => "bab4a63c-aed9-4cf5-a766-dfca5abac2bb",
            Self::Amber => "55d920b0-5e8b-4f79-9ee9-91f868d9b421",
            Self::AmberStrict => "939a9414-2ddd-4d32-a0cd-375ea402b003",
            Self::Red => "e828b379-4e03-4974-9ac4-e53a884c97c1",
        }
    }

    /// The id of its marking.
    pub fn id(self) -> StixId {
        format!("marking-definition--{}", self.uuid()).parse().expect("an id")
    }

    /// Its marking, as OASIS published it.
    pub fn object(self) -> Object {
        let object = json!({
            "type": "marking-definition",
            "spec_version": "2.1",
            "id": self.id(),
            "created": "2022-10-01T00:00:00.000Z",
            "name": format!("TLP:{}", self.name().to_ascii_uppercase()),
            "extensions": {EXTENSION: {"extension_type": "property-extension", "tlp_2_0": self.name()}},
        });
        Object::new(object).expect("an object")
    }

    /// The marking of that id: TLP 2.0, or TLP 1 as STIX 2.1 itself defines it (7.2.1.4), whose white is clear.
    pub fn of_id(id: &str) -> Option<Self> {
        let uuid = id.strip_prefix("marking-definition--")?;
        match uuid {
            "613f2e26-407d-48c7-9eca-b8e91df99dc9" => Some(Self::Clear),
            "34098fce-860f-48ae-8e50-ebd3cc5e41da" => Some(Self::Green),
            "f88d31f6-486f-44da-b317-01333bde0b82" => Some(Self::Amber),
            "5e57c739-391a-4eb3-b6be-7d15ca92d5ed" => Some(Self::Red),
            _ => Self::ALL.into_iter().find(|tlp| tlp.uuid() == uuid),
        }
    }

    /// The strictest marking of an object.
    pub fn of(object: &Object) -> Option<Self> {
        object.texts("object_marking_refs").filter_map(Self::of_id).max()
    }
}

impl FromStr for Tlp {
    type Err = NotATlp;

    fn from_str(text: &str) -> Result<Self, NotATlp> {
        let text = text.to_ascii_lowercase();
        let name = text.strip_prefix("tlp:").unwrap_or(&text);
        // TLP 1 called it white.
        let name = if name == "white" { "clear" } else { name };
        Self::ALL.into_iter().find(|tlp| tlp.name() == name).ok_or(NotATlp)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Object, Tlp};

    #[test]
    fn markings_are_known_by_name_and_by_id() {
        for tlp in Tlp::ALL {
            assert_eq!(tlp.name().parse(), Ok(tlp));
            assert_eq!(Tlp::of_id(tlp.id().as_str()), Some(tlp));
            assert_eq!(serde_json::to_value(tlp).unwrap(), tlp.name());
            assert_eq!(tlp.object().id(), &tlp.id());
        }
        assert_eq!("TLP:WHITE".parse(), Ok(Tlp::Clear));
        assert!("purple".parse::<Tlp>().is_err());
    }

    #[test]
    fn the_strictest_holds() {
        let with = |markings: &[&str]| {
            let id = "tool--e18dca82-0524-4338-9a66-e13e67c81ac4";
            let object = json!({"type": "tool", "id": id, "object_marking_refs": markings});
            Tlp::of(&Object::new(object).unwrap())
        };
        let amber_of_tlp_1 = "marking-definition--f88d31f6-486f-44da-b317-01333bde0b82";
        assert_eq!(with(&[Tlp::Green.id().as_str(), amber_of_tlp_1]), Some(Tlp::Amber));
        assert_eq!(with(&["marking-definition--fa42a846-8d90-4e51-bc29-71d5b4802168"]), None);
        assert_eq!(with(&[]), None);
    }
}
