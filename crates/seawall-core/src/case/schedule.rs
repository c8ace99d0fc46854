//! What is a court asked for, asset by asset: the schedule that orders call Appendix A?

use serde::{Deserialize, Serialize};

use super::{
    ContentHash, Id, Moment,
    asset::{Asset, AssetRole, AssetType, EndState, Method, Observation, Operator, OperatorKind},
};

mod collateral;
mod difference;

pub use collateral::{Hazard, hazards};
pub use difference::{Difference, difference};

/// Hours after which a snapshot is too old for an order to rest on.
pub const FRESH_HOURS: i64 = 72;

/// One asset of the schedule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// Its number, from 1; kept in supplements.
    pub number: u64,
    /// The asset.
    pub asset: Id,
    /// What kind it is.
    #[serde(rename = "type")]
    pub asset_type: AssetType,
    /// What names it, in ASCII.
    pub identifier: String,
    /// The same as people read it.
    pub display: String,
    /// The top-level domain.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub top_level: Option<String>,
    /// What the operation uses it for.
    pub role: AssetRole,
    /// Who could act on it, each a respondent.
    pub respondents: Vec<Operator>,
    /// Registered since.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created_at: Option<Moment>,
    /// Registered until.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Moment>,
    /// Name servers at the snapshot.
    pub name_servers: Vec<String>,
    /// Status values at the snapshot.
    pub statuses: Vec<String>,
    /// Items that prove the use.
    pub proof: Vec<Id>,
    /// What was found of others who would be hit.
    pub collateral: String,
    /// What is asked for.
    pub end_state: EndState,
    /// Hash of the snapshot.
    pub snapshot_sha256: ContentHash,
    /// When it was taken.
    pub snapshot_at: Moment,
}

/// A schedule, of one version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Schedule {
    /// 1 for the first; each supplement counts on.
    pub version: u64,
    /// The assets, by number.
    pub rows: Vec<Row>,
}

/// Why an asset may not be asked for yet.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Blocked {
    /// There is no snapshot.
    #[error(
        "{asset}: no registration or DNS snapshot\nhint: record one with `seawall case asset observe`"
    )]
    NoSnapshot {
        /// Which asset.
        asset: String,
    },
    /// The snapshot is older than 72 hours.
    #[error(
        "{asset}: the snapshot is {hours} hours old, more than {FRESH_HOURS}\nhint: take a new one"
    )]
    Stale {
        /// Which asset.
        asset: String,
        /// How old.
        hours: i64,
    },
    /// Something was seen after the snapshot that differs from it.
    #[error(
        "{asset}: it has changed since the snapshot: {what}\nhint: look again, then schedule what is there now"
    )]
    Changed {
        /// Which asset.
        asset: String,
        /// What changed.
        what: String,
    },
    /// Others would be hit.
    #[error("{asset}: {hazard}\nhint: {advice}", advice = hazard.advice())]
    Collateral {
        /// Which asset.
        asset: String,
        /// What is wrong.
        hazard: Hazard,
    },
    /// Nobody has looked for others who would be hit.
    #[error("{asset}: nobody has looked for others who would be hit\nhint: record what was found")]
    NoReview {
        /// Which asset.
        asset: String,
    },
    /// No end state is asked for.
    #[error(
        "{asset}: nothing is asked for\nhint: state the end state that a respondent shall bring about"
    )]
    NoEndState {
        /// Which asset.
        asset: String,
    },
    /// Nobody is named who could do it.
    #[error(
        "{asset}: no respondent is named\nhint: record the registry, registrar, host or platform"
    )]
    NoRespondent {
        /// Which asset.
        asset: String,
    },
    /// Nothing shows the use.
    #[error(
        "{asset}: nothing shows that the operation uses it\nhint: name an item and what it shows"
    )]
    NoProof {
        /// Which asset.
        asset: String,
    },
}

/// A row for `asset`, or every reason why not. `counsel_overrides` lets a collateral finding pass.
pub fn row(
    number: u64,
    asset: &Asset,
    observations: &[Observation],
    now: Moment,
    counsel_overrides: bool,
) -> Result<Row, Vec<Blocked>> {
    let name = || asset.identifier.clone();
    let mut blocked = Vec::new();
    let end_state = asset.end_state.clone().filter(|state| !state.is_empty());
    if end_state.is_none() {
        blocked.push(Blocked::NoEndState { asset: name() });
    }
    if asset.operators.is_empty() {
        blocked.push(Blocked::NoRespondent { asset: name() });
    }
    if asset.used_by_operation.is_empty() {
        blocked.push(Blocked::NoProof { asset: name() });
    }
    if asset.collateral.is_none() {
        blocked.push(Blocked::NoReview { asset: name() });
    }
    if !counsel_overrides {
        let found = hazards(asset);
        blocked
            .extend(found.into_iter().map(|hazard| Blocked::Collateral { asset: name(), hazard }));
    }
    let snapshot = fresh(asset, observations, now).map_err(|why| blocked.push(why)).ok();
    match (snapshot, end_state, &asset.collateral) {
        (Some(snapshot), Some(end_state), Some(found)) if blocked.is_empty() => {
            let collateral = match (&found.legitimate_use, found.shared) {
                (Some(found), _) => found.clone(),
                (None, true) => "shared with others".to_owned(),
                (None, false) => "none found".to_owned(),
            };
            Ok(filled(number, asset, snapshot, end_state, collateral))
        }
        _ => Err(blocked),
    }
}

fn filled(
    number: u64,
    asset: &Asset,
    snapshot: &Observation,
    end_state: EndState,
    collateral: String,
) -> Row {
    let facts = &snapshot.facts;
    let list = |set: &Option<std::collections::BTreeSet<String>>| {
        set.iter().flatten().cloned().collect::<Vec<_>>()
    };
    let mut respondents = asset.operators.clone();
    respondents.sort_by(|one, other| {
        (one.kind, &one.organisation).cmp(&(other.kind, &other.organisation))
    });
    Row {
        number,
        asset: asset.id.clone(),
        asset_type: asset.asset_type,
        identifier: asset.identifier.clone(),
        display: asset.display(),
        top_level: asset.domain().map(|name| name.top_level().to_owned()),
        role: asset.role,
        respondents,
        created_at: facts.created_at,
        expires_at: facts.expires_at,
        name_servers: list(&facts.name_servers),
        statuses: list(&facts.statuses),
        proof: asset.used_by_operation.iter().map(|shown| shown.item.clone()).collect(),
        collateral,
        end_state,
        snapshot_sha256: snapshot.raw_sha256.clone(),
        snapshot_at: snapshot.at,
    }
}

/// The snapshot that a row may rest on: the latest registration data of a name, the latest answer otherwise.
fn fresh<'a>(
    asset: &Asset,
    observations: &'a [Observation],
    now: Moment,
) -> Result<&'a Observation, Blocked> {
    let name = || asset.identifier.clone();
    let wanted = if asset.domain().is_some() { Method::Rdap } else { Method::Dns };
    let mut of_asset: Vec<&Observation> = observations
        .iter()
        .filter(|observation| observation.asset == asset.id && observation.at <= now)
        .collect();
    of_asset.sort_by_key(|observation| observation.at);
    let snapshot = of_asset
        .iter()
        .rev()
        .find(|observation| observation.method == wanted)
        .or_else(|| of_asset.last().filter(|_| asset.domain().is_none()))
        .copied()
        .ok_or_else(|| Blocked::NoSnapshot { asset: name() })?;
    let servers = snapshot.facts.name_servers.as_ref();
    unchanged(asset.identifier.as_str(), (snapshot.at, servers), of_asset, now)?;
    Ok(snapshot)
}

/// Whether the row may still go out: its snapshot is fresh, and nothing that was seen of the asset since differs.
pub fn still_fresh(row: &Row, observations: &[Observation], now: Moment) -> Result<(), Blocked> {
    let servers: std::collections::BTreeSet<String> = row.name_servers.iter().cloned().collect();
    let servers = (!servers.is_empty()).then_some(&servers);
    let of_asset = observations.iter().filter(|seen| seen.asset == row.asset && seen.at <= now);
    unchanged(&row.identifier, (row.snapshot_at, servers), of_asset, now)
}

fn unchanged<'a>(
    asset: &str,
    (at, servers): (Moment, Option<&std::collections::BTreeSet<String>>),
    observations: impl IntoIterator<Item = &'a Observation>,
    now: Moment,
) -> Result<(), Blocked> {
    let age = now.since(at);
    if age > jiff::SignedDuration::from_hours(FRESH_HOURS) {
        return Err(Blocked::Stale { asset: asset.to_owned(), hours: age.as_hours() });
    }
    for later in observations.into_iter().filter(|observation| observation.at > at) {
        if let (Some(then), Some(now)) = (servers, &later.facts.name_servers)
            && then != now
        {
            let list = |set: &std::collections::BTreeSet<String>| {
                set.iter().cloned().collect::<Vec<_>>().join(", ")
            };
            let what = format!("name servers were {}, are {}", list(then), list(now));
            return Err(Blocked::Changed { asset: asset.to_owned(), what });
        }
    }
    Ok(())
}

/// Respondents of a schedule, each with the numbers of the rows that ask something of them.
pub fn respondents(schedule: &Schedule) -> Vec<(OperatorKind, String, Vec<u64>)> {
    let mut found: std::collections::BTreeMap<(OperatorKind, String), Vec<u64>> =
        std::collections::BTreeMap::new();
    for row in &schedule.rows {
        for operator in &row.respondents {
            let numbers = found.entry((operator.kind, operator.organisation.clone())).or_default();
            if numbers.last() != Some(&row.number) {
                numbers.push(row.number);
            }
        }
    }
    found.into_iter().map(|((kind, name), numbers)| (kind, name, numbers)).collect()
}

#[cfg(test)]
mod tests;
