//! `seawall case vault export`: may this go to them, and then: where is it written?

use std::{
    io,
    path::{Path, PathBuf},
};

use clap::{Args, ValueEnum};
use seawall_core::case::disclosure::{Ground, Profile, Recipient, Request, gate};
use seawall_evidence::{
    custody::{Act, Action},
    item::Item,
};

use crate::{
    case::{Acting, Answer, Desk, Leaving, class, privilege, to_words, value},
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

impl From<RecipientName> for Recipient {
    fn from(name: RecipientName) -> Self {
        match name {
            RecipientName::Court => Self::Court,
            RecipientName::LawEnforcementUs => Self::LawEnforcementUs,
            RecipientName::LawEnforcementEu => Self::LawEnforcementEu,
            RecipientName::Partner => Self::Partner,
            RecipientName::Platform => Self::Platform,
            RecipientName::Press => Self::Press,
        }
    }
}

impl From<GroundName> for Ground {
    fn from(name: GroundName) -> Self {
        match name {
            GroundName::CourtOrder => Self::CourtOrder,
            GroundName::Warrant => Self::Warrant,
            GroundName::Subpoena => Self::Subpoena,
            GroundName::ProviderProtection => Self::ProviderProtection,
            GroundName::Emergency => Self::Emergency,
            GroundName::Consent => Self::Consent,
            GroundName::EuProductionOrder => Self::EuProductionOrder,
            GroundName::LegitimateInterest => Self::LegitimateInterest,
        }
    }
}

/// `internal` is for nobody outside, and has no name here.
impl From<ProfileName> for Profile {
    fn from(name: ProfileName) -> Self {
        match name {
            ProfileName::CourtPublic => Self::CourtPublic,
            ProfileName::CourtSealed => Self::CourtSealed,
            ProfileName::LawEnforcement => Self::LawEnforcement,
            ProfileName::Partner => Self::Partner,
            ProfileName::Press => Self::Press,
        }
    }
}

/// What the gate is asked of an item, and why it may not go, if it may not.
pub(crate) fn gate_of(
    item: &Item,
    recipient: Recipient,
    ground: Option<Ground>,
    profile: Profile,
) -> (Request, Option<Failure>) {
    let request = Request {
        class: class(item.content_class),
        recipient,
        ground,
        profile,
        personal_data: item.personal_data,
        privilege: privilege(item.privilege),
    };
    let refused = gate(request).err().map(|why| Failure::new(Exit::Permission, why));
    (request, refused)
}

/// The act that says that an item was not let go, and why.
pub(crate) fn denial(
    desk: &Desk,
    item: &Item,
    request: Request,
    refused: &Failure,
) -> Result<Act, Failure> {
    Ok(Act {
        object_sha256: Some(item.sha256),
        body: Some(value(&request)?),
        reason: to_words(&format!("export: {}", refused.texts().0.join("; ")))?,
        ..desk.act(Action::Denied, item.id.clone(), "refused")?
    })
}

pub(super) fn run(
    arguments: &Arguments,
    acting: &Acting,
    console: &mut Console,
) -> Result<(), Failure> {
    let mut desk = Desk::open(acting, console)?;
    let item = desk.item(&arguments.item)?;
    let (to, ground) = (arguments.to.into(), arguments.ground.map(Ground::from));
    let (request, refused) = gate_of(&item, to, ground, arguments.profile.into());
    if let Some(refused) = refused {
        let denied = denial(&desk, &item, request, &refused)?;
        desk.write(vec![denied])?;
        return Err(refused);
    }
    let act = Act {
        object_sha256: Some(item.sha256),
        body: Some(value(&request)?),
        ..desk.act(Action::Export, item.id.clone(), "written for somebody outside")?
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
    use clap::ValueEnum;
    use seawall_core::case::disclosure::{Ground, Profile, Recipient};

    /// Each name means what it is called, and all of the core's have one.
    #[test]
    fn names_mean_what_they_are_called() {
        fn same<N: ValueEnum + Into<C>, C: serde::Serialize>(core: &[C]) {
            let text =
                |it: &C| serde_json::to_value(it).expect("text").as_str().unwrap().to_owned();
            let mut meant = Vec::new();
            for name in N::value_variants() {
                let called =
                    name.to_possible_value().expect("a value").get_name().replace('-', "_");
                let means: C = name.clone().into();
                assert_eq!(called, text(&means));
                meant.push(called);
            }
            assert_eq!(meant.len(), core.len());
            assert!(core.iter().all(|it| meant.contains(&text(it))));
        }
        same::<RecipientName, Recipient>(&Recipient::ALL);
        same::<GroundName, Ground>(&Ground::ALL);
        let outside: Vec<_> =
            Profile::ALL.into_iter().filter(|profile| *profile != Profile::Internal).collect();
        same::<ProfileName, Profile>(&outside);
    }
}
