//! What would be done to whom, and who might be wronged? The preview of an action, and its proposal.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use axum::{
    Form,
    extract::{Path, State},
    response::{IntoResponse as _, Redirect, Response},
};
use maud::{Markup, html};
use seawall_charts::text::{bits, confidence, count, counted, percent, visible};
use seawall_core::model::bound::clopper_pearson;
use serde::Deserialize;

use super::{
    super::{
        act,
        actions::{
            people, share_of_people,
            steps::{self, REASON_CHARACTERS_MAX},
        },
        away, unreadable, who,
    },
    Seen,
};
use crate::console::{
    Console, Trouble,
    access::{self, guard::Visitor},
    actions::{
        ACCOUNTS_MAX, Drawn, Entry, Outline, Step, draw, outline,
        plan::{DELAY_SECONDS_MAX, Plan, Scope, Verb, stages},
    },
    parts,
    runs::Row,
    shell::{Page, Place},
    table::Asked,
};

/// Members that a preview shows.
const SHOWN: usize = 20;
/// For how long what one person did without approval counts, in milliseconds.
const DAY: i64 = 24 * 3600 * 1000;
/// How sure a bound is that is told.
const CONFIDENCE: f64 = 0.95;

/// What is asked for: id, verb, scope.
struct Wanted {
    action: String,
    verb: Verb,
    scope: Scope,
}

/// An id of an action that a form of ours has.
fn is_id(text: &str) -> bool {
    text.strip_prefix("act-").is_some_and(|own| {
        own.len() == 16
            && own.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
    })
}

impl Wanted {
    fn of<'a>(get: impl Fn(&str) -> Option<&'a str>) -> Option<Self> {
        let action = get("action").filter(|own| is_id(own))?.to_owned();
        let verb = Verb::parse(get("verb")?)?;
        let number = |name: &str| get(name)?.parse::<f64>().ok().filter(|own| own.is_finite());
        let scope = match get("scope")? {
            "all" => Scope::All,
            "confidence" => Scope::Confidence { least: number("least")? },
            "bits" => Scope::Bits { least: number("bits")? },
            "sample" => Scope::Sample { accounts: get("sample")?.parse().ok()? },
            _ => return None,
        };
        Some(Self { action, verb, scope })
    }
}

/// Pseudonyms of whom somebody said that they do not belong.
fn doubted(seen: &Seen) -> BTreeSet<String> {
    let members = seen.review.members();
    let doubted = members.iter().filter(|(_, belongs)| !**belongs);
    doubted.map(|(own, _)| (*own).to_owned()).collect()
}

/// What of the action can be told from the index of the run.
async fn outlined(seen: &Seen, wanted: &Wanted) -> Result<Outline, Trouble> {
    let (run, position, doubted) = (Arc::clone(&seen.run), seen.position, doubted(seen));
    let (action, scope) = (wanted.action.clone(), wanted.scope);
    let outline = away(move || {
        let mut account = |index| run.members.at(position, index).map(|row| row.account);
        outline(&action, scope, &doubted, run.members.members(position), &mut account)
            .map_err(unreadable)
    })
    .await?;
    if outline.too_many {
        return Err(Trouble::Wrong(format!(
            "An action has {} accounts at most. Narrow down whom it is on.",
            count(ACCOUNTS_MAX as u64)
        )));
    }
    Ok(outline)
}

/// The same with every account, for the list.
async fn drawn(seen: &Seen, wanted: &Wanted) -> Result<Drawn, Trouble> {
    let (run, position, doubted) = (Arc::clone(&seen.run), seen.position, doubted(seen));
    let (action, scope) = (wanted.action.clone(), wanted.scope);
    away(move || {
        draw(&action, scope, &doubted, |each| run.members.each(position, each)).map_err(unreadable)
    })
    .await
}

pub(in crate::console) async fn page(
    State(console): State<Arc<Console>>,
    Path(id): Path<String>,
    visitor: Visitor,
) -> Result<Response, Trouble> {
    let asked = Asked::new(&visitor.address);
    let seen = Seen::read(&console, &id).await?;
    let wanted = Wanted::of(|name| asked.get(name));
    let preview = match &wanted {
        Some(wanted) => preview(&console, &visitor, &seen, wanted).await?,
        None => Markup::default(),
    };
    let action = match &wanted {
        Some(wanted) => wanted.action.clone(),
        None => access::id("act")
            .ok_or_else(|| Trouble::Broken("the system gives no random numbers".to_owned()))?,
    };
    let body = html! {
        (parts::head(&html! { "Act on accounts of " (parts::name(seen.name())) }, &html! {
            p .soft { "Nothing is sent from this page. What is proposed here is sent in stages, each of which somebody starts, and can be rolled back." }
        }))
        @if !console.actions.is_ready() { (parts::stale(&html! { "The server does not know where the site listens: start it with " code { "--actions FILE" } ". An action can be previewed, and not proposed." })) }
        (choice(&seen, &asked, &action))
        (preview)
    };
    Ok(Page::new(Place::Campaigns, "Act on accounts", body)
        .under("Campaigns", "/campaigns")
        .under(seen.name(), format!("/campaigns/{id}"))
        .answer(&console, &visitor))
}

/// What, and to whom.
fn choice(seen: &Seen, asked: &Asked, action: &str) -> Markup {
    let verb = asked.get("verb").and_then(Verb::parse).unwrap_or(Verb::Challenge);
    let scope = asked.get("scope").unwrap_or("confidence");
    let listed = seen.run.members.of(seen.position) as u64;
    let chosen = |word: &str| scope == word;
    html! {
        form .block action={ "/campaigns/" (seen.id()) "/act" } {
            input type="hidden" name="action" value=(action);
            fieldset .field { legend { "What the site is asked to do" }
                @for own in Verb::ALL { label .tick { input type="radio" name="verb" value=(own.as_str()) checked[own == verb]; (own.title()) span .soft { (own.meaning()) } } }
            }
            fieldset .field.stacked { legend { "To whom" }
                label .tick { input type="radio" name="scope" value="all" checked[chosen("all")]; "All " (count(listed)) " listed members" }
                div .tick-with {
                    label .tick { input type="radio" name="scope" value="confidence" checked[chosen("confidence")]; "Those that belong with a probability of at least" }
                    input type="number" name="least" min="0" max="1" step="any" value=(asked.get("least").unwrap_or("0.99")) aria-label="Least probability";
                }
                div .tick-with {
                    label .tick { input type="radio" name="scope" value="bits" checked[chosen("bits")]; "Those with at least so many bits" }
                    input type="number" name="bits" step="any" value=(asked.get("bits").unwrap_or("10")) aria-label="Least bits";
                }
                div .tick-with {
                    label .tick { input type="radio" name="scope" value="sample" checked[chosen("sample")]; "A sample, drawn by lot, of" }
                    input type="number" name="sample" min="1" max=(ACCOUNTS_MAX) step="1" value=(asked.get("sample").unwrap_or("50")) aria-label="Accounts of the sample";
                }
            }
            button type="submit" { "Preview" }
        }
    }
}

async fn preview(
    console: &Console,
    visitor: &Visitor,
    seen: &Seen,
    wanted: &Wanted,
) -> Result<Markup, Trouble> {
    if console.book.state().actions.of(&wanted.action).is_some() {
        return Ok(parts::stale(
            &html! { "This was proposed already: " a href={ "/actions/" (wanted.action) } { "go to the action" } ", or " a href={ "/campaigns/" (seen.id()) "/act" } { "begin another one" } "." },
        ));
    }
    let outline = outlined(seen, wanted).await?;
    let accounts = outline.accounts();
    if accounts == 0 {
        let why = html! { p { "No listed member of the campaign is in this scope." @if outline.left_out > 0 { " " (counted(u64::from(outline.left_out), "member is", "members are")) " left out, since somebody said that they do not belong." } } };
        return Ok(parts::empty("Nobody", &why));
    }
    let rows = shown(seen, &outline).await?;
    Ok(html! {
        div .columns {
            div {
                (stage_table(&outline))
                (sample(seen, &rows, accounts))
            }
            div { (collateral(seen, &outline)) }
        }
        @if console.actions.is_ready() { (proposal(console, visitor, seen, wanted, &outline)) }
    })
}

/// The first of the order, with all that their rows say: a fair sample, and those that would be acted on first.
async fn shown(seen: &Seen, outline: &Outline) -> Result<Vec<Row>, Trouble> {
    let wanted: Vec<u32> = outline.first(SHOWN).collect();
    let (run, position) = (Arc::clone(&seen.run), seen.position);
    away(move || {
        let rows = wanted.iter().map(|index| run.members.at(position, *index));
        rows.collect::<Result<_, _>>().map_err(unreadable)
    })
    .await
}

fn stage_table(outline: &Outline) -> Markup {
    let accounts = outline.accounts();
    let ends = stages(accounts);
    let starts = std::iter::once(0).chain(ends.iter().copied());
    let content = html! {
        table {
            thead { tr { th scope="col" { "Stage" } th scope="col" .number { "Accounts" } th scope="col" .number { "People among them" } } }
            tbody {
                @for (index, (start, end)) in starts.zip(&ends).enumerate() {
                    tr {
                        th scope="row" { "Stage " (index + 1) span .below { (stage_words(index, ends.len())) } }
                        td .number { (count(u64::from(end - start))) }
                        td .number { (people(outline.people(start..*end))) }
                    }
                }
                tr { th scope="row" { strong { "In all" } } td .number { strong { (count(u64::from(accounts))) } } td .number { strong { (people(outline.people(0..accounts))) } } }
            }
        }
    };
    parts::block("stages", "Stages", &parts::scroller("Stages", &content))
}

fn stage_words(index: usize, stages: usize) -> &'static str {
    match (index, stages) {
        (own, all) if own + 1 == all => "the rest",
        (0, _) => "the first 1 %",
        _ => "up to 10 %",
    }
}

fn sample(seen: &Seen, rows: &[Row], accounts: u32) -> Markup {
    let content = html! {
        table {
            thead { tr { th scope="col" { "Account" } th scope="col" .number { "Membership" } th scope="col" .number { "Bits" } th scope="col" { "What says so" } } }
            tbody { @for row in rows { tr data-row {
                th scope="row" { a href={ "/accounts/" (row.pseudonym) } { code { (row.pseudonym) } } }
                td .number { (confidence(row.confidence)) }
                td .number { (bits(row.bits)) }
                td { @for (family, own, kind) in row.families.iter().take(4) { span .tag title=(seen.titles.of(kind)) { (seawall_charts::words::family(*family)) " " (bits(*own)) } " " } }
            } } }
        }
    };
    parts::block(
        "members",
        "Members drawn by lot",
        &html! {
            p .soft { (count(rows.len() as u64)) " of " (count(u64::from(accounts))) ", drawn by the id of this action: the same each time, and the first that would be acted on. Open a few before you go on." }
            (parts::scroller("Members drawn by lot", &content))
        },
    )
}

/// Who might be wronged, and how that is known.
fn collateral(seen: &Seen, outline: &Outline) -> Markup {
    let (campaign, accounts) = (&seen.campaign, outline.accounts());
    let expected = outline.people(0..accounts);
    let looked_at = seen.review.members();
    let wrong = looked_at.values().filter(|belongs| !**belongs).count() as u64;
    let total = looked_at.len() as u64;
    parts::block(
        "collateral",
        "Who might be wronged",
        &html! {
            p { "About " strong { (people(expected)) " people" } " among " (counted(u64::from(accounts), "account", "accounts")) ", " (share_of_people(expected, accounts)) "." }
            ul {
                li { (counted(outline.doubtful(), "account belongs", "accounts belong")) " with a probability below 0.95." }
                li { (counted(campaign.trusted, "member is", "members are")) " trusted by the site, of " (count(campaign.accounts)) " in the campaign." }
                @if total > 0 { li { "People looked at " (counted(total, "member", "members")) ": " (counted(wrong, "one does", "do")) " not belong; at most " (percent(clopper_pearson(wrong, total, CONFIDENCE).1)) " of all, if those were drawn by lot." } }
                @else { li { "Nobody said of any member yet whether it belongs." } }
                @if outline.left_out > 0 { li { (counted(u64::from(outline.left_out), "member is", "members are")) " left out, since somebody said that they do not belong." } }
            }
            @if !campaign.counter_evidence.is_empty() {
                div .note { ul { @for sentence in &campaign.counter_evidence { li { (parts::sentence(sentence)) } } } }
            }
            details {
                summary { "How this is computed" }
                p { "Each account belongs with the probability of its row in " code { "members.csv" } "; what is left to one is added up over all accounts. That is how many would be people if this is an operation at all, which the run holds for " (confidence(campaign.confidence)) " sure. If it is none, all of them are people." }
                p { "The bound on what people looked at is that of Clopper and Pearson, one in twenty to be wrong." }
            }
        },
    )
}

fn proposal(
    console: &Console,
    visitor: &Visitor,
    seen: &Seen,
    wanted: &Wanted,
    outline: &Outline,
) -> Markup {
    let Some(settings) = &console.actions.settings else { return Markup::default() };
    let mut fields = BTreeMap::from([
        ("action", wanted.action.clone()),
        ("verb", wanted.verb.as_str().to_owned()),
        ("scope", wanted.scope.as_str().to_owned()),
        ("run", seen.run.name.clone()),
        ("list", outline.sha256.clone()),
    ]);
    match wanted.scope {
        Scope::All => {}
        Scope::Confidence { least } => drop(fields.insert("least", least.to_string())),
        Scope::Bits { least } => drop(fields.insert("bits", least.to_string())),
        Scope::Sample { accounts } => drop(fields.insert("sample", accounts.to_string())),
    }
    let before = console
        .book
        .state()
        .actions
        .unapproved_since(&visitor.person.id, crate::clock::now_milliseconds() - DAY);
    let limits = settings.limits();
    let is_large = before + u64::from(outline.accounts()) > u64::from(settings.approve_above);
    html! {
        form .block method="post" action={ "/campaigns/" (seen.id()) "/act" } {
            h2 { "Propose it" }
            @for (name, value) in &fields { input type="hidden" name=(name) value=(value); }
            div .field { label for="reason" { "Why" } textarea #reason name="reason" required minlength="8" maxlength=(REASON_CHARACTERS_MAX) {} small { "It is kept, shown to whoever approves it, and sent to the site." } }
            label .tick { input type="checkbox" name="by_itself" value="yes"; "Begin each further stage by itself, while at most " (percent(settings.failures_max)) " of the one before were refused or failed" }
            div .field { label for="delay" { "Spread each stage over up to so many hours, by lot" } input #delay type="number" name="delay_hours" min="0" max=(DELAY_SECONDS_MAX / 3600) step="any" value="0"; small { "Who makes accounts learns from what happens at once. 0 asks for a stage as fast as the site answers; nobody can know beforehand when which account is due." } }
            p .soft { "It halts by itself where more than " (percent(limits.failures_max)) " of a stage are refused or fail, or where " (limits.appeals_least) " or more, and more than " (percent(limits.appeals_max)) " of those it was done to, are restored after appeals or labelled exonerated." }
            @if is_large { p { "This is more than " (counted(u64::from(settings.approve_above), "account", "accounts")) " within a day: " strong { "somebody else has to approve it." } } }
            p { button .primary type="submit" { "Propose to " (wanted.verb.as_str()) " " (counted(u64::from(outline.accounts()), "account", "accounts")) } }
        }
    }
}

#[derive(Deserialize)]
pub(in crate::console) struct ProposalForm {
    action: String,
    verb: String,
    scope: String,
    #[serde(default)]
    least: String,
    #[serde(default)]
    bits: String,
    #[serde(default)]
    sample: String,
    run: String,
    list: String,
    reason: String,
    #[serde(default)]
    by_itself: String,
    #[serde(default)]
    delay_hours: String,
}

/// A longest delay of stages, in seconds.
fn delay_seconds(given: &str) -> Result<u32, Trouble> {
    let seconds = match given.trim() {
        "" => Some(0.0),
        hours => hours.parse::<f64>().ok().map(|hours| (hours * 3600.0).round()),
    };
    let max = f64::from(DELAY_SECONDS_MAX);
    seconds
        .filter(|own| (0.0..=max).contains(own))
        .map(|own| own as u32)
        .ok_or_else(|| Trouble::Wrong("A stage is spread over 0 to 168 hours.".to_owned()))
}

/// Keeps what was previewed. The list is on the disk before the journal has it.
pub(in crate::console) async fn propose(
    State(console): State<Arc<Console>>,
    Path(id): Path<String>,
    visitor: Visitor,
    Form(form): Form<ProposalForm>,
) -> Result<Response, Trouble> {
    let seen = Seen::read(&console, &id).await?;
    let settings = console.actions.settings.clone().ok_or_else(|| {
        Trouble::Wrong("The server does not know where the site listens.".to_owned())
    })?;
    let reason = steps::reason(&form.reason)?;
    let delay_seconds_max = delay_seconds(&form.delay_hours)?;
    let wanted = Wanted::of(|name| match name {
        "action" => Some(form.action.as_str()),
        "verb" => Some(&form.verb),
        "scope" => Some(&form.scope),
        "least" => Some(&form.least),
        "bits" => Some(&form.bits),
        "sample" => Some(&form.sample),
        _ => None,
    });
    let wanted =
        wanted.ok_or_else(|| Trouble::Wrong("The form is none of this console.".to_owned()))?;
    let outline = outlined(&seen, &wanted).await?;
    let previewed = (&form.run, &form.list) == (&seen.run.name, &outline.sha256);
    let drawn = drawn(&seen, &wanted).await?;
    if drawn.lines.is_empty() || !previewed || drawn.lines.len() != outline.accounts() as usize {
        return Err(Trouble::Stale(vec![
            "The members are other ones than those of the preview: a newer run is shown, or somebody said of one that it does not belong.".to_owned(),
        ]));
    }
    let accounts = drawn.lines.len() as u32;
    let plan = Plan {
        campaign: id.clone(),
        called: visible(seen.name(), 72),
        run: seen.run.name.clone(),
        verb: wanted.verb,
        scope: wanted.scope,
        accounts,
        left_out: drawn.left_out,
        people: drawn.people(0..accounts),
        stages: stages(accounts),
        list: drawn.sha256(),
        batch: settings.batch,
        delay_seconds_max,
        limits: Some(settings.limits()),
        by_itself: (form.by_itself == "yes").then_some(settings.failures_max),
        needs_approval: false,
        reason,
    };
    keep(&console, &visitor, wanted.action.clone(), plan, drawn, settings.approve_above).await?;
    Ok(Redirect::to(&format!("/actions/{}", wanted.action)).into_response())
}

async fn keep(
    console: &Arc<Console>,
    visitor: &Visitor,
    action: String,
    mut plan: Plan,
    drawn: Drawn,
    approve_above: u32,
) -> Result<(), Trouble> {
    let cannot = |error: crate::console::actions::ListError| Trouble::CannotKeep(error.to_string());
    let (own, id) = (Arc::clone(console), action.clone());
    let written = away(move || own.actions.write(&id, &drawn).map_err(cannot)).await?;
    let (own, me, path) = (Arc::clone(console), who(visitor), written.clone());
    let kept = act(console, &who(visitor), move |state, now| {
        let before = state.actions.unapproved_since(&me, now - DAY);
        plan.needs_approval = before + u64::from(plan.accounts) > u64::from(approve_above);
        let step = Step::Proposed { plan };
        let act = steps::checked(state, Entry { action: action.clone(), step }, &me, 0)?;
        own.actions.place(&action, &path).map_err(cannot)?;
        Ok((vec![act], ()))
    })
    .await;
    if kept.is_err() {
        // Nobody looks for it there.
        let _ = fs_err::remove_file(written);
    }
    kept
}
