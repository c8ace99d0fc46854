//! `seawall intel person`: who may propose, approve and recall?

use clap::Args;
use seawall_core::case::Id;
use seawall_evidence::note::Verifier;
use serde_json::json;

use crate::{
    case::{Rows, chance},
    console::Console,
    failure::{Exit, Failure},
    format::Format,
    intel::Place,
};

const EXAMPLES: &str = "\
Examples:
  seawall intel person ana
  seawall intel person bo --by ana
  seawall intel person cora --public-key cora+1a2b3c4d+AbC… --by ana
  seawall intel person

Whoever is first lets in themselves, and everybody else is let in by somebody who is in. Each act is signed with a
key in keys/people of the data directory, the one that cases use: whoever can read it can act in that name.";

/// Let somebody in who may propose, approve and recall; or list them
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    /// Short name, as it stands in acts
    #[arg(value_name = "NAME")]
    name: Option<Id>,
    /// The key that checks their signatures, in the form of a signed note [default: one is made here]
    #[arg(long, value_name = "KEY", requires = "name")]
    public_key: Option<String>,
    /// Who lets them in
    #[arg(long, value_name = "PERSON", requires = "name")]
    by: Option<Id>,
    /// Form of the list
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

pub(super) fn run(
    arguments: &Arguments,
    place: &Place,
    console: &mut Console,
) -> Result<(), Failure> {
    let shares = place.shares();
    if let Some(name) = &arguments.name {
        let parsed = arguments.public_key.as_deref().map(str::parse::<Verifier>).transpose();
        let key = parsed.map_err(|error| Failure::new(Exit::Usage, error))?;
        let by = (place.now()?, arguments.by.clone());
        shares.join(name, key, by, &mut chance(None, "intel", 0)?)?;
    }
    let mut rows = Rows::new("seawall.intel.people/v1", &["person", "public_key"]);
    for (person, verifier) in shares.people()? {
        rows.push(vec![json!(person), json!(verifier.to_string())]);
    }
    rows.write(arguments.format, console)
}
