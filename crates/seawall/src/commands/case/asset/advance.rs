//! `seawall case asset advance`: what comes next for an asset?

use clap::Args;
use seawall_core::case::{Record, people::Power, record::AssetChange, state::Machine as _};

use super::state;
use crate::{
    case::{Acting, Answer, Desk, id, to_core},
    console::Console,
    failure::{Exit, Failure},
    format::AnswerFormat,
};

const EXAMPLES: &str = "\
Examples:
  seawall case propose attribute ASSET --as ana
  seawall case asset advance ASSET attributed --as lee
  seawall case asset advance ASSET ordered --item ITEM --as cora
  seawall case asset advance ASSET verified --as ana

`executed` is what a respondent says. `verified` is what was measured, and nothing else leads there.";

/// Move an asset on
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(in crate::commands::case) struct Arguments {
    /// Id of the asset
    #[arg(value_name = "ASSET")]
    asset: String,
    /// State to move to
    #[arg(value_name = "STATE")]
    to: String,
    /// The item that shows it: an order, a receipt, an answer
    #[arg(long, value_name = "ITEM")]
    item: Option<String>,
    /// Form of the answer
    #[arg(long, value_enum, default_value_t)]
    format: AnswerFormat,
}

pub(super) fn run(
    arguments: &Arguments,
    acting: &Acting,
    console: &mut Console,
) -> Result<(), Failure> {
    let to = state(&arguments.to)?;
    let mut desk = Desk::open(acting, console)?;
    let asset = arguments.asset.parse().map_err(|error| Failure::new(Exit::Usage, error))?;
    let item = arguments
        .item
        .as_deref()
        .map(|item| desk.item(item).map(|item| to_core(&item.id)))
        .transpose()?;
    let object = id(&asset);
    let change = AssetChange { asset, to, item };
    let act = desk.record(object, &Record::AssetState(change), "the asset goes on")?;
    let act = desk.rest(act, Power::Attribute)?;
    let written = desk.write(vec![act])?;
    Answer::new().text("asset", &arguments.asset).text("state", to.name()).say(
        written,
        arguments.format,
        console,
    )
}
