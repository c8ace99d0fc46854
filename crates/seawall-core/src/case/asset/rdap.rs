//! What does the registration data say of a domain? (RFC 9083, section 5.3)

use std::collections::BTreeSet;

use serde::Deserialize;
use serde_json::Value;

use super::observation::{Facts, Unreadable};
use crate::case::Moment;

/// Lists longer than this are cut: no domain has as many.
const ITEMS_MAX: usize = 256;
/// Entities within entities.
const DEPTH_MAX: usize = 4;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Domain {
    object_class_name: String,
    ldh_name: Option<String>,
    #[serde(default)]
    status: Vec<String>,
    #[serde(default)]
    events: Vec<Event>,
    #[serde(default)]
    nameservers: Vec<NameServer>,
    #[serde(default)]
    entities: Vec<Entity>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Event {
    event_action: String,
    event_date: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct NameServer {
    ldh_name: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Entity {
    #[serde(default)]
    roles: Vec<String>,
    #[serde(default)]
    public_ids: Vec<PublicId>,
    #[serde(default)]
    vcard_array: Value,
    #[serde(default)]
    entities: Vec<Self>,
}

#[derive(Deserialize)]
struct PublicId {
    #[serde(rename = "type")]
    id_type: String,
    identifier: String,
}

/// Reads the answer of an RDAP server about a domain.
pub fn read(raw: &[u8]) -> Result<Facts, Unreadable> {
    let wrong = |why: String| Unreadable::Form { what: "RDAP of a domain (RFC 9083)", why };
    let domain: Domain = serde_json::from_slice(raw).map_err(|error| wrong(error.to_string()))?;
    if domain.object_class_name != "domain" {
        return Err(wrong("`objectClassName` is not `domain`".to_owned()));
    }
    let name = domain.ldh_name.ok_or_else(|| wrong("no `ldhName`".to_owned()))?;
    let mut facts = Facts {
        name: Some(lower(&name)),
        statuses: Some(domain.status.iter().take(ITEMS_MAX).map(|status| lower(status)).collect()),
        ..Facts::default()
    };
    let servers: BTreeSet<String> = domain
        .nameservers
        .iter()
        .take(ITEMS_MAX)
        .filter_map(|server| server.ldh_name.as_deref().map(lower))
        .collect();
    facts.name_servers = Some(servers);
    for event in domain.events.iter().take(ITEMS_MAX) {
        let at = date(&event.event_date);
        match event.event_action.as_str() {
            "registration" => facts.created_at = at,
            "expiration" => facts.expires_at = at,
            _ => {}
        }
    }
    if let Some(registrar) = with_role(&domain.entities, "registrar", 0) {
        facts.registrar = vcard(&registrar.vcard_array, "fn");
        facts.registrar_iana_id = registrar
            .public_ids
            .iter()
            .find(|id| id.id_type.eq_ignore_ascii_case("IANA Registrar ID"))
            .and_then(|id| id.identifier.parse().ok());
        facts.abuse_contact = with_role(&registrar.entities, "abuse", 0)
            .and_then(|abuse| vcard(&abuse.vcard_array, "email"));
    }
    Ok(facts)
}

fn lower(text: &str) -> String {
    text.trim_end_matches('.').chars().take(256).collect::<String>().to_lowercase()
}

/// RFC 3339 with any offset.
fn date(text: &str) -> Option<Moment> {
    text.parse().ok().map(Moment::new)
}

fn with_role<'a>(entities: &'a [Entity], role: &str, depth: usize) -> Option<&'a Entity> {
    if depth == DEPTH_MAX {
        return None;
    }
    let entities = &entities[..entities.len().min(ITEMS_MAX)];
    entities
        .iter()
        .find(|entity| entity.roles.iter().any(|own| own == role))
        .or_else(|| entities.iter().find_map(|entity| with_role(&entity.entities, role, depth + 1)))
}

/// The first text of that property (RFC 7095): `["vcard", [["fn", {}, "text", "Example Registrar"], …]]`.
fn vcard(card: &Value, property: &str) -> Option<String> {
    let properties = card.get(1)?.as_array()?;
    properties.iter().take(ITEMS_MAX).find_map(|line| {
        let matches = line.get(0)?.as_str()?.eq_ignore_ascii_case(property);
        let text = line.get(3)?.as_str()?;
        (matches && !text.is_empty())
            .then(|| text.chars().filter(|letter| !letter.is_control()).take(256).collect())
    })
}
