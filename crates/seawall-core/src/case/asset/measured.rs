//! Was it measured that an asset is in the state that was asked for, and is it still?

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{Facts, Method, Observation};
use crate::case::{ContentHash, Id, Moment};

/// Hours that must lie between the first and the last check.
const HOURS_BETWEEN: i64 = 24;
/// Days before a registration runs out from which that is told.
const LAPSE_DAYS: i64 = 60;

/// What a court or operator is asked to bring about. Absent is not asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct EndState {
    /// Status values that must be set (RFC 8056), such as `server hold`.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub statuses: BTreeSet<String>,
    /// The name servers, and no others.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub name_servers: BTreeSet<String>,
    /// The addresses that may answer, and no others.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub addresses: BTreeSet<String>,
    /// Number of the registrar that it must be at.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub registrar_iana_id: Option<u32>,
    /// Hash of the page that must be shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub page_sha256: Option<ContentHash>,
}

impl EndState {
    /// What of it each method can see in `facts`: nothing where the method says nothing of it, else whether all of
    /// it is so, with what differs.
    fn judge(&self, facts: &Facts) -> Option<Vec<String>> {
        let (mut seen, mut wrong) = (false, Vec::new());
        if !self.statuses.is_empty()
            && let Some(statuses) = &facts.statuses
        {
            seen = true;
            let lacking = self.statuses.difference(statuses);
            wrong.extend(lacking.map(|status| format!("status `{status}` is not set")));
        }
        let mut same = |wanted: &BTreeSet<String>, found: &Option<BTreeSet<String>>, what: &str| {
            if wanted.is_empty() {
                return;
            }
            let Some(found) = found else { return };
            seen = true;
            if wanted != found {
                let list =
                    |set: &BTreeSet<String>| set.iter().cloned().collect::<Vec<_>>().join(", ");
                wrong.push(format!("{what}: {} instead of {}", list(found), list(wanted)));
            }
        };
        same(&self.name_servers, &facts.name_servers, "name servers");
        same(&self.addresses, &facts.addresses, "addresses");
        if let (Some(wanted), Some(found)) = (self.registrar_iana_id, facts.registrar_iana_id) {
            seen = true;
            if wanted != found {
                wrong.push(format!("registrar {found} instead of {wanted}"));
            }
        }
        if let (Some(wanted), Some(found)) = (&self.page_sha256, &facts.body_sha256) {
            seen = true;
            if wanted != found {
                wrong.push("another page is shown".to_owned());
            }
        }
        seen.then_some(wrong)
    }

    /// Whether anything is asked for.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// What an asset was verified by.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VerifiedBy {
    /// Two places that saw the same.
    pub vantages: [Id; 2],
    /// Two methods that showed it.
    pub methods: [Method; 2],
    /// The first check of all four.
    pub first: Moment,
    /// The last.
    pub last: Moment,
}

/// Why an asset cannot be called verified.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Missing {
    /// Nothing was asked for.
    #[error("no end state is stated\nhint: record what was ordered; only that can be measured")]
    NoEndState,
    /// The latest checks see something else.
    #[error("it is not as ordered: {}\nhint: what somebody replied does not count", .0.join("; "))]
    Differs(Vec<String>),
    /// Too few checks.
    #[error(
        "two vantages with the same two methods, twice, 24 hours apart, are needed\nhint: so far: {so_far}"
    )]
    TooFew {
        /// What there is.
        so_far: String,
    },
}

/// For each (vantage, method) that can see the end state: since when without a break, until when, and what
/// differed last.
type Runs<'a> = BTreeMap<(&'a Id, Method), (Moment, Moment, Vec<String>)>;

fn runs<'a>(wanted: &EndState, observations: &'a [Observation]) -> Runs<'a> {
    let mut sorted: Vec<&Observation> = observations.iter().collect();
    sorted.sort_by_key(|observation| observation.at);
    let mut runs: Runs<'a> = BTreeMap::new();
    for observation in sorted {
        let Some(wrong) = wanted.judge(&observation.facts) else { continue };
        let key = (&observation.vantage, observation.method);
        match runs.get_mut(&key) {
            Some((_, last, differs)) if wrong.is_empty() && differs.is_empty() => {
                *last = observation.at;
            }
            _ => {
                runs.insert(key, (observation.at, observation.at, wrong));
            }
        }
    }
    runs
}

/// Whether the observations show the end state: the same two methods from two vantages, all four twice, 24 hours
/// or more apart, with nothing else seen between or since.
pub fn verified(wanted: &EndState, observations: &[Observation]) -> Result<VerifiedBy, Missing> {
    if wanted.is_empty() {
        return Err(Missing::NoEndState);
    }
    let runs = runs(wanted, observations);
    let differs: Vec<String> = runs
        .iter()
        .flat_map(|((vantage, method), (_, _, wrong))| {
            wrong.iter().map(move |text| format!("{text} ({}, {vantage})", method.name()))
        })
        .collect();
    if !differs.is_empty() {
        return Err(Missing::Differs(differs));
    }
    let mut vantages: Vec<&Id> = runs.keys().map(|(vantage, _)| *vantage).collect();
    vantages.dedup();
    let methods: BTreeSet<Method> = runs.keys().map(|(_, method)| *method).collect();
    let long = |vantage: &Id, method: Method| {
        let (first, last, _) = runs.get(&(vantage, method))?;
        (last.since(*first).as_hours() >= HOURS_BETWEEN).then_some((*first, *last))
    };
    let pairs =
        |count: usize| (0..count).flat_map(move |one| (one + 1..count).map(move |two| (one, two)));
    let methods: Vec<Method> = methods.into_iter().collect();
    for (one, two) in pairs(vantages.len()) {
        for (this, that) in pairs(methods.len()) {
            let corners = [(one, this), (one, that), (two, this), (two, that)]
                .map(|(vantage, method)| long(vantages[vantage], methods[method]));
            let [Some(a), Some(b), Some(c), Some(d)] = corners else { continue };
            let all = [a, b, c, d];
            return Ok(VerifiedBy {
                vantages: [vantages[one].clone(), vantages[two].clone()],
                methods: [methods[this], methods[that]],
                first: all.iter().map(|(first, _)| *first).min().unwrap_or(a.0),
                last: all.iter().map(|(_, last)| *last).max().unwrap_or(a.1),
            });
        }
    }
    let so_far: Vec<String> = runs
        .iter()
        .map(|((vantage, method), (first, last, _))| {
            format!("{} from {vantage} over {} hours", method.name(), last.since(*first).as_hours())
        })
        .collect();
    let so_far =
        if so_far.is_empty() { "none that can see it".to_owned() } else { so_far.join(", ") };
    Err(Missing::TooFew { so_far })
}

/// What differs from the end state in the latest check of each vantage and method: empty while all is well.
pub fn drift(wanted: &EndState, observations: &[Observation]) -> Vec<String> {
    runs(wanted, observations)
        .into_iter()
        .flat_map(|((vantage, method), (at, _, wrong))| {
            wrong.into_iter().map(move |text| {
                format!("{text} ({} from {vantage}, {})", method.name(), at.date())
            })
        })
        .collect()
}

/// When the registration runs out, where that is within sixty days of `now` or past: seized names lapse too.
pub fn lapses(observations: &[Observation], now: Moment) -> Option<Moment> {
    let latest = observations
        .iter()
        .filter(|observation| observation.facts.expires_at.is_some())
        .max_by_key(|observation| observation.at)?;
    let expires = latest.facts.expires_at?;
    (expires <= now.plus_hours(24 * LAPSE_DAYS)).then_some(expires)
}
