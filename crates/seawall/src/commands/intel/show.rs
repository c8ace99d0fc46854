//! `seawall intel show`: what was taken in?

use std::collections::BTreeMap;

use clap::Args;
use seawall_intel::stix::StixId;
use serde_json::json;

use crate::{
    case::Rows,
    console::Console,
    failure::{Exit, Failure},
    format::Format,
    intel::Place,
};

const EXAMPLES: &str = "\
Examples:
  seawall intel show
  seawall intel show indicator--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f";

/// Show what was taken in, with all its versions
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    /// All versions of this object, a line each [default: how many there are of each type]
    #[arg(value_name = "ID")]
    id: Option<StixId>,
    /// Form of the list
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

pub(super) fn run(
    arguments: &Arguments,
    place: &Place,
    console: &mut Console,
) -> Result<(), Failure> {
    let archive = place.archive()?;
    if let Some(id) = &arguments.id {
        let conflicts = archive.conflicts().iter().filter(|object| object.id() == id);
        let versions: Vec<_> = archive.versions(id).iter().chain(conflicts).collect();
        if versions.is_empty() {
            return Err(Failure::new(Exit::NoInput, format!("there is no object `{id}`")));
        }
        for version in versions {
            serde_json::to_writer(&mut *console.data(), &**version)?;
            writeln!(console.data())?;
        }
        return Ok(());
    }
    let mut types: BTreeMap<&str, [u64; 3]> = BTreeMap::new();
    for id in archive.ids() {
        let counts = types.entry(id.object_type()).or_default();
        counts[0] += 1;
        counts[1] += archive.versions(id).len() as u64;
        counts[2] += u64::from(archive.latest(id).is_some_and(|object| object.revoked()));
    }
    let mut rows =
        Rows::new("seawall.intel.objects/v1", &["type", "objects", "versions", "revoked"]);
    for (object_type, [objects, versions, revoked]) in types {
        rows.push(vec![json!(object_type), json!(objects), json!(versions), json!(revoked)]);
    }
    rows.write(arguments.format, console)?;
    if !archive.conflicts().is_empty() {
        let text = format!(
            "{} contents contradict a version that was there before, or come from somebody else than its creator; they are kept, and do not count",
            archive.conflicts().len()
        );
        console.note("conflicts", text)?;
    }
    Ok(())
}
