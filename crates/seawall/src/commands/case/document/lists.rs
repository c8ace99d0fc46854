//! Which lists of a case lie in the vault because their texts must not stand in the log?

use seawall_core::case::{Record, record::KeptList};
use seawall_documents::redaction::Pseudonyms;
use seawall_evidence::{canonical, custody::Act, item::ItemKind, item::Privilege};

use crate::{
    case::{Desk, Intake, hash, to_core},
    failure::Failure,
};

/// The texts of the case that must not get out.
pub(super) fn deny_list(desk: &Desk) -> Result<Vec<String>, Failure> {
    read(desk, desk.state.deny_list.as_ref()).map(Option::unwrap_or_default)
}

/// The pseudonyms that were given.
pub(super) fn key_table(desk: &Desk) -> Result<Pseudonyms, Failure> {
    read(desk, desk.state.key_tables.last()).map(Option::unwrap_or_default)
}

fn read<T: serde::de::DeserializeOwned + serde::Serialize>(
    desk: &Desk,
    list: Option<&KeptList>,
) -> Result<Option<T>, Failure> {
    let Some(list) = list else { return Ok(None) };
    let content = desk.content(list.sha256.as_str().parse()?)?;
    Ok(Some(canonical::parse(&content)?))
}

/// The acts that keep a new list of what must not get out. It is a tool of those who work on the case, and
/// leaves it never.
pub(super) fn keep_deny_list(desk: &mut Desk, texts: &[String]) -> Result<Vec<Act>, Failure> {
    let content = canonical::to_bytes(&texts)?;
    keep(desk, "texts that must not get out", Privilege::WorkProduct, &content, Record::DenyList)
}

/// The acts that keep a table with new pseudonyms in it. It goes to a court, under seal.
pub(super) fn keep_key_table(desk: &mut Desk, names: &Pseudonyms) -> Result<Vec<Act>, Failure> {
    let content = canonical::to_bytes(names)?;
    keep(desk, "the key to the pseudonyms", Privilege::None, &content, Record::KeyTable)
}

fn keep(
    desk: &mut Desk,
    what: &str,
    privilege: Privilege,
    mut content: &[u8],
    record: impl Fn(KeptList) -> Record,
) -> Result<Vec<Act>, Failure> {
    let intake = Intake {
        personal_data: true,
        privilege,
        ..Intake::derived(ItemKind::File, "application/json", what, Vec::new())
    };
    let (item, taken) = desk.take(&intake, &mut content)?;
    let list = KeptList { item: to_core(&item.id), sha256: hash(item.sha256) };
    let recorded = desk.record(desk.file.id.clone(), &record(list), what)?;
    Ok(vec![taken, recorded])
}
