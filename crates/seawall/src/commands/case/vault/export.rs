//! `seawall case vault export`: may this go to them, and then: where is it written?

use std::{
    io,
    path::{Path, PathBuf},
};

use clap::{Args, ValueEnum};
use seawall_core::case::disclosure::{Ground, Profile, Recipient, Request, gate};
use seawall_evidence::{
    custody::{Act, Action},
    item::{self, Item},
};

use crate::{
    case::{Acting, Answer, Desk, Leaving, class, to_words, value},
    console::Console,
    failure::{Exit, Failure},
    format::AnswerFormat,
};

const EXAMPLES: &str = "\
Examples:
  seawall case vault export ITEM --out record.json --to court --profile court-sealed --as cora
  seawall case vault export ITEM --out mail.eml --to law-enforcement-us --ground warrant \\
      --profile law-enforcement --as cora";

/// Write the content of an item to a file, for somebody
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    /// Id of the item
    #[arg(value_name = "ITEM")]
    item: String,
    /// Where to write it; nothing may be there
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// To whom it goes
    #[arg(long, value_enum)]
    to: RecipientName,
    /// By what right, as counsel has picked it
    #[arg(long, value_enum)]
    ground: Option<GroundName>,
    /// How much is shown
    #[arg(long, value_enum)]
    profile: ProfileName,
    /// Form of the answer
    #[arg(long, value_enum, default_value_t)]
    format: AnswerFormat,
}

/// To whom something goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum RecipientName {
    Court,
    LawEnforcementUs,
    LawEnforcementEu,
    Partner,
    Platform,
    Press,
}

/// By what right.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum GroundName {
    CourtOrder,
    Warrant,
    Subpoena,
    ProviderProtection,
    Emergency,
    Consent,
    EuProductionOrder,
    LegitimateInterest,
}

/// How much is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ProfileName {
    CourtPublic,
    CourtSealed,
    LawEnforcement,
    Partner,
    Press,
}

impl ProfileName {
    /// As the core has it. `internal` is never for anybody outside, and comes first there.
    pub(crate) fn of_core(self) -> Profile {
        Profile::ALL[self as usize + 1]
    }
}

/// What the gate says of an item: `None` where it may go, otherwise why not.
pub(crate) fn gate_of(
    item: &Item,
    to: RecipientName,
    ground: Option<GroundName>,
    profile: ProfileName,
) -> (Request, Option<Failure>) {
    let request = Request {
        class: class(item.content_class),
        recipient: Recipient::ALL[to as usize],
        ground: ground.map(|ground| Ground::ALL[ground as usize]),
        profile: profile.of_core(),
        personal_data: item.personal_data,
    };
    let refused = gate(request).err().map(|why| Failure::new(Exit::Permission, why));
    (request, privileged(item).or(refused))
}

/// What is privileged goes to nobody outside, whatever the ground.
fn privileged(item: &Item) -> Option<Failure> {
    let what = match item.privilege {
        item::Privilege::None => return None,
        item::Privilege::WorkProduct => "was made in preparation of the case",
        item::Privilege::AttorneyClient => "is between counsel and client",
    };
    let text = format!("the item is privileged: it {what}\nhint: take in again what may be seen");
    Some(Failure::new(Exit::Permission, text))
}

pub(super) fn run(
    arguments: &Arguments,
    acting: &Acting,
    console: &mut Console,
) -> Result<(), Failure> {
    let mut desk = Desk::open(acting, console)?;
    let item = desk.item(&arguments.item)?;
    let (request, refused) = gate_of(&item, arguments.to, arguments.ground, arguments.profile);
    let body = Some(value(&request)?);
    let object = item.id.clone();
    if let Some(refused) = refused {
        let denied = Act {
            object_sha256: Some(item.sha256),
            body,
            reason: to_words(&format!("export: {}", refused.texts().0.join("; ")))?,
            ..desk.act(Action::Denied, object, "refused")?
        };
        desk.write(vec![denied])?;
        return Err(refused);
    }
    let act = Act {
        object_sha256: Some(item.sha256),
        body,
        ..desk.act(Action::Export, object, "written for somebody outside")?
    };
    desk.allowed(std::slice::from_ref(&act))?;
    let leaving = Leaving::begin(&desk, &arguments.out, &item.id, item.sha256)?;
    if let Err(failure) = copy(&desk, &item, &leaving.partial()) {
        leaving.abandon()?;
        return Err(failure);
    }
    let written = desk.write(vec![act])?;
    leaving.finish()?;
    Answer::new()
        .text("exported", &item.id)
        .text("file", arguments.out.display())
        .text("sha256", item.sha256)
        .say(written, arguments.format, console)
}

/// Writes the content of an item to a file, durably.
fn copy(desk: &Desk, item: &Item, to: &Path) -> Result<(), Failure> {
    let mut file = fs_err::OpenOptions::new().write(true).create_new(true).open(to)?;
    io::copy(&mut desk.vault.open(item.sha256)?, &mut file)?;
    Ok(file.sync_all()?)
}

#[cfg(test)]
mod tests {
    use super::{GroundName, ProfileName, RecipientName};
    use clap::ValueEnum as _;
    use seawall_core::case::disclosure::{Ground, Profile, Recipient};

    /// The names on the command line are those of the core, in its order.
    #[test]
    fn names_are_those_of_the_core() {
        fn same<N: clap::ValueEnum, C: serde::Serialize>(names: &[N], core: &[C]) {
            let names: Vec<String> = names
                .iter()
                .map(|name| name.to_possible_value().expect("a value").get_name().replace('-', "_"))
                .collect();
            let core: Vec<String> = core
                .iter()
                .map(|it| serde_json::to_value(it).expect("text").as_str().unwrap().to_owned())
                .collect();
            assert_eq!(names, core);
        }
        same(RecipientName::value_variants(), &Recipient::ALL);
        same(GroundName::value_variants(), &Ground::ALL);
        same(ProfileName::value_variants(), &Profile::ALL[1..]);
    }
}
