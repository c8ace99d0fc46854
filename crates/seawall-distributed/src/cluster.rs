//! How is a cluster asked to count?
//!
//! A question is a few files in the folder that all hosts see, and a plan over them that names our functions. Every question
//! is a function of its files: whatever becomes of it, it may be asked again. It is, a few times, and each time for so long
//! and no longer. What comes back is counted; only what adds up is an answer.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::{
        OnceLock,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use anyhow::Context as _;
use ballista::prelude::{SessionConfigExt as _, SessionContextExt as _};
use datafusion::{
    arrow::{
        array::{Array as _, AsArray as _, RecordBatch},
        datatypes::{ArrowPrimitiveType, Int64Type, UInt32Type, UInt64Type},
    },
    execution::{SendableRecordBatchStream, SessionStateBuilder},
    functions_aggregate::expr_fn::count,
    logical_expr::{Partitioning, col, lit},
    prelude::{DataFrame, ParquetReadOptions, SessionConfig, SessionContext},
};
use futures::TryStreamExt as _;
use seawall_core::selector::Kind;
use seawall_engine::{
    Error,
    count::Grouped,
    spread::{
        Carried, Flaw, Gather, Here, Keep, Pair,
        grouping::{Part, join},
        pairing::Counted,
    },
};
use tempfile::TempDir;
use tokio::runtime::Runtime;

use crate::{columns, kernels};

/// Times that a question is asked before the detection gives up.
const ATTEMPTS: u32 = 3;
/// How long the scheduler may take to answer at all.
const CONNECTING: Duration = Duration::from_secs(10);
/// Until a question is asked again.
const PAUSE: Duration = Duration::from_secs(2);
/// Rows that a part should have, so that its answer is small and there are several for each executor.
const PART_ROWS: u64 = 1 << 16;
/// Leading bits that say which part a hash is in.
const BITS_MIN: u32 = 6;
const BITS_MAX: u32 = 16;

/// Where the cluster is, and how it is asked.
#[derive(Debug)]
pub(crate) struct Settings {
    /// Host and port of the scheduler.
    pub(crate) scheduler: String,
    /// Folder that all hosts see under this path.
    pub(crate) shared: PathBuf,
    /// Parts that a question is cut into for executors.
    pub(crate) partitions: usize,
    /// Rows from which it is worth the way.
    pub(crate) rows_least: usize,
    /// How long an answer may take.
    pub(crate) patience: Duration,
    /// Threads for what is counted here.
    pub(crate) threads: usize,
}

/// A cluster that counts.
pub(crate) struct Cluster {
    settings: Settings,
    runtime: Runtime,
    context: SessionContext,
    /// Files of questions; deleted with this.
    folder: TempDir,
    questions: AtomicU64,
    /// Why a question was given up: no further one is asked then.
    given_up: OnceLock<String>,
    here: Here,
}

impl Cluster {
    /// Gets ready to ask; fails where no scheduler listens, or the shared folder cannot be written to.
    pub(crate) fn connect(settings: Settings) -> anyhow::Result<Self> {
        let runtime = Runtime::new().context("could not start threads for the network")?;
        let scheduler = &settings.scheduler;
        let listens = runtime.block_on(async {
            let connecting = tokio::net::TcpStream::connect(scheduler.as_str());
            tokio::time::timeout(CONNECTING, connecting).await.map_err(std::io::Error::from)?
        });
        listens.with_context(|| format!("no scheduler answers at {scheduler}"))?;
        let folder =
            tempfile::Builder::new().prefix("seawall-counting-").tempdir_in(&settings.shared);
        let folder = folder.with_context(|| {
            format!("could not write to the shared folder {}", settings.shared.display())
        })?;
        let state = SessionStateBuilder::new()
            .with_default_features()
            .with_config(session_config(settings.partitions))
            .build();
        let url = format!("df://{scheduler}");
        let mut context = runtime.block_on(SessionContext::remote_with_state(&url, state))?;
        // Only now: what the state knew before has been replaced.
        kernels::register(&mut context)?;
        let here = Here::new(settings.threads);
        let (questions, given_up) = (AtomicU64::new(0), OnceLock::new());
        Ok(Self { settings, runtime, context, folder, questions, given_up, here })
    }

    /// Asks about what `write` puts into a folder, until `once` has an answer.
    fn ask<T>(
        &self,
        about: &str,
        write: impl FnOnce(&Path) -> datafusion::parquet::errors::Result<()>,
        once: impl AsyncFn(DataFrame) -> datafusion::common::Result<T>,
    ) -> Result<T, Error> {
        let number = self.questions.fetch_add(1, Ordering::Relaxed);
        let folder = self.folder.path().join(number.to_string());
        fs_err::create_dir(&folder).map_err(|error| elsewhere(described(about, &error)))?;
        write(&folder).map_err(|error| elsewhere(described(about, &error)))?;
        let answer = self.ask_again(about, &folder, once);
        // What is left goes with the folder of all questions.
        let _ = fs_err::remove_dir_all(&folder);
        answer
    }

    fn ask_again<T>(
        &self,
        about: &str,
        folder: &Path,
        once: impl AsyncFn(DataFrame) -> datafusion::common::Result<T>,
    ) -> Result<T, Error> {
        let mut attempt = 1;
        loop {
            if let Some(why) = self.given_up.get() {
                return Err(elsewhere(why.clone()));
            }
            let asked = async {
                let path = format!("{}/", folder.display());
                let frame = self.context.read_parquet(path, ParquetReadOptions::default()).await?;
                once(frame).await
            };
            let patient = async { tokio::time::timeout(self.settings.patience, asked).await };
            let why = match self.runtime.block_on(patient) {
                Ok(Ok(answer)) => return Ok(answer),
                Ok(Err(error)) => described(about, &error),
                Err(_) => described(about, &"no answer in the time that it may take"),
            };
            if attempt == ATTEMPTS {
                // The first to give up says why.
                return Err(elsewhere(self.given_up.get_or_init(|| why).clone()));
            }
            attempt += 1;
            crate::note(&format!("asking again: {why}"));
            self.runtime.block_on(async { tokio::time::sleep(PAUSE).await });
        }
    }
}

/// How plans are cut and connections watched. It travels with every question.
fn session_config(partitions: usize) -> SessionConfig {
    SessionConfig::new_with_ballista()
        .with_target_partitions(partitions)
        // Asks after each question anew, so that a connection that is cut is found out.
        .set_str("ballista.client.pull", "true")
        .set_str("ballista.client.grpc_tcp_keepalive_seconds", "10")
        .set_str("ballista.client.grpc_http2_keepalive_interval_seconds", "5")
        .set_str("ballista.client.grpc_connect_timeout_seconds", "5")
        .set_str("ballista.planner.adaptive.enabled", "false")
}

fn described(about: &str, error: &impl ToString) -> String {
    format!("{about}: {}", error.to_string().replace('\n', " "))
}

fn elsewhere(message: String) -> Error {
    let hint = "see what scheduler and executors say, and detect again; nothing was written";
    Error::Elsewhere { message, hint }
}

/// Leading bits for so many rows.
fn bits_for(rows: u64) -> u32 {
    (rows / PART_ROWS).max(1).ilog2().clamp(BITS_MIN, BITS_MAX)
}

impl Gather for Cluster {
    fn group(&self, kind: &Kind, values: &[u64]) -> Result<Grouped, Error> {
        let present = values.iter().filter(|value| **value != 0).count();
        if present < self.settings.rows_least.max(1) {
            return self.here.group(kind, values);
        }
        let (files, bits) = (self.settings.partitions, bits_for(present as u64));
        let write = |folder: &Path| columns::write_values(folder, files, bits, values);
        let about = format!("grouping `{}`", kind.name);
        self.ask(&about, write, async |rows| {
            let by_part = Partitioning::Hash(vec![col(columns::PART)], files);
            let found = kernels::group().call(vec![col(columns::HASH), col(columns::ROW)]);
            let answer = rows
                .repartition(by_part)?
                .aggregate(vec![col(columns::PART)], vec![found.alias("found")])?
                .unnest_columns(&["found"])?;
            let parts = parts(answer.execute_stream().await?).await?;
            join(values, bits, parts).map_err(external)
        })
    }

    fn pairs(&self, carried: &Carried<'_>, keep: &Keep<'_>) -> Result<Vec<Pair>, Error> {
        if carried.places() < self.settings.rows_least.max(1) {
            return self.here.pairs(carried, keep);
        }
        let write =
            |folder: &Path| columns::write_bundles(folder, self.settings.partitions, carried);
        self.ask("counting pairs", write, async |bundles| {
            let pair = kernels::pairs().call(vec![col(columns::BUNDLE)]);
            let answer = bundles
                .select(vec![pair.alias("pair")])?
                .unnest_columns(&["pair"])?
                .aggregate(vec![col("pair")], vec![count(lit(1)).alias("accounts")])?;
            let mut stream = answer.execute_stream().await?;
            let mut counted = Counted::new(carried, keep);
            while let Some(batch) = stream.try_next().await? {
                let pairs = numbers::<UInt64Type>(&batch, 0)?;
                let accounts = numbers::<Int64Type>(&batch, 1)?;
                for (pair, accounts) in pairs.iter().zip(accounts) {
                    counted.take(*pair, accounts.cast_unsigned()).map_err(external)?;
                }
            }
            counted.finish().map_err(external)
        })
    }
}

/// A column of an answer, if it is what was asked for.
fn numbers<T: ArrowPrimitiveType>(
    batch: &RecordBatch,
    column: usize,
) -> datafusion::common::Result<&[T::Native]> {
    let numbers = batch.column(column).as_primitive_opt::<T>();
    let numbers = numbers.filter(|numbers| numbers.null_count() == 0);
    numbers.map(|numbers| &**numbers.values()).ok_or_else(|| external(Flaw::Foreign))
}

fn external(flaw: Flaw) -> datafusion::common::DataFusionError {
    datafusion::common::DataFusionError::External(Box::new(flaw))
}

/// The parts that executors grouped. Of each there is first how many rows it has: no number of a value is above it.
async fn parts(mut stream: SendableRecordBatchStream) -> datafusion::common::Result<Vec<Part>> {
    let mut parts: BTreeMap<u32, Part> = BTreeMap::new();
    while let Some(batch) = stream.try_next().await? {
        let answered = numbers::<UInt32Type>(&batch, 0)?;
        let found = numbers::<UInt64Type>(&batch, 1)?;
        for (number, found) in answered.iter().zip(found) {
            let part = parts.entry(*number).or_default();
            part.part = *number;
            if found >> 32 == 0 {
                part.rows += found;
            } else {
                part.shared.push(*found);
            }
        }
    }
    Ok(parts.into_values().collect())
}
