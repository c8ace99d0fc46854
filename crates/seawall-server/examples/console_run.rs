//! How fast does the console answer over much? A run of so many campaigns and accounts, to be shown by it.
//!
//! `cargo run --release -p seawall-server --example console_run -- DIR CAMPAIGNS ACCOUNTS`.
use std::{env, error::Error, path::Path};

use seawall_core::{campaign::findings::fixture, decision::snapshot::Snapshot};
use seawall_engine::output::{Overwrite, Provenance, RunWriter};

fn main() -> Result<(), Box<dyn Error>> {
    let words: Vec<String> = env::args().skip(1).collect();
    let [directory, campaigns, accounts] = words.as_slice() else {
        return Err("DIR CAMPAIGNS ACCOUNTS".into());
    };
    let (campaigns, accounts): (usize, u64) = (campaigns.parse()?, accounts.parse()?);
    let mut findings = fixture::many(campaigns);
    let mut left = accounts;
    for (index, campaign) in findings.campaigns.iter_mut().enumerate() {
        // The first is as large as all others together.
        let rest = left / (campaigns - index) as u64;
        campaign.accounts = if index == 0 { accounts / 2 } else { rest };
        campaign.trusted = campaign.trusted.min(campaign.accounts);
        left = left.saturating_sub(campaign.accounts);
    }
    findings.run.accounts = accounts.saturating_mul(4);
    let mut members = fixture::members(&findings);
    for (index, member) in members.iter_mut().enumerate() {
        member.account = format!("u{index}");
    }
    let writer = RunWriter::create(Path::new(directory), Overwrite::Force)?;
    let empty = Snapshot::empty();
    writer.finish(&findings, &members, &empty, "", Provenance::default())?;
    Ok(())
}
