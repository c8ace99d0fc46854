//! Which items go with a document to somebody outside, and may they? The disclosure gate is asked of each.

use seawall_core::case::{
    Id,
    disclosure::{Ground, Profile, Recipient},
    record::Disclosure,
};

use super::super::Knowledge;
use crate::{
    case::{Desk, failure},
    commands::case::vault::{denial, gate_of},
    failure::Failure,
};

/// To whom items go, by what right, and for whom the document is made.
#[derive(Clone, Copy, Debug)]
pub(super) struct Asked {
    pub(super) recipient: Recipient,
    pub(super) ground: Option<Ground>,
    pub(super) profile: Profile,
}

/// What the gate says of each item: those that may not go stay, and the document tells so.
pub(super) fn sorted(desk: &Desk, asked: Asked, items: &[Id]) -> Result<Disclosure, Failure> {
    let Asked { recipient, ground, profile } = asked;
    desk.state.disclosure((recipient, ground, profile), items).map_err(failure)
}

/// The same of items that somebody chose: one that may not go is refused, and that stands in the log.
pub(super) fn chosen(
    desk: &mut Desk,
    knowledge: &Knowledge,
    asked: Asked,
    items: &[Id],
) -> Result<Disclosure, Failure> {
    for id in items {
        let (item, _) = knowledge.item(id.as_str())?;
        let (request, refused) = gate_of(item, asked.recipient, asked.ground, asked.profile);
        if let Some(refused) = refused {
            let denied = denial(desk, item, request, &refused)?;
            desk.write(vec![denied])?;
            return Err(refused);
        }
    }
    sorted(desk, asked, items)
}

/// Ids of items as people wrote them; each must be in the case. None is there twice.
pub(super) fn ids<'a>(
    names: impl IntoIterator<Item = &'a String>,
    knowledge: &Knowledge,
) -> Result<Vec<Id>, Failure> {
    let mut ids: Vec<Id> = Vec::new();
    for name in names {
        let id = crate::case::to_core(&knowledge.item(name)?.0.id);
        if !ids.contains(&id) {
            ids.push(id);
        }
    }
    Ok(ids)
}
