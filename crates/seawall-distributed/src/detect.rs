//! `seawall-distributed detect`: which campaigns are in these logs, counted on a cluster?

use std::{path::PathBuf, time::Duration};

use anyhow::Context as _;
use bytesize::ByteSize;
use clap::Args;
use seawall_core::event::Reject;
use seawall_engine::{
    detect::{DetectOptions, Detection, Room, Step, detect_with},
    output::{FileDigest, Overwrite, Provenance, RunWriter},
    read::{FieldMap, Source},
};

use crate::{
    cluster::{Cluster, Settings},
    knowledge,
};

const EXAMPLES: &str = "\
Examples:
  seawall-distributed detect logs/ --out run --scheduler 10.0.0.1:50050 --shared /mnt/shared
  seawall-distributed detect 's3://logs/2026-03/*.parquet' --out s3://fraud/runs/march \\
      --scheduler 10.0.0.1:50050 --shared /mnt/shared --partitions 48

Reading, texts and the report are done here; executors group the values of each kind and count pairs
of selectors. What is written is what `seawall detect` writes for the same input, byte for byte.
If executors are lost, others do their work; where it cannot be done, nothing is written.";

/// Find campaigns in event logs, with the counting done on a cluster
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// Files, folders, patterns, the same by URL, or - for standard input
    #[arg(required = true, value_name = "INPUT")]
    inputs: Vec<String>,
    /// Folder or URL for the results; made if absent, an earlier run in it is replaced
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// The scheduler
    #[arg(long, value_name = "HOST:PORT", value_parser = crate::host_and_port)]
    scheduler: (String, u16),
    /// Folder that all hosts see under this path; hashes go there, and are deleted
    #[arg(long, value_name = "DIR")]
    shared: PathBuf,
    /// Parts that work is cut into: two or three for each core of the executors
    #[arg(long, value_name = "N", default_value_t = 16, value_parser = clap::builder::RangedU64ValueParser::<usize>::new().range(1..=4096))]
    partitions: usize,
    /// Rows from which work goes to the executors; less is done here sooner
    #[arg(long, value_name = "ROWS", default_value_t = 200_000)]
    rows_least: usize,
    /// Seconds that an answer may take before it is asked for again, three times in all
    #[arg(long, value_name = "SECONDS", default_value_t = 600)]
    patience: u64,
    #[command(flatten)]
    knowledge: knowledge::Files,
    /// Report campaigns from so many bits
    #[arg(long, value_name = "BITS", default_value_t = 4.0, value_parser = report_bits)]
    report_bits: f64,
    /// Threads on this host [default: one for each core]
    #[arg(long, value_name = "N")]
    threads: Option<std::num::NonZero<usize>>,
    /// Memory for what events say
    #[arg(long, value_name = "SIZE", default_value = "4GiB")]
    memory: ByteSize,
    /// Disk of this host for what does not fit in memory
    #[arg(long, value_name = "SIZE", default_value = "64GiB")]
    spill: ByteSize,
    /// Folder of this host for that
    #[arg(long, value_name = "DIR", default_value_os_t = std::env::temp_dir())]
    spill_folder: PathBuf,
    /// Show personal values in clear instead of masked
    #[arg(long)]
    reveal: bool,
    /// Write to DIR even though it holds something else
    #[arg(long)]
    force: bool,
}

/// Detects and writes the run; nothing half-written is left where it fails.
pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let map = arguments.knowledge.map.as_deref().map(FieldMap::open).transpose()?;
    let source = Source::open(&arguments.inputs, map.as_ref())?;
    let options = options(arguments)?;
    let cluster = Cluster::connect(settings(arguments, options.threads))?;
    let overwrite = if arguments.force { Overwrite::Force } else { Overwrite::OwnRun };
    let mut writer = RunWriter::create(&arguments.out, overwrite)?;
    let mut failed = None;
    let mut reject = |reject: Reject| {
        if failed.is_none() {
            failed = writer.reject(&reject).err();
        }
    };
    let found = detect_with(&source, &options, &cluster, None, &mut reject, &mut show);
    if let Some(error) = failed {
        return Err(error.into());
    }
    let Detection { mut findings, members, snapshot, .. } = found?;
    findings.run.rejects = writer.rejects();
    let report = seawall_documents::report_html(&findings);
    let provenance = provenance(arguments, &source)?;
    writer.finish(&findings, &members, &snapshot, &report, provenance)?;
    let (campaigns, run) = (findings.campaigns.len(), &findings.run);
    crate::note(&format!(
        "{campaigns} campaigns among {} accounts, in {}",
        run.accounts,
        arguments.out.display()
    ));
    Ok(())
}

fn options(arguments: &Arguments) -> anyhow::Result<DetectOptions> {
    let threads = arguments.threads.map_or_else(std::thread::available_parallelism, Ok);
    Ok(DetectOptions {
        report_bits: arguments.report_bits,
        threads: threads.context("could not tell how many cores there are: give --threads")?.get(),
        reveal: arguments.reveal,
        knowledge: arguments.knowledge.read()?,
        room: Room {
            memory_bytes: arguments.memory.as_u64(),
            spill: arguments.spill_folder.clone(),
            spill_bytes: arguments.spill.as_u64(),
        },
    })
}

fn settings(arguments: &Arguments, threads: usize) -> Settings {
    let (host, port) = &arguments.scheduler;
    Settings {
        scheduler: format!("{host}:{port}"),
        shared: arguments.shared.clone(),
        partitions: arguments.partitions,
        rows_least: arguments.rows_least,
        patience: Duration::from_secs(arguments.patience),
        threads,
    }
}

fn report_bits(text: &str) -> Result<f64, String> {
    let bits = text.parse().ok().filter(|bits| (0.0..=20.0).contains(bits));
    bits.ok_or_else(|| "a number from 0 to 20 is needed; 4 by default".to_owned())
}

fn show(step: Step) {
    if let Step::Stage(name) = step {
        crate::note(name);
    }
}

/// As `seawall detect` has it: where it was counted does not bear on the result.
fn provenance(arguments: &Arguments, source: &Source) -> anyhow::Result<Provenance> {
    let mut config = serde_json::Map::new();
    config.insert("report_bits".to_owned(), arguments.report_bits.into());
    config.insert("reveal".to_owned(), arguments.reveal.into());
    config.extend(arguments.knowledge.names().map(|(key, name)| (key.to_owned(), name.into())));
    let digest = |input: seawall_engine::read::InputDigest| FileDigest {
        file: input.source,
        bytes: input.bytes,
        sha256: input.sha256,
    };
    Ok(Provenance {
        config,
        inputs: source.digests()?.into_iter().map(digest).collect(),
        knowledge: arguments.knowledge.digests()?,
    })
}
