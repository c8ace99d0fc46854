//! Which account model is asked, and what would another one say?
//!
//! The champion decides. A challenger is asked about the same signups when their records are written, so nobody waits for
//! it and nothing comes of it but numbers. What it would have meant for accounts that people labelled follows from the
//! records at any time: `seawall train compare`.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use seawall_core::decision::{record::Record, scored::Ready};
use seawall_store::journal::Entry;
use serde::{Deserialize, Serialize};
use tokio::sync::oneshot;

use super::{
    Answered, Error, Service,
    entry::{CHALLENGER, MODEL},
    locked,
};

/// What an account model is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Role {
    /// Decisions ask it.
    #[default]
    Champion,
    /// It is only compared.
    Challenger,
}

/// Signups that both were asked about since the start of the server, by who was over for whom.
#[derive(Debug, Default)]
pub(crate) struct Compared {
    counts: [AtomicU64; 4],
}

/// Who was over for whom, in the order of [`Compared`].
pub(crate) const OVER: [&str; 4] = ["neither", "champion", "challenger", "both"];

impl Compared {
    fn add(&self, champion: bool, challenger: bool) {
        let index = usize::from(champion) + 2 * usize::from(challenger);
        self.counts[index].fetch_add(1, Ordering::Relaxed);
    }

    /// Counts, in the order of [`OVER`].
    pub(crate) fn counts(&self) -> [u64; 4] {
        std::array::from_fn(|index| self.counts[index].load(Ordering::Relaxed))
    }

    fn forget(&self) {
        for count in &self.counts {
            count.store(0, Ordering::Relaxed);
        }
    }
}

impl Service {
    /// Takes the file of an account model in; its id. It is asked once it is [promoted](Self::promote_model).
    pub(crate) fn take_model(&self, bytes: &[u8]) -> Result<String, Error> {
        Ok(self.keeper.data().keep_model(bytes)?.id)
    }

    /// From now on a model that was taken in is asked, or none.
    pub(crate) fn promote_model(
        &self,
        role: Role,
        id: Option<&str>,
    ) -> Result<oneshot::Receiver<Answered<u64>>, Error> {
        let kind = match role {
            Role::Champion => MODEL,
            Role::Challenger => CHALLENGER,
        };
        // What was counted was about others.
        self.compared.forget();
        self.write(vec![Entry { kind, content: id.unwrap_or_default().as_bytes().to_vec() }])
    }

    /// Ids of champion and challenger.
    pub(crate) fn models(&self) -> [Option<String>; 2] {
        let state = locked(&self.state);
        [state.live.model(), state.challenger.as_ref()].map(|own| own.map(|model| model.id.clone()))
    }

    pub(crate) fn compared(&self) -> &Compared {
        &self.compared
    }

    /// Asks the challenger about decisions that the champion was asked about.
    pub(super) fn compare_models(&self, records: &[Arc<Record>]) {
        let Some(challenger): Option<Arc<Ready>> = locked(&self.state).challenger.clone() else {
            return;
        };
        let loaded = Arc::clone(&locked(&self.shared.current).0);
        for record in records {
            let Some(champion) = &record.decision.model else { continue };
            // Those of a snapshot that no longer counts are few, and passed over.
            if record.snapshot != loaded.id || champion.model == challenger.id {
                continue;
            }
            if let Some(scored) = challenger.ask(&loaded, &record.inputs) {
                self.compared.add(champion.over, scored.over);
            }
        }
    }
}
