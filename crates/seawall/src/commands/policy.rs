//! `seawall policy`: by which rules, what would others change, and which are in force?

use std::path::PathBuf;

use anyhow::Context as _;
use clap::{Args, Subcommand};
use seawall_charts::text::counted;
use seawall_core::decision::policy::{DEFAULT, Policy, VARIABLES};
use seawall_server::service::review;

use super::decide::read_policy;
use crate::{
    console::Console,
    failure::{Failure, Outcome},
    remote::Remote,
};

const EXAMPLES: &str = "\
Examples:
  seawall policy show > ours.toml
  seawall policy check ours.toml
  seawall policy replay ours.toml --data seawall-data --since 2026-11-20T00:00:00Z
  seawall policy promote ours.toml --per-mille 50 --server http://127.0.0.1:8080 --token-file token
  seawall policy promote ours.toml --server http://127.0.0.1:8080 --token-file token
  seawall policy rollback 1-0123456789abcdef --server http://127.0.0.1:8080 --token-file token

A policy is a file: keep it where changes are reviewed. Rules are expressions of CEL.";

/// Show, check, try and promote the rules of decisions
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Print the policy that is used where none is given
    Show,
    /// List what a rule can ask
    Variables,
    /// Check a policy as the server does
    Check {
        /// The policy
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
    /// List the decisions that a policy would have made otherwise
    Replay {
        /// The policy
        #[arg(value_name = "FILE")]
        file: PathBuf,
        /// Folder of the server; it may be running
        #[arg(long, value_name = "DIR", default_value = "seawall-data")]
        data: PathBuf,
        /// Decisions about events since then, RFC 3339
        #[arg(long, value_name = "TIME")]
        since: Option<String>,
        /// End with exit code 6 where any decision would be another one
        #[arg(long)]
        fail_on_change: bool,
    },
    /// Bring a policy into force, for all accounts or some
    Promote {
        /// The policy
        #[arg(value_name = "FILE")]
        file: PathBuf,
        /// Accounts of a thousand that are judged by it
        #[arg(long, value_name = "N", default_value_t = 1000, value_parser = clap::value_parser!(u16).range(1..=1000))]
        per_mille: u16,
        #[command(flatten)]
        server: Server,
    },
    /// Bring an earlier policy into force again
    Rollback {
        /// Its id, as `promote` said
        #[arg(value_name = "POLICY")]
        policy: String,
        #[command(flatten)]
        server: Server,
    },
}

#[derive(Debug, Args)]
struct Server {
    /// The server
    #[arg(long, value_name = "URL")]
    server: String,
    /// File of a token with the scope `admin`
    #[arg(long, value_name = "FILE")]
    token_file: PathBuf,
}

pub(crate) fn run(arguments: &Arguments, console: &mut Console) -> Result<Outcome, Failure> {
    match &arguments.command {
        Command::Show => write!(console.data(), "{DEFAULT}")?,
        Command::Variables => variables(console)?,
        Command::Check { file } => check(&read_policy(file)?, console)?,
        Command::Replay { file, data, since, fail_on_change } => {
            let policy = read_policy(file)?;
            let since = since.as_deref().map(moment).transpose()?.unwrap_or(i64::MIN);
            let changed = replay(&policy, data, since, console)?;
            if *fail_on_change && changed > 0 {
                return Ok(Outcome::Findings);
            }
        }
        Command::Promote { file, per_mille, server } => {
            let policy = read_policy(file)?;
            let body = serde_json::json!({ "text": policy.text(), "per_mille": per_mille });
            let remote = Remote::new(&server.server, &server.token_file)?;
            let answer = remote.post("/api/v1/policies", &body.to_string())?;
            writeln!(console.data(), "{answer:#}")?;
        }
        Command::Rollback { policy, server } => {
            let remote = Remote::new(&server.server, &server.token_file)?;
            let answer = remote.post(&format!("/api/v1/policies/{policy}/promote"), "{}")?;
            writeln!(console.data(), "{answer:#}")?;
        }
    }
    Ok(Outcome::Done)
}

fn moment(text: &str) -> Result<i64, Failure> {
    let moment: jiff::Timestamp = text
        .parse()
        .with_context(|| format!("`{text}` is no time\nhint: such as 2026-11-20T00:00:00Z"))?;
    Ok(moment.as_millisecond())
}

fn variables(console: &mut Console) -> Result<(), Failure> {
    for variable in VARIABLES {
        let note = if variable.provisional { " (not to block)" } else { "" };
        let (name, kind) = (variable.name, variable.variable_type.as_str());
        writeln!(console.data(), "{name:<24} {kind:<7} {}{note}", variable.description)?;
    }
    Ok(())
}

fn check(policy: &Policy, console: &mut Console) -> Result<(), Failure> {
    writeln!(console.data(), "{}", policy.id())?;
    let changed = Policy::standard().difference(policy);
    if !changed.is_empty() {
        console.note("other than the default", changed.join(", "))?;
    }
    Ok(())
}

fn replay(
    policy: &Policy,
    data: &std::path::Path,
    since: i64,
    console: &mut Console,
) -> Result<u64, Failure> {
    let review = review(data, policy, since, &mut |change| {
        serde_json::to_writer(console.data(), change)?;
        writeln!(console.data())
    })?;
    console.note("looked at", counted(review.decisions, "decision", "decisions"))?;
    for (change, decisions) in &review.changes {
        console.note(change, counted(*decisions, "decision", "decisions"))?;
    }
    Ok(review.changed)
}
