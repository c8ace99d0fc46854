//! Which accounts belong to it, and how surely?

use std::sync::Arc;

use maud::{Markup, html};
use seawall_charts::{
    text::{bits, confidence},
    words,
};

use super::{
    super::{away, unreadable},
    Seen,
};
use crate::console::{
    Trouble,
    access::{capability::Capability, guard::Visitor},
    parts,
    runs::{Order, Row},
    table::{self, Asked, Column, ROWS},
};

const COLUMNS: [Column; 5] = [
    Column::text("", "Account"),
    Column::number("", "Confidence"),
    Column::number("", "Bits"),
    Column::text("", "What says so"),
    Column::text("", "Does it belong?"),
];

/// The part; `purpose` is why the ids are shown, where they are.
pub(super) async fn part(
    seen: &Seen,
    visitor: &Visitor,
    asked: &Asked,
    purpose: Option<&str>,
) -> Result<Markup, Trouble> {
    let order =
        asked.get("order").and_then(|word| Order::ALL.into_iter().find(|own| own.as_str() == word));
    let order = order.unwrap_or(Order::Doubtful);
    let one = asked.get("account").map(str::to_owned);
    let (run, position, page) = (Arc::clone(&seen.run), seen.position, asked.page());
    let wanted = one.clone();
    let rows = away(move || match wanted {
        Some(account) => {
            let found = run.members.find(&account, ROWS).map_err(unreadable)?;
            Ok(found.into_iter().filter(|(own, _)| *own == position).map(|(_, row)| row).collect())
        }
        None => run.members.page(position, order, page * ROWS, ROWS).map_err(unreadable),
    });
    let rows: Vec<Row> = rows.await?;
    let total = if one.is_some() { rows.len() } else { seen.run.members.of(seen.position) };
    Ok(html! {
        (filters(seen, asked, order, one.as_deref()))
        @if rows.is_empty() && one.is_some() {
            (parts::filtered_out(&asked.without(&["account"])))
        } @else if rows.is_empty() {
            (parts::empty("No accounts are listed", &html! { p { "The members of this run are more than the console keeps at hand. They are all in members.csv." } }))
        } @else {
            div .list {
                (table::table(asked, "Accounts of this campaign", &COLUMNS, ("", false), &html! {
                    @for row in &rows { (line(seen, visitor, row, purpose.is_some())) }
                }))
                (table::pager(asked, total, ROWS))
            }
            @if (total as u64) < seen.campaign.accounts && one.is_none() { (parts::partial(total as u64, seen.campaign.accounts, &html! { "Only accounts that belong surely enough are written to members.csv." })) }
            (below(seen, visitor, asked, purpose))
        }
    })
}

fn filters(seen: &Seen, asked: &Asked, order: Order, one: Option<&str>) -> Markup {
    let title = |order| match order {
        Order::Doubtful => "Doubtful first",
        Order::Sure => "Surest first",
        Order::Random => "At random",
        Order::File => "As in the file",
    };
    html! {
        form .filters data-swap action={ "/campaigns/" (seen.id()) } {
            input type="hidden" name="tab" value="accounts";
            div .field { label for="account" { "Account" } input #account type="search" name="account" value=(one.unwrap_or_default()) placeholder="Id or pseudonym" maxlength="400"; }
            button type="submit" { "Find" }
        }
        ul .chips aria-label="Order" {
            @for own in Order::ALL { li { a data-swap href=(asked.with("order", own.as_str())) aria-current=[(own == order && one.is_none()).then_some("true")] { (title(own)) } } }
        }
    }
}

fn line(seen: &Seen, visitor: &Visitor, row: &Row, revealed: bool) -> Markup {
    let said = seen.review.members().get(row.pseudonym.as_str()).copied();
    html! {
        tr data-row {
            th scope="row" {
                @if revealed { (parts::value(&row.account)) span .below { (row.pseudonym) } } @else { a href={ "/accounts/" (row.pseudonym) } { code { (row.pseudonym) } } }
            }
            td .number { (confidence(row.confidence)) }
            td .number { strong { (bits(row.bits)) } }
            td { @for (family, own, kind) in row.families.iter().take(4) { span .tag title=(seen.titles.of(kind)) { (words::family(*family)) " " (bits(*own)) } " " } }
            td {
                @match said { Some(true) => { "✓ belongs " } Some(false) => { "✕ does not belong " } None => {} }
                @if visitor.may(Capability::Label) {
                    form .actions method="post" action={ "/campaigns/" (seen.id()) "/member" } {
                        input type="hidden" name="account" value=(row.pseudonym);
                        input type="hidden" name="back" value=(visitor.address);
                        @if said != Some(true) { button type="submit" name="belongs" value="yes" { "Belongs" } }
                        @if said != Some(false) { button type="submit" name="belongs" value="no" { "Does not" } }
                    }
                } @else if said.is_none() { span .soft { "–" } }
            }
        }
    }
}

/// Export and reveal.
fn below(seen: &Seen, visitor: &Visitor, asked: &Asked, purpose: Option<&str>) -> Markup {
    let id = seen.id();
    html! {
        @if visitor.may(Capability::Export) {
            p .files { a href={ "/campaigns/" (id) "/accounts.csv" } download { "All accounts as CSV, under pseudonyms (logged)" } }
        }
        @if let Some(purpose) = purpose {
            (parts::stale(&html! { "Account ids are shown, and it is kept that you saw them: " q { (parts::sentence(purpose)) } }))
        } @else if visitor.may(Capability::Reveal) {
            details .block {
                summary { "Reveal whose accounts these are" }
                form method="post" action={ "/campaigns/" (id) "/reveal" } {
                    (asked.hidden(&["purpose"]))
                    input type="hidden" name="page" value=(asked.page() + 1);
                    div .field { label for="purpose" { "For what?" } input #purpose name="purpose" required minlength="8" maxlength="400" placeholder="Case number, legal basis, or the question to answer"; small { "Your name, the time and this purpose are kept in the audit log." } }
                    button type="submit" { "Reveal this page" }
                }
            }
        }
    }
}
