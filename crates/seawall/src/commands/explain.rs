//! `seawall explain`: why is this account in a campaign?

use std::{io::Write, path::PathBuf};

use clap::Args;
use seawall_charts::{
    period,
    text::{bits, confidence, counted, stated_bits, visible},
    waterfall::{Meaning, Step, member_steps},
    words::{self, Titles},
};
use seawall_core::{
    campaign::findings::{Campaign, Explanation, FAMILIES, Member},
    selector::Family,
};
use seawall_engine::output::{MEMBERS, StoredRun};
use serde::Serialize;

use crate::{
    console::{Console, SOFT, STRONG},
    failure::{Failure, Outcome},
    format::AnswerFormat,
    waterfall::{self, Bar},
};

const EXAMPLES: &str = "\
Examples:
  seawall explain 48213377 --run run
  seawall explain 48213377 --run run --format json
  seawall explain 48213377 --run s3://fraud/runs/march

Give the account id as the site knows it. The numbers are those of members.csv and of the report;
the files are checked against manifest.json first.";

const SCHEMA: &str = "seawall.explanation/v1";
/// Bits below which a family says nothing worth a line.
const BITS_MIN: f64 = 0.05;

/// Say why an account is in a campaign, in bits
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// The site's account id
    #[arg(value_name = "ACCOUNT")]
    account: String,
    /// Folder or URL of the run, as given to `seawall detect --out`
    #[arg(long, value_name = "DIR")]
    run: PathBuf,
    /// Form of the answer
    #[arg(long, value_enum, default_value_t)]
    format: AnswerFormat,
}

#[derive(Serialize)]
struct Answer<'a> {
    schema: &'static str,
    account: &'a str,
    member: bool,
    memberships: Vec<Membership>,
}

/// A campaign that the account is a member of.
#[derive(Serialize)]
struct Membership {
    /// Line of `members.csv`.
    line: u64,
    evidence: Member,
    campaign: Campaign,
}

pub(crate) fn run(arguments: &Arguments, console: &mut Console) -> Result<Outcome, Failure> {
    let run = StoredRun::open(&arguments.run)?;
    let mut memberships = Vec::new();
    for row in run.members(&arguments.account)? {
        if let Some(campaign) = run.campaign(&row.member.campaign)? {
            memberships.push(Membership { line: row.line, evidence: row.member, campaign });
        }
    }
    match arguments.format {
        AnswerFormat::Json => {
            let account = &arguments.account;
            let member = !memberships.is_empty();
            let answer = Answer { schema: SCHEMA, account, member, memberships };
            serde_json::to_writer_pretty(&mut *console.data(), &answer)?;
            writeln!(console.data())?;
        }
        AnswerFormat::Table if memberships.is_empty() => {
            no_member(&run, &arguments.account, console)?;
        }
        AnswerFormat::Table => {
            let titles = Titles::new(&run.findings()?.run.kinds);
            let width = console.width;
            for membership in &memberships {
                people(console.data(), membership, &titles, width)?;
            }
        }
    }
    Ok(Outcome::Done)
}

fn no_member(run: &StoredRun, account: &str, console: &mut Console) -> Result<(), Failure> {
    let counts = run.manifest().counts;
    writeln!(
        console.data(),
        "Account {} is not a member of any of the {} of this run.",
        visible(account, 256),
        counted(counts.campaigns, "campaign", "campaigns")
    )?;
    console.hint(format!(
        "{MEMBERS} lists {}; an account that is not there may still be in the input, or its id may be written differently",
        counted(counts.members, "member", "members")
    ))
}

fn people(
    out: &mut dyn Write,
    membership: &Membership,
    titles: &Titles,
    width: usize,
) -> Result<(), Failure> {
    let Membership { line, evidence, campaign } = membership;
    writeln!(
        out,
        "{STRONG}Account {} belongs to campaign {}{STRONG:#}",
        visible(&evidence.account, 256),
        visible(&campaign.campaign, 20)
    )?;
    writeln!(
        out,
        "{SOFT}{} · {} · {} · {MEMBERS} line {line}{SOFT:#}\n",
        visible(&campaign.name, 72),
        counted(campaign.accounts, "account", "accounts"),
        period(&campaign.first_seen, &campaign.last_seen),
    )?;
    waterfall::write(out, &bars(evidence, titles), width)?;
    writeln!(out, "\nProbability of membership: {}", confidence(evidence.confidence))?;
    shares(out, membership, width)?;
    weighed(out, &campaign.explanations, width)?;
    if !campaign.counter_evidence.is_empty() {
        writeln!(out, "\n{STRONG}What speaks against the campaign{STRONG:#}")?;
        for sentence in &campaign.counter_evidence {
            paragraph(out, "  - ", sentence, width)?;
        }
    }
    let standing = format!(
        "The campaign stands at {} bits for each account against the most favourable innocent explanation, {} with \
         nothing excused.",
        bits(campaign.bits),
        bits(campaign.bits_unexcused)
    );
    writeln!(out)?;
    paragraph(out, "", &standing, width)
}

/// The prior, each family that says anything, strongest first, and their sum.
fn bars(member: &Member, titles: &Titles) -> Vec<Bar> {
    let families: Vec<(Family, f64, String)> = FAMILIES
        .into_iter()
        .zip(member.family_bits)
        .zip(&member.family_kinds)
        .map(|((family, bits), kind)| (family, bits, kind.clone()))
        .collect();
    let steps = member_steps(member.prior_bits, &families, member.bits, titles);
    let bar = |step: Step| Bar {
        total: step.meaning == Meaning::Total,
        light: step.meaning == Meaning::Prior,
        label: step.label,
        detail: step.detail,
        bits: step.bits,
    };
    steps.into_iter().map(bar).collect()
}

/// What the campaign shares, in the families that bind this account to it.
fn shares(out: &mut dyn Write, membership: &Membership, width: usize) -> Result<(), Failure> {
    writeln!(out, "\n{STRONG}What its members share{STRONG:#}")?;
    for family in &membership.campaign.families {
        let column = FAMILIES.iter().position(|known| *known == family.family);
        let own = column.map_or(0.0, |column| membership.evidence.family_bits[column]);
        let note = match (family.excused, own >= BITS_MIN) {
            (true, _) => " (excused)",
            (false, true) => "",
            (false, false) => " (not this account)",
        };
        let text = format!("{}{note}: {}", words::family(family.family), family.statement);
        paragraph(out, "  - ", &text, width)?;
    }
    Ok(())
}

fn weighed(out: &mut dyn Write, explanations: &[Explanation], width: usize) -> Result<(), Failure> {
    writeln!(out, "\n{STRONG}Innocent explanations weighed{STRONG:#}")?;
    for explanation in explanations {
        let standing = match explanation.bits_left {
            Some(left) if explanation.applies => {
                format!("holds, leaves {} bits", stated_bits(left))
            }
            _ => "does not hold".to_owned(),
        };
        paragraph(
            out,
            "  - ",
            &format!("{} ({standing}): {}", explanation.name, explanation.reason),
            width,
        )?;
    }
    Ok(())
}

/// Wraps a text at spaces; following lines stand below the text, not below the mark.
fn paragraph(out: &mut dyn Write, mark: &str, text: &str, width: usize) -> Result<(), Failure> {
    let text = visible(text, 1_000);
    let indent = mark.chars().count();
    let room = width.saturating_sub(indent).max(20);
    let mut line = String::new();
    let mut start = mark.to_owned();
    for word in text.split(' ') {
        if !line.is_empty() && line.chars().count() + 1 + word.chars().count() > room {
            writeln!(out, "{start}{line}")?;
            start = " ".repeat(indent);
            line.clear();
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    writeln!(out, "{start}{line}")?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use seawall_core::campaign::findings::fixture;
    use seawall_engine::output::{Overwrite, Provenance, RunWriter};

    use super::{AnswerFormat, Arguments, run};
    use crate::console::Console;

    fn stored() -> tempfile::TempDir {
        let folder = tempfile::tempdir().expect("a folder");
        let findings = fixture::findings();
        let members = fixture::members(&findings);
        let writer = RunWriter::create(folder.path(), Overwrite::OwnRun).expect("ready");
        writer
            .finish(
                &findings,
                &members,
                &seawall_core::decision::snapshot::Snapshot::empty(),
                "",
                Provenance::default(),
            )
            .expect("written");
        folder
    }

    fn explain(folder: &std::path::Path, account: &str, format: AnswerFormat) -> (String, String) {
        let (mut console, out, messages) = Console::kept(100);
        let arguments = Arguments { account: account.to_owned(), run: folder.to_owned(), format };
        run(&arguments, &mut console).expect("explained");
        (out.text(), messages.text())
    }

    #[test]
    fn a_member_and_its_evidence() {
        let folder = stored();
        let (shown, messages) = explain(folder.path(), "91f2-00000", AnswerFormat::Table);
        assert_eq!(messages, "");
        insta::assert_snapshot!("explain-strong", shown);
        insta::assert_snapshot!(
            "explain-weak",
            explain(folder.path(), "07aa-00030", AnswerFormat::Table).0
        );
        assert!(shown.lines().all(|line| line.chars().count() <= 100));
    }

    #[test]
    fn the_document_says_the_numbers_of_the_files() {
        let folder = stored();
        let (text, _) = explain(folder.path(), "d331-00095", AnswerFormat::Json);
        let answer: serde_json::Value = serde_json::from_str(&text).expect("JSON");
        assert_eq!(answer["member"], true);
        let membership = &answer["memberships"][0];
        assert_eq!(membership["campaign"]["accounts"], 96);
        // The header, 612 and 3,480 members stand before those of the third campaign.
        assert_eq!(membership["line"], 1 + 612 + 3_480 + 96);
        let bits = |value: &serde_json::Value| value.as_f64().expect("a number");
        let families = membership["evidence"]["family_bits"].as_array().expect("a list");
        let sum =
            bits(&membership["evidence"]["prior_bits"]) + families.iter().map(bits).sum::<f64>();
        assert!((sum - bits(&membership["evidence"]["bits"])).abs() < 0.01);
    }

    #[test]
    fn no_member_is_an_answer_too() {
        let folder = stored();
        let (shown, messages) = explain(folder.path(), "nobody\u{1b}[2J", AnswerFormat::Table);
        assert_eq!(
            shown,
            "Account nobody\\u{1b}[2J is not a member of any of the 4 campaigns of this run.\n"
        );
        assert!(messages.starts_with("hint: members.csv lists 4,219 members"), "{messages}");
        let (text, _) = explain(folder.path(), "nobody", AnswerFormat::Json);
        let answer: serde_json::Value = serde_json::from_str(&text).expect("JSON");
        assert_eq!(answer["member"], false);
    }

    #[test]
    fn a_changed_or_absent_run_is_refused() {
        let folder = stored();
        let members = folder.path().join("members.csv");
        let text = fs_err::read_to_string(&members).expect("a file").replacen("612", "613", 1);
        fs_err::write(&members, text + "x").expect("written");
        let exit = |path: &std::path::Path| {
            let (mut console, ..) = Console::kept(100);
            let arguments = Arguments {
                account: "91f2-00000".to_owned(),
                run: path.to_owned(),
                format: AnswerFormat::Table,
            };
            run(&arguments, &mut console).expect_err("refused").exit().code()
        };
        assert_eq!(exit(folder.path()), 7);
        assert_eq!(exit(&folder.path().join("elsewhere")), 3);
    }
}
