//! `seawall intel propose`: what of a campaign should others know?

use std::path::PathBuf;

use clap::Args;
use seawall_core::case::Id;
use seawall_engine::output::StoredRun;
use seawall_intel::{
    share::{self, Conditions},
    stix::Tlp,
};

use crate::{
    console::Console,
    failure::{Exit, Failure},
    intel::{Content, Place},
};

const EXAMPLES: &str = "\
Examples:
  seawall intel propose --run run --campaign c-1a2b3c4d5e6f --organisation Site --by ana
  seawall intel propose --run run --campaign c-1a2b3c4d5e6f --organisation Site --tlp green --days 30 --by ana

Nothing leaves by this. What would leave is shown by `seawall intel shares ID`: domains, client software and
fingerprints that bind the campaign, with counts; no accounts, addresses, numbers or names of persons.";

/// Propose to share a campaign
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    /// Folder or URL of the run
    #[arg(long, value_name = "DIR")]
    run: PathBuf,
    /// Id of the campaign
    #[arg(long, value_name = "ID")]
    campaign: String,
    #[command(flatten)]
    terms: Terms,
}

/// On which terms something is to be shared, and who says so.
#[derive(Debug, Args)]
pub(in crate::commands) struct Terms {
    /// In whose name it is shared
    #[arg(long, value_name = "NAME")]
    organisation: String,
    /// How far it may be passed on
    #[arg(long, value_name = "TLP", default_value = "amber")]
    tlp: Tlp,
    /// For how many days it is good
    #[arg(long, value_name = "N", default_value_t = 90, value_parser = clap::value_parser!(u16).range(1..))]
    days: u16,
    /// Who proposes
    #[arg(long, value_name = "PERSON")]
    by: Id,
}

pub(super) fn run(
    arguments: &Arguments,
    place: &Place,
    console: &mut Console,
) -> Result<(), Failure> {
    let run = StoredRun::open(&arguments.run)?;
    let Some(campaign) = run.campaign(&arguments.campaign)? else {
        let text = format!("there is no campaign `{}` in this run", arguments.campaign);
        return Err(Failure::new(Exit::NoInput, text));
    };
    let conditions = arguments.terms.conditions(place)?;
    let objects = share::objects(&campaign, &conditions);
    let event = Some(share::misp_event(&campaign, &conditions));
    let objects = objects.iter().map(serde_json::to_value).collect::<Result<_, _>>()?;
    let content = Content { conditions, objects, event };
    let about = format!("campaign {} ({})", campaign.campaign, campaign.name);
    arguments.terms.propose(about, content, place, console)
}

impl Terms {
    /// What holds from now on.
    pub(in crate::commands) fn conditions(&self, place: &Place) -> Result<Conditions, Failure> {
        let organisation = self.organisation.clone();
        Ok(Conditions { organisation, tlp: self.tlp, at: place.now()?, days: self.days })
    }

    /// Proposes a content, and says what comes next.
    pub(in crate::commands) fn propose(
        &self,
        about: String,
        content: Content,
        place: &Place,
        console: &mut Console,
    ) -> Result<(), Failure> {
        let sha256 = content.sha256()?;
        let count = content.objects.len();
        let by = (content.conditions.at, self.by.clone());
        let id = place.shares().propose(about, content, by)?;
        writeln!(
            console.data(),
            "proposed         {id}\nobjects          {count}\nsha256           {sha256}"
        )?;
        let next = format!("seawall intel approve {id} --sha256 {sha256} --by PERSON");
        console.hint(format!("another person: {next}"))
    }
}
