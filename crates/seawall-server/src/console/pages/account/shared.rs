//! What does an account share, with how many others, and what became of those?

use maud::{Markup, html};
use seawall_charts::{
    text::{bits, count, share},
    words,
};
use seawall_core::selector::KindId;

use super::{Known, Membership};
use crate::console::{
    Console, parts,
    review::Status,
    table::{self, Asked, Column},
};

/// Selectors of its campaign shown for each kind that speaks for it.
const OF_KIND_MAX: usize = 3;

const CAMPAIGN_COLUMNS: [Column; 5] = [
    Column::text("", "What speaks for it"),
    Column::number("", "Its bits"),
    Column::text("", "What members share of that kind"),
    Column::number("", "Members with it"),
    Column::number("", "All with it"),
];

const SEEN_COLUMNS: [Column; 4] = [
    Column::text("", "Selector"),
    Column::text("", "Value"),
    Column::number("", "Accounts with it"),
    Column::text("", "Too many?"),
];

pub(super) fn part(console: &Console, known: &Known) -> Markup {
    html! {
        @for own in &known.memberships { (of_campaign(console, known, own)) }
        (at_decision(known))
    }
}

/// A run keeps for each member which kinds speak for it, and for each campaign what its members share.
fn of_campaign(console: &Console, known: &Known, own: &Membership) -> Markup {
    let campaign = &own.campaign;
    let status = console.book.state().reviews.status(&campaign.campaign);
    let acted = match status {
        Status::Confirmed => "which people confirmed",
        Status::Dismissed => "which people dismissed",
        Status::Merged => "which people merged into another",
        Status::Disputed => "about which people do not agree",
        Status::Suspected => "about which nobody has decided",
    };
    let rows = html! { @for (family, own_bits, kind) in &own.row.families {
        @let shared = campaign.selectors.iter().filter(|selector| selector.kind == *kind).take(OF_KIND_MAX);
        @let shared: Vec<_> = shared.collect();
        tr {
            th scope="row" { (words::family(*family)) span .below { (known.titles.of(kind)) } }
            td .number { strong { (bits(*own_bits)) } }
            td { @for selector in &shared { span .below { (parts::value(&selector.value)) } } @if shared.is_empty() { span .soft { "values that few members have" } } }
            td .number { @for selector in &shared { span .below { (count(selector.members)) " · " (share(selector.members, campaign.accounts)) } } }
            td .number { @for selector in &shared { span .below { (count(selector.accounts)) } } }
        }
    } };
    parts::block(
        &format!("shares-{}", campaign.campaign),
        "What it shares",
        &html! {
            p { "With members of " a href={ "/campaigns/" (campaign.campaign) } { (parts::name(&campaign.name)) } ", " (parts::status(status)) ", " (acted) ". The commonest values of each kind are shown; which of them this account has is in the log." }
            (table::table(&Asked::default(), "What it shares with its campaign", &CAMPAIGN_COLUMNS, ("", false), &rows))
        },
    )
}

/// What it showed when it was decided about last, as the server had counted then.
fn at_decision(known: &Known) -> Markup {
    let Some(last) = known.decisions.first() else { return Markup::default() };
    let mut selectors: Vec<_> = last.inputs.selectors.iter().collect();
    selectors.sort_by_key(|own| (std::cmp::Reverse(own.accounts), own.kind, own.value));
    let rows = html! { @for own in selectors {
        tr {
            th scope="row" { (KindId(own.kind).kind().title) }
            td { code { (format!("{:016x}", own.value)) } }
            td .number { (count(u64::from(own.accounts))) }
            td { @if own.alarmed { "▲ more than expected" } @else { span .soft { "as expected" } } }
        }
    } };
    parts::block(
        "seen",
        "What it showed when it was decided about last",
        &html! {
            p .soft { "Values are kept as hashes. Accounts are those that had the value since the server tracks it, this one included." }
            (table::table(&Asked::default(), "Selectors at the last decision", &SEEN_COLUMNS, ("", false), &rows))
        },
    )
}
