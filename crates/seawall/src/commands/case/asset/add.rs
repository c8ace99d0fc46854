//! `seawall case asset add`: which piece of infrastructure is named?

use std::path::PathBuf;

use clap::Args;
use seawall_core::case::{Record, asset::Asset};
use serde_json::Value;

use crate::{
    case::{Acting, Answer, Desk, id, read_file},
    console::Console,
    failure::{Exit, Failure},
    format::AnswerFormat,
};

const EXAMPLES: &str = "\
Examples:
  seawall case asset add asset.json --as ana

asset.json:
  {\"type\": \"domain\", \"identifier\": \"shop.example\", \"role\": \"storefront\",
   \"operators\": [{\"kind\": \"registrar\", \"organisation\": \"Registrar\", \"country\": \"US\",
     \"iana_id\": 292, \"source\": \"RDAP\", \"as_of\": \"2023-12-01T00:00:00Z\"}],
   \"used_by_operation\": [{\"item\": \"item-01H…\", \"shows\": \"accounts on offer\", \"grade\": \"B2\"}],
   \"attribution\": {\"confidence\": \"high\", \"alternatives\": [
     {\"explanation\": \"a reseller\", \"against\": \"it takes the money itself\"}]},
   \"collateral\": {\"shared\": false, \"reviewed_by\": \"ana\"},
   \"end_state\": {\"statuses\": [\"server hold\"]}}

`grade` is of the Admiralty code, `confidence` low, moderate or high: nothing is attributed without them, and without
another explanation that was weighed. With an `id` that is known it changes what is known of that asset.";

/// Longest description.
const BYTES_MAX: u64 = 64 << 10;

/// Name an asset, or change what is known of it
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(in crate::commands::case) struct Arguments {
    /// Description of the asset, as JSON
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Form of the answer
    #[arg(long, value_enum, default_value_t)]
    format: AnswerFormat,
}

pub(super) fn run(
    arguments: &Arguments,
    acting: &Acting,
    console: &mut Console,
) -> Result<(), Failure> {
    let wrong = |error: &dyn std::fmt::Display| {
        Failure::new(
            Exit::Usage,
            format!(
                "{}: {error}\nhint: `seawall case asset add --help` shows the form",
                arguments.file.display()
            ),
        )
    };
    let text = read_file(&arguments.file, BYTES_MAX)?;
    let mut described: Value = serde_json::from_slice(&text).map_err(|error| wrong(&error))?;
    let mut desk = Desk::open(acting, console)?;
    if let Some(fields) = described.as_object_mut()
        && !fields.contains_key("id")
    {
        fields.insert("id".to_owned(), desk.new_id("asset").to_string().into());
    }
    let asset: Asset = serde_json::from_value(described).map_err(|error| wrong(&error))?;
    let asset = asset.checked().map_err(|error| wrong(&error))?;
    let answer = Answer::new()
        .text("asset", &asset.id)
        .with("name", asset.display())
        .with("identifier", asset.identifier.clone());
    let act = desk.record(id(&asset.id), &Record::Asset(Box::new(asset)), "an asset is named")?;
    let written = desk.write(vec![act])?;
    answer.say(written, arguments.format, console)
}
