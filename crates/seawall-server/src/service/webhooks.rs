//! Who is told by webhook, and what is due?

use ipnet::IpNet;
use tokio::sync::oneshot;

use super::{
    Answered, Error, Service,
    entry::{ATTEMPT, WEBHOOK, json},
    locked,
};
use crate::webhook::{Attempt, Change, Endpoint, Message};

/// Messages that are looked at to find those that may be sent now.
const DUE_MAX: usize = 1000;

impl Service {
    /// Changes who is told by webhook.
    pub(crate) fn change_webhooks(
        &self,
        change: &Change,
    ) -> Result<oneshot::Receiver<Answered<u64>>, Error> {
        self.write(vec![json(WEBHOOK, change)])
    }

    /// Keeps what came of an attempt to tell somebody.
    pub(crate) fn attempted(
        &self,
        attempt: &Attempt,
    ) -> Result<oneshot::Receiver<Answered<u64>>, Error> {
        self.write(vec![json(ATTEMPT, attempt)])
    }

    /// An endpoint by its id.
    pub(crate) fn endpoint(&self, id: &str) -> Option<Endpoint> {
        locked(&self.state).book.endpoint(id).cloned()
    }

    /// All endpoints, by their ids.
    pub(crate) fn endpoints(&self) -> Vec<Endpoint> {
        locked(&self.state).book.endpoints().cloned().collect()
    }

    /// Messages that are due, at most `max` of those that are `picked`: to whom, which, and the number of the attempt.
    pub(crate) fn due(
        &self,
        now: i64,
        max: usize,
        picked: &mut dyn FnMut(&Endpoint, Message) -> bool,
    ) -> Vec<(Endpoint, Message, u32)> {
        let state = locked(&self.state);
        let looked_at = state.book.due(now).take(DUE_MAX);
        let due = looked_at.filter(|(endpoint, message, _)| picked(endpoint, *message));
        due.take(max)
            .map(|(endpoint, message, attempt)| (endpoint.clone(), message, attempt))
            .collect()
    }

    /// Private networks that webhooks may be sent to.
    pub(crate) fn networks(&self) -> &[IpNet] {
        &self.networks
    }
}
