//! What would another policy have answered?

use std::sync::Arc;

use maud::{Markup, html};
use seawall_charts::text::{counted, share};
use seawall_core::{decision::policy::Policy, selector::pseudonym};

use super::{super::away, unreadable};
use crate::{
    api::decision_id,
    clock::now_milliseconds,
    console::{
        Console, Trouble, parts,
        table::{self, Asked, Column},
    },
    service::{Change, Review, review},
};

/// Changes that are listed.
const CHANGES_MAX: usize = 200;
const DAY: i64 = 86_400_000;

const COLUMNS: [Column; 4] = [
    Column::text("", "Decision"),
    Column::text("", "Account"),
    Column::text("", "Was"),
    Column::text("", "Would be"),
];

/// Asks a policy about the decisions of the last days.
pub(super) async fn of(
    console: &Arc<Console>,
    policy: &Arc<Policy>,
    days: u32,
) -> Result<Markup, Trouble> {
    // Records of the last moments follow from the journal, and are written before it is read.
    console.app.service.write_records();
    let (data, own) = (console.data().to_owned(), Arc::clone(policy));
    let since = now_milliseconds() - i64::from(days) * DAY;
    let (told, changes) = away(move || {
        let mut changes: Vec<Change> = Vec::new();
        let told = review(&data, &own, since, &mut |change| {
            if changes.len() < CHANGES_MAX {
                changes.push(change.clone());
            }
            Ok(())
        });
        Ok((told.map_err(|_| unreadable())?, changes))
    })
    .await?;
    Ok(tell(policy, days, &told, &changes))
}

fn tell(policy: &Policy, days: u32, told: &Review, changes: &[Change]) -> Markup {
    parts::block(
        "replayed",
        "Replayed",
        &html! {
            p { "Policy " code { (policy.id()) } ", asked about " (counted(told.decisions, "decision", "decisions")) " of " (counted(u64::from(days), "day", "days")) ": " strong { (counted(told.changed, "would be another one", "would be other ones")) } " (" (share(told.changed, told.decisions)) ")." }
            @if told.decisions == 0 {
                (parts::empty("No decision of that time is kept", &html! { p { "Take more days, or wait until the site has asked for decisions." } }))
            } @else if told.changed == 0 {
                (parts::empty("It would answer the same", &html! { p { "Every decision of that time comes out as it was." } }))
            } @else {
                ul { @for (change, number) in &told.changes { li { (change) ": " strong { (parts::number(*number)) } } } }
                (list(changes))
                @if (changes.len() as u64) < told.changed { (parts::partial(changes.len() as u64, told.changed, &html! { code { "seawall policy replay" } " lists all." })) }
            }
        },
    )
}

fn list(changes: &[Change]) -> Markup {
    let rows = html! { @for change in changes {
        @let id = decision_id(change.sequence);
        @let account = u64::from_str_radix(&change.account_hash, 16).map(pseudonym).unwrap_or_default();
        tr {
            th scope="row" { a href={ "/policies/decisions/" (id) } { (parts::moment(change.time)) } }
            td { a href={ "/accounts/" (account) } { code { (account) } } }
            td { (change.was.as_str()) span .below { (parts::value(change.was_rule.as_deref().unwrap_or("no rule"))) } }
            td { strong { (change.would_be.as_str()) } span .below { (parts::value(change.would_be_rule.as_deref().unwrap_or("no rule"))) } }
        }
    } };
    table::table(
        &Asked::default(),
        "Decisions that would be other ones",
        &COLUMNS,
        ("", false),
        &rows,
    )
}
