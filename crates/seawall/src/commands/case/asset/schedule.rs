//! `seawall case asset schedule`: what is a court asked for, or what does a supplement add?

use std::path::PathBuf;

use clap::Args;
use seawall_core::case::{
    Id, Moment, Record,
    people::Role,
    record::ScheduleRecord,
    schedule::{Schedule, difference, respondents, row, still_fresh},
    state::AssetState,
};
use seawall_evidence::{canonical, item::ItemKind};
use serde_json::json;

use crate::{
    case::{Acting, Answer, Desk, Intake, hash, moment, to_core},
    console::Console,
    failure::{Exit, Failure},
    format::AnswerFormat,
};

const EXAMPLES: &str = "\
Examples:
  seawall case asset schedule --as lee
  seawall case asset schedule --out schedule.json --as lee
  seawall case asset schedule --counsel-overrides --reason \"…\" --as cora

Every attributed asset is in it. Refused where a snapshot is older than 72 hours or something changed
since, where nobody looked for others who would be hit, or where others would be.";

/// Make the schedule for a court, or a supplement to it
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(in crate::commands::case) struct Arguments {
    /// Also write it to FILE
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Counsel lets findings about others pass; the reason stands in the log
    #[arg(long)]
    counsel_overrides: bool,
    /// Form of the answer
    #[arg(long, value_enum, default_value_t)]
    format: AnswerFormat,
}

pub(super) fn run(
    arguments: &Arguments,
    acting: &Acting,
    console: &mut Console,
) -> Result<(), Failure> {
    let mut desk = Desk::open(acting, console)?;
    if arguments.counsel_overrides && (desk.role != Role::Counsel || acting.reason.is_none()) {
        return Err(Failure::new(
            Exit::Permission,
            "only counsel lets findings about others pass, for a stated reason\nhint: --as a person who is counsel, with --reason",
        ));
    }
    let earlier = previous(&desk)?;
    let schedule = made(&desk, earlier.as_ref(), arguments.counsel_overrides)?;
    let content = canonical::to_bytes(&schedule)?;
    let intake =
        Intake::derived(ItemKind::File, "application/json", "the schedule of assets", Vec::new());
    let (item, taken) = desk.take(&intake, &mut content.as_slice())?;
    let record = ScheduleRecord {
        version: schedule.version,
        item: to_core(&item.id),
        sha256: hash(item.sha256),
        assets: schedule.rows.iter().map(|row| (row.number, row.asset.clone())).collect(),
        made_at: moment(desk.now),
    };
    let said = earlier.as_ref().map_or_else(
        || "the first schedule".to_owned(),
        |earlier| difference(earlier, &schedule).sentence(schedule.version),
    );
    let object = desk.file.id.clone();
    let act = desk.record(object, &Record::Schedule(record), &said)?;
    let written = desk.write(vec![taken, act])?;
    if let Some(path) = &arguments.out {
        fs_err::write(path, &content)?;
    }
    let asked: Vec<String> = respondents(&schedule)
        .into_iter()
        .map(|(_, name, numbers)| {
            let numbers: Vec<String> = numbers.iter().map(ToString::to_string).collect();
            format!("{name} (no. {})", numbers.join(", "))
        })
        .collect();
    Answer::new()
        .with("version", schedule.version)
        .with("assets", schedule.rows.len())
        .with("differs", said)
        .with("respondents", json!(asked))
        .text("item", item.id)
        .text("sha256", item.sha256)
        .say(written, arguments.format, console)
}

/// The schedule before, if there is one.
pub(in crate::commands::case) fn previous(desk: &Desk) -> Result<Option<Schedule>, Failure> {
    let Some(record) = desk.state.schedules.last() else { return Ok(None) };
    let content = desk.content(record.sha256.as_str().parse()?)?;
    Ok(Some(canonical::parse(&content)?))
}

/// Why a document that was made of the schedule at that time may not go out any more, if so.
pub(in crate::commands::case) fn outdated(
    desk: &Desk,
    drafted_at: Moment,
) -> Result<Option<Failure>, Failure> {
    let (Some(record), Some(schedule)) = (desk.state.schedules.last(), previous(desk)?) else {
        return Ok(None);
    };
    if drafted_at < record.made_at {
        let text =
            "there is a newer schedule than the one it was drafted from\nhint: draft it anew";
        return Ok(Some(Failure::new(Exit::Conflict, text)));
    }
    let now = moment(desk.now);
    let blocked = schedule.rows.iter().filter_map(|row| {
        still_fresh(row, &desk.state.observations_of(&row.asset), now)
            .err()
            .map(|it| it.to_string())
    });
    let blocked: Vec<String> = blocked.collect();
    Ok((!blocked.is_empty()).then(|| Failure::new(Exit::Conflict, blocked.join("\n"))))
}

fn made(desk: &Desk, earlier: Option<&Schedule>, overrides: bool) -> Result<Schedule, Failure> {
    // An asset keeps its number; new ones come after all that were ever given.
    let number = |asset: &Id| {
        let rows = earlier.iter().flat_map(|schedule| &schedule.rows);
        rows.clone().find(|row| row.asset == *asset).map(|row| row.number)
    };
    let mut next = desk
        .state
        .schedules
        .iter()
        .flat_map(|it| it.assets.iter().map(|(number, _)| *number))
        .max()
        .unwrap_or(0);
    let (mut rows, mut blocked) = (Vec::new(), Vec::new());
    for it in desk.state.assets.values() {
        let out = matches!(
            it.state,
            AssetState::Identified
                | AssetState::OutOfReach
                | AssetState::WithdrawnInError
                | AssetState::Returned
        );
        if out {
            continue;
        }
        let number = number(&it.asset.id).unwrap_or_else(|| {
            next += 1;
            next
        });
        let seen = desk.state.observations_of(&it.asset.id);
        match row(number, &it.asset, &seen, moment(desk.now), overrides) {
            Ok(row) => rows.push(row),
            Err(why) => blocked.extend(why),
        }
    }
    if !blocked.is_empty() {
        let lines: Vec<String> = blocked.iter().map(ToString::to_string).collect();
        return Err(Failure::new(Exit::Conflict, lines.join("\n")));
    }
    if rows.is_empty() {
        return Err(Failure::new(
            Exit::Conflict,
            "no asset is attributed to the operation\nhint: `seawall case propose attribute ASSET`",
        ));
    }
    rows.sort_by_key(|row| row.number);
    Ok(Schedule { version: desk.state.schedules.len() as u64 + 1, rows })
}
