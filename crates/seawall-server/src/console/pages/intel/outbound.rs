//! What of ours waits to leave, and what has left?

use std::{collections::BTreeMap, sync::Arc};

use maud::{Markup, html};
use serde_json::Value;

use super::super::away;
use crate::console::{
    Console, Trouble, kept, parts,
    table::{self, Asked, Column, ROWS},
};

/// Something that is to leave, or has left.
#[derive(Default)]
pub(super) struct Share {
    about: String,
    tlp: String,
    to: String,
    proposed_by: String,
    approved_by: Option<String>,
    state: &'static str,
}

/// What is shared, as the acts say that `seawall intel` signs. That command checks signatures; here they are only read.
pub(super) async fn shares(console: &Arc<Console>) -> Result<BTreeMap<String, Share>, Trouble> {
    let folder = console.data().join("intel/shares");
    away(move || {
        let mut shares: BTreeMap<String, Share> = BTreeMap::new();
        kept::lines(&folder, &mut |line| {
            let broken = || Trouble::Broken("what is shared is not as it was written".to_owned());
            let kept: Value = serde_json::from_str(line).map_err(|_| broken())?;
            let act = kept["note"].as_str().and_then(|note| note.lines().nth(1));
            let act: Value =
                act.and_then(|text| serde_json::from_str(text).ok()).ok_or_else(broken)?;
            take(&mut shares, &act, &kept["content"]);
            Ok(())
        })?;
        Ok(shares)
    })
    .await
}

fn take(shares: &mut BTreeMap<String, Share>, act: &Value, content: &Value) {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let Some(id) = act["id"].as_str() else { return };
    let share = shares.entry(id.to_owned()).or_default();
    match act["act"].as_str() {
        Some("propose") => {
            let conditions = &content["conditions"];
            *share = Share {
                about: text(&act["about"]),
                tlp: text(&conditions["tlp"]),
                to: text(&conditions["organisation"]),
                proposed_by: text(&act["by"]),
                approved_by: None,
                state: "◌ waits for a second person",
            };
        }
        Some("approve") => {
            share.approved_by = Some(text(&act["by"]));
            share.state = "◐ approved";
        }
        Some("export") => share.state = "● exported",
        Some("recall") => share.state = "○ recalled",
        _ => {}
    }
}

const OUTBOUND: [Column; 5] = [
    Column::text("", "What"),
    Column::text("", "TLP"),
    Column::text("", "Proposed by"),
    Column::text("", "Approved by"),
    Column::text("", "State"),
];

pub(super) fn outbound(shares: &BTreeMap<String, Share>) -> Markup {
    if shares.is_empty() {
        return parts::empty(
            "Nothing is shared",
            &html! { p { code { "seawall intel propose" } " proposes a campaign, " code { "seawall actor export" } " an actor. A second person approves before anything leaves." } },
        );
    }
    let rows = html! { @for (id, share) in shares.iter().rev().take(ROWS) { tr {
        th scope="row" { code { (id) } span .below { (parts::sentence(&share.about)) } }
        td { span .tag { "TLP:" (share.tlp.to_uppercase().replace('_', "+")) } span .below { "as " (parts::name(&share.to)) } }
        td { (parts::name(&share.proposed_by)) }
        td { @match &share.approved_by { Some(by) => { (parts::name(by)) } None => { span .soft { "nobody yet" } } } }
        td { (share.state) }
    } } };
    html! {
        (table::table(&Asked::default(), "Outbound", &OUTBOUND, ("", false), &rows))
        p .soft { "Each act is signed by whoever did it. " code { "seawall intel shares" } " checks the signatures." }
    }
}
