//! Which files of a campaign can one take along?

use std::sync::Arc;

use axum::{
    extract::{Path, State},
    response::Response,
};
use seawall_charts::table::{Cell, Table};
use seawall_core::selector::pseudonym;

use super::{
    super::{act, files, who},
    Seen,
    pictures::{self, Picture},
};
use crate::console::{Console, Trouble, access::guard::Visitor, act::Act, runs::Member};

/// Rows of a list of accounts at most: the rest is in members.csv.
const ROWS_MAX: usize = 1_000_000;

pub(in crate::console) async fn file(
    State(console): State<Arc<Console>>,
    Path((id, file)): Path<(String, String)>,
    _: Visitor,
) -> Result<Response, Trouble> {
    let nothing = Trouble::NotFound("A campaign has no such file.");
    let (stem, ending) = file.rsplit_once('.').ok_or_else(|| nothing.clone())?;
    let picture = Picture::of(stem).ok_or_else(|| nothing.clone())?;
    let seen = Seen::read(&console, &id).await?;
    match ending {
        "svg" => Ok(files::svg(&pictures::alone(&seen, picture))),
        "csv" => Ok(files::csv(&picture.table(&seen))),
        _ => Err(nothing),
    }
}

/// All accounts under pseudonyms; that they were taken along is kept.
pub(in crate::console) async fn accounts(
    State(console): State<Arc<Console>>,
    Path(id): Path<String>,
    visitor: Visitor,
) -> Result<Response, Trouble> {
    let seen = Seen::read(&console, &id).await?;
    let mut members: Vec<Member> = seen.run.members.members(seen.position).collect();
    members.sort_by(|a, b| b.bits.total_cmp(&a.bits).then(a.index.cmp(&b.index)));
    members.truncate(ROWS_MAX);
    let exported = Act::Exported { what: format!("accounts of {id}"), rows: members.len() as u64 };
    act(&console, &who(&visitor), move |_, _| Ok((vec![exported], ()))).await?;
    let mut table = Table::new(&["account", "campaign", "confidence", "bits"]);
    for member in members {
        table.rows.push(vec![
            pseudonym(member.hash).into(),
            id.clone().into(),
            Cell::Share(member.confidence),
            Cell::Bits(member.bits),
        ]);
    }
    Ok(files::csv(&table))
}
