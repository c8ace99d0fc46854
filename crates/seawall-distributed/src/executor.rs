//! `seawall-distributed executor`: who does the work?

use std::{net::IpAddr, num::NonZero, path::PathBuf, sync::Arc};

use anyhow::Context as _;
use ballista_core::{config::TaskSchedulingPolicy, registry::BallistaFunctionRegistry};
use ballista_executor::executor_process::{ExecutorProcessConfig, start_executor_process};
use bytesize::ByteSize;
use clap::Args;

use crate::kernels;

const EXAMPLES: &str = "\
Examples:
  seawall-distributed executor --bind 10.0.0.2 --scheduler 10.0.0.1:50050 --work /var/tmp/seawall
  seawall-distributed executor --bind 10.0.0.3 --scheduler 10.0.0.1:50050 --cores 8 --memory 16GiB

The folder that `detect --shared` names has to be there under the same path. Whoever reaches the port
can fetch what is shuffled: bind to an address of a private network.";

/// Count for a scheduler
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// Address of this host that other executors and clients reach
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1")]
    bind: IpAddr,
    /// Port to listen on
    #[arg(long, value_name = "PORT", default_value_t = 50051)]
    port: u16,
    /// The scheduler
    #[arg(long, value_name = "HOST:PORT", value_parser = crate::host_and_port)]
    scheduler: (String, u16),
    /// Seconds to wait for the scheduler at the start
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    wait: u16,
    /// Tasks at the same time [default: one for each core]
    #[arg(long, value_name = "N")]
    cores: Option<NonZero<usize>>,
    /// Memory for all tasks together; beyond, they spill [default: 70 % of what the host has]
    #[arg(long, value_name = "SIZE")]
    memory: Option<ByteSize>,
    /// Folder for what is shuffled and spilled; a folder within it is made, and deleted at the end
    #[arg(long, value_name = "DIR", default_value_os_t = std::env::temp_dir())]
    work: PathBuf,
}

pub(crate) async fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let work = tempfile::Builder::new().prefix("seawall-executor-").tempdir_in(&arguments.work);
    let work = work.with_context(|| format!("could not write to {}", arguments.work.display()))?;
    let work_path = work.path().to_str().context("the work folder is not UTF-8")?.to_owned();
    let (scheduler_host, scheduler_port) = arguments.scheduler.clone();
    crate::note(&format!("executor listens on {}:{}", crate::host(arguments.bind), arguments.port));
    let ended = start_executor_process(Arc::new(ExecutorProcessConfig {
        bind_host: crate::host(arguments.bind),
        external_host: Some(crate::host(arguments.bind)),
        port: arguments.port,
        scheduler_host,
        scheduler_port,
        scheduler_connect_timeout_seconds: arguments.wait,
        vcores: arguments.cores.map_or(0, NonZero::get),
        memory_pool_size: arguments.memory.map(|size| size.as_u64()),
        task_scheduling_policy: TaskSchedulingPolicy::PullStaged,
        work_dir: Some(work_path),
        executor_heartbeat_interval_seconds: 2,
        override_function_registry: Some(Arc::new(functions())),
        ..ExecutorProcessConfig::default()
    }));
    ended.await.context("the executor ended")
}

/// What Ballista has, and ours.
fn functions() -> BallistaFunctionRegistry {
    let mut functions = BallistaFunctionRegistry::default();
    let (group, pairs) = (Arc::new(kernels::group()), Arc::new(kernels::pairs()));
    functions.aggregate_functions.insert(group.name().to_owned(), group);
    functions.scalar_functions.insert(pairs.name().to_owned(), pairs);
    functions
}
