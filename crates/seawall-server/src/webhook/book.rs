//! Which messages still have to be sent, and to whom? A fold over the journal.

use std::collections::{BTreeMap, BTreeSet};

use seawall_core::decision::{Answer, record::Record};
use serde::{Deserialize, Serialize};

use super::{Attempt, Change, Endpoint, Message, Topic};

/// Messages that wait at most; what comes when there are as many is not sent, and counted.
const WAITING_MAX: usize = 100_000;
/// Campaigns in the making that are remembered.
const CAMPAIGNS_MAX: usize = 100_000;
/// How long after each failed attempt a message is tried again: the schedule that the scheme recommends.
const PAUSES_SECONDS: [i64; 9] = [5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400];
/// How long nothing may have arrived at an endpoint until it is left alone.
const FAILING_MILLISECONDS_MAX: i64 = 3 * 86_400_000;

/// A message that waits for an endpoint.
type Waiting = (String, Message);

/// What follows from the journal.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Book {
    endpoints: BTreeMap<String, Endpoint>,
    /// Since when nothing arrived at an endpoint.
    failing: BTreeMap<String, i64>,
    /// Attempts so far, and when the next one is due.
    waiting: BTreeMap<Waiting, (u32, i64)>,
    /// The same by when it is due.
    due: BTreeSet<(i64, Waiting)>,
    /// Campaigns in the making that were told of.
    campaigns: BTreeSet<String>,
    /// Messages for which there was no room.
    pub(crate) lost: u64,
}

/// A part of a book that is kept.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum Kept {
    Endpoint(Endpoint, Option<i64>),
    Waiting(Vec<(Waiting, (u32, i64))>),
    Campaigns(Vec<String>),
    Lost(u64),
}

impl Book {
    /// Takes a decision in. `at` is when its event came, in milliseconds since the Unix epoch.
    pub(crate) fn decided(&mut self, record: &Record, at: i64) {
        let (sequence, answer) = (record.inputs.sequence, record.decision.decision);
        let campaign = record.decision.provisional.as_ref().map(|own| &own.campaign);
        let is_new = campaign.is_some_and(|campaign| {
            self.campaigns.len() < CAMPAIGNS_MAX
                && !self.campaigns.contains(campaign)
                && self.campaigns.insert(campaign.clone())
        });
        if self.endpoints.is_empty() {
            return;
        }
        self.tell(Message { sequence, topic: Topic::DecisionMade }, answer, at);
        if is_new {
            self.tell(Message { sequence, topic: Topic::CampaignAlarm }, answer, at);
        }
    }

    /// Campaigns in the making are other ones from now on.
    pub(crate) fn forget_campaigns(&mut self) {
        self.campaigns.clear();
    }

    fn tell(&mut self, message: Message, answer: Answer, at: i64) {
        let wanting = self.endpoints.values().filter(|own| own.wants(message.topic, answer));
        let ids: Vec<String> = wanting.map(|own| own.id.clone()).collect();
        for id in ids {
            self.wait((id, message), 0, at);
        }
    }

    fn wait(&mut self, waiting: Waiting, attempts: u32, at: i64) {
        self.forget(&waiting);
        if self.waiting.len() >= WAITING_MAX {
            self.lost += 1;
            return;
        }
        self.due.insert((at, waiting.clone()));
        self.waiting.insert(waiting, (attempts, at));
    }

    fn forget(&mut self, waiting: &Waiting) {
        if let Some((_, at)) = self.waiting.remove(waiting) {
            self.due.remove(&(at, waiting.clone()));
        }
    }

    /// Takes a change of the endpoints in.
    pub(crate) fn change(&mut self, change: Change) {
        match change {
            Change::Put(endpoint) => {
                self.failing.remove(&endpoint.id);
                if endpoint.disabled.is_some() {
                    self.forget_all(&endpoint.id);
                }
                self.endpoints.insert(endpoint.id.clone(), endpoint);
            }
            Change::Removed { id } => {
                self.endpoints.remove(&id);
                self.failing.remove(&id);
                self.forget_all(&id);
            }
            Change::Again { id, message, at } => {
                if self.endpoints.contains_key(&id) {
                    self.wait((id, message), 0, at);
                }
            }
        }
    }

    fn forget_all(&mut self, id: &str) {
        let own: Vec<Waiting> =
            self.waiting.keys().filter(|waiting| waiting.0 == id).cloned().collect();
        for waiting in own {
            self.forget(&waiting);
        }
    }

    /// Takes in what came of an attempt.
    pub(crate) fn attempted(&mut self, attempt: &Attempt) {
        let Some(endpoint) = self.endpoints.get_mut(&attempt.endpoint) else { return };
        let waiting = (attempt.endpoint.clone(), attempt.message);
        if attempt.arrived() {
            self.failing.remove(&attempt.endpoint);
        } else {
            let since = *self.failing.entry(attempt.endpoint.clone()).or_insert(attempt.at);
            let is_gone = attempt.status == Some(410);
            if is_gone || attempt.at.saturating_sub(since) > FAILING_MILLISECONDS_MAX {
                let why = if is_gone {
                    "it said that it is gone"
                } else {
                    "nothing arrived for three days"
                };
                endpoint.disabled = Some(why.to_owned());
                self.forget_all(&attempt.endpoint);
                return;
            }
        }
        match attempt.next_at.filter(|_| self.waiting.contains_key(&waiting)) {
            Some(at) => self.wait(waiting, attempt.attempt, at),
            None => self.forget(&waiting),
        }
    }

    /// An endpoint.
    pub(crate) fn endpoint(&self, id: &str) -> Option<&Endpoint> {
        self.endpoints.get(id)
    }

    /// All of them, by their ids.
    pub(crate) fn endpoints(&self) -> impl Iterator<Item = &Endpoint> {
        self.endpoints.values()
    }

    /// Messages that wait.
    pub(crate) fn waiting(&self) -> usize {
        self.waiting.len()
    }

    /// What is due at a moment, longest first: endpoint, message and the number of the attempt.
    pub(crate) fn due(&self, now: i64) -> impl Iterator<Item = (&Endpoint, Message, u32)> {
        let due = self.due.iter().take_while(move |(at, _)| *at <= now);
        due.filter_map(|(_, waiting)| {
            let (attempts, _) = self.waiting.get(waiting)?;
            Some((self.endpoints.get(&waiting.0)?, waiting.1, attempts + 1))
        })
    }

    /// What has to be kept, in parts.
    pub(crate) fn kept(&self) -> impl Iterator<Item = Kept> {
        let endpoints = self.endpoints.values().map(|endpoint| {
            Kept::Endpoint(endpoint.clone(), self.failing.get(&endpoint.id).copied())
        });
        let waiting: Vec<_> = self.waiting.iter().map(|(own, due)| (own.clone(), *due)).collect();
        let waiting: Vec<Kept> =
            waiting.chunks(1024).map(|own| Kept::Waiting(own.to_vec())).collect();
        let campaigns: Vec<String> = self.campaigns.iter().cloned().collect();
        let campaigns: Vec<Kept> =
            campaigns.chunks(1024).map(|own| Kept::Campaigns(own.to_vec())).collect();
        endpoints.chain(waiting).chain(campaigns).chain([Kept::Lost(self.lost)])
    }

    /// Puts a part back.
    pub(crate) fn put(&mut self, kept: Kept) {
        match kept {
            Kept::Endpoint(endpoint, failing) => {
                self.failing.extend(failing.map(|since| (endpoint.id.clone(), since)));
                self.endpoints.insert(endpoint.id.clone(), endpoint);
            }
            Kept::Waiting(waiting) => {
                for (own, (attempts, at)) in waiting {
                    self.wait(own, attempts, at);
                }
            }
            Kept::Campaigns(campaigns) => self.campaigns.extend(campaigns),
            Kept::Lost(lost) => self.lost = lost,
        }
    }
}

/// When a message is tried again after an attempt that failed at `at`; never after the last one.
pub(crate) fn next_at(attempt: u32, at: i64) -> Option<i64> {
    let pause = PAUSES_SECONDS.get((attempt as usize).checked_sub(1)?)?;
    Some(at + pause * 1000)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn endpoint(id: &str) -> Endpoint {
        Endpoint {
            id: id.to_owned(),
            url: "https://receiver.example/".to_owned(),
            topics: BTreeSet::from([Topic::DecisionMade]),
            decisions: BTreeSet::from([Answer::Block]),
            secrets: Vec::new(),
            disabled: None,
            by: "admin".to_owned(),
            at: 0,
        }
    }

    fn due(book: &Book, now: i64) -> Vec<(String, u64, u32)> {
        book.due(now)
            .map(|(own, message, attempt)| (own.id.clone(), message.sequence, attempt))
            .collect()
    }

    #[test]
    fn a_message_is_tried_again_by_the_schedule_and_then_given_up() {
        let mut book = Book::default();
        book.change(Change::Put(endpoint("one")));
        let message = Message { sequence: 7, topic: Topic::DecisionMade };
        book.tell(message, Answer::Allow, 0);
        assert_eq!(book.waiting(), 0, "an answer that nobody wants");
        book.tell(message, Answer::Block, 0);
        let mut at = 0;
        let mut attempts = 0;
        while let Some((endpoint, sequence, attempt)) = due(&book, at).pop() {
            let message = Message { sequence, topic: Topic::DecisionMade };
            attempts += 1;
            assert_eq!(attempt, attempts);
            let next_at = next_at(attempt, at);
            book.attempted(&Attempt {
                endpoint,
                message,
                attempt,
                at,
                status: Some(500),
                why: None,
                next_at,
            });
            assert!(book.due(at).next().is_none());
            at = next_at.unwrap_or(at);
        }
        assert_eq!((attempts, book.waiting()), (10, 0));
        assert_eq!(at / 1000, PAUSES_SECONDS.iter().sum::<i64>());
        assert!(book.endpoint("one").is_some_and(|own| own.disabled.is_some()), "after three days");
    }

    #[test]
    fn who_says_that_it_is_gone_is_left_alone() {
        let mut book = Book::default();
        book.change(Change::Put(endpoint("one")));
        book.change(Change::Put(endpoint("two")));
        for sequence in [1, 2] {
            book.tell(Message { sequence, topic: Topic::DecisionMade }, Answer::Block, 5);
        }
        assert_eq!(due(&book, 5).len(), 4);
        let message = Message { sequence: 1, topic: Topic::DecisionMade };
        let gone = Attempt {
            endpoint: "one".to_owned(),
            message,
            attempt: 1,
            at: 6,
            status: Some(410),
            why: None,
            next_at: Some(9),
        };
        book.attempted(&gone);
        assert_eq!(due(&book, 100), [("two".to_owned(), 1, 1), ("two".to_owned(), 2, 1)]);
        book.change(Change::Again { id: "two".to_owned(), message, at: 50 });
        assert_eq!(due(&book, 100), [("two".to_owned(), 2, 1), ("two".to_owned(), 1, 1)]);
        let mut again = Book::default();
        for part in book.kept() {
            again.put(part);
        }
        assert_eq!(again, book);
    }

    #[test]
    fn an_id_comes_back_as_its_message() {
        let message = Message { sequence: 0xabc, topic: Topic::CampaignAlarm };
        assert_eq!(Message::parse(&message.id()), Some(message));
        for id in
            ["", "msg_", "msg_0000000000000abc", "msg_0000000000000abcx", "msg_00000000000+0abcd"]
        {
            assert_eq!(Message::parse(id), None, "{id}");
        }
    }
}
