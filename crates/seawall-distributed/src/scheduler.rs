//! `seawall-distributed scheduler`: who does what next?

use std::{net::IpAddr, sync::Arc};

use anyhow::Context as _;
use ballista_core::config::TaskSchedulingPolicy;
use ballista_scheduler::{
    cluster::BallistaCluster, config::SchedulerConfig, scheduler_process::start_server,
};
use clap::Args;
use datafusion::{execution::SessionStateBuilder, prelude::SessionConfig};

use crate::kernels;

const EXAMPLES: &str = "\
Examples:
  seawall-distributed scheduler --bind 10.0.0.1
  seawall-distributed scheduler --bind 10.0.0.1 --port 50050 --lost-after 15

Whoever reaches the port can have plans run on the executors: nobody is asked who they are.
Bind to an address of a private network.";

/// Hand out work to executors
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// Address of this host that executors and clients reach
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1")]
    bind: IpAddr,
    /// Port to listen on
    #[arg(long, value_name = "PORT", default_value_t = crate::SCHEDULER_PORT)]
    port: u16,
    /// Seconds of silence after which an executor's work is given to others; one that is busy speaks every five
    #[arg(long, value_name = "SECONDS", default_value_t = 20, value_parser = clap::value_parser!(u64).range(8..))]
    lost_after: u64,
}

pub(crate) async fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let config = Arc::new(config(arguments));
    let cluster = BallistaCluster::new_from_config(&config).await?;
    let address = (arguments.bind, arguments.port).into();
    crate::note(&format!("scheduler listens on {address}"));
    start_server(cluster, address, config)
        .await
        .with_context(|| format!("could not listen on {address}"))
}

fn config(arguments: &Arguments) -> SchedulerConfig {
    let session = |config: SessionConfig| {
        let mut state =
            SessionStateBuilder::new().with_default_features().with_config(config).build();
        kernels::register(&mut state)?;
        Ok(state)
    };
    SchedulerConfig {
        bind_host: crate::host(arguments.bind),
        external_host: crate::host(arguments.bind),
        bind_port: arguments.port,
        // Executors come and ask: nothing needs to reach them but those who fetch what they made.
        scheduling_policy: TaskSchedulingPolicy::PullStaged,
        executor_timeout_seconds: arguments.lost_after,
        expire_dead_executor_interval_seconds: (arguments.lost_after / 4).max(1),
        no_executors_grace_period_seconds: arguments.lost_after,
        // Each question is counted once: what was shuffled for it is of no use afterwards.
        finished_job_data_clean_up_interval_seconds: 60,
        finished_job_state_clean_up_interval_seconds: 600,
        override_session_builder: Some(Arc::new(session)),
        ..SchedulerConfig::default()
    }
}
