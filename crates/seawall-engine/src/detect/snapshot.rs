//! What does a run leave for decisions?

use std::collections::BTreeSet;

use seawall_core::{
    campaign::findings::Campaign,
    decision::snapshot::{CampaignProfile, KindBaseline, Rate, Snapshot, StratumKey},
    link::history::History,
    selector::{KindId, Role, registry::KINDS},
};

use super::{
    candidate::Candidate,
    in_parallel,
    peers::Peers,
    profile::without_grouped,
    scene::{Baseline, Scene},
};
use crate::{
    Error,
    accounts::SECONDS_1990,
    bits::Marks,
    count::{ABSENT, RARE, Shared},
};

/// Accounts that a value needs for a rate of its own.
const RATED_MIN: u32 = 4;
/// Values of a kind with rates of their own: the commonest.
const RATED_MAX: usize = 65_536;

/// Makes the snapshot of a run; `campaigns` tell of `reported`, one by one.
pub(crate) fn snapshot(
    scene: &Scene<'_>,
    reported: &[&Candidate],
    campaigns: &[Campaign],
) -> Result<Snapshot, Error> {
    let shared = scene.shared;
    // Where there is no trusted history, those who are in no campaign are what is usual.
    let own = scene.baseline.is_none().then(|| {
        let ordinary = ordinary(scene, reported);
        Baseline::new(shared, ordinary, scene.subjects, scene.threads)
    });
    let own = own.transpose()?;
    let Some(baseline) = scene.baseline.or(own.as_ref()) else { return Ok(Snapshot::empty()) };
    let half = f64::from(baseline.trusted.count()) / 2.0;
    let peers = Peers::count(scene, &[]);
    let baselines = in_parallel(scene.threads, KINDS.len(), |index| {
        let mut kind = KindBaseline::default();
        if KINDS[index].role != Role::Stratum {
            kind = rates(baseline, index, shared, half);
            let peer = &peers.kinds[index];
            kind.present = peer.present.iter().map(|counts| without_grouped(*counts)).collect();
            kind.present_all = without_grouped(peer.present_all);
        }
        kind
    });
    let profile = |(candidate, campaign): (&&Candidate, &Campaign)| CampaignProfile {
        campaign: campaign.campaign.clone(),
        members: candidate.profile.members(),
        bits: campaign.bits,
        decoy_q: campaign.decoy_q,
        confidence: campaign.confidence,
        dormant: candidate.dormant,
        kinds: candidate.profile.kept(scene, &candidate.peers),
    };
    let last_seen = shared.accounts.last_seen;
    Ok(Snapshot {
        kinds: Snapshot::own_kinds(),
        judged: scene.subjects,
        last_seen: i64::from(last_seen) + SECONDS_1990,
        single_family: scene.single_family,
        strata: strata(shared),
        baselines,
        campaigns: reported.iter().zip(campaigns).map(profile).collect(),
    })
}

/// Judged accounts that are in no reported campaign.
fn ordinary(scene: &Scene<'_>, reported: &[&Candidate]) -> Marks {
    let rows = scene.shared.len();
    let members = reported.iter().flat_map(|candidate| &candidate.members);
    let members = Marks::new(rows, members.map(|member| member.0 as usize));
    Marks::new(rows, scene.subject.rows().filter(|row| !members.has(*row)))
}

/// How often signups bring the values of a kind, by a history of two halves of `half` accounts.
fn rates(baseline: &Baseline, index: usize, shared: &Shared, half: f64) -> KindBaseline {
    let history: &History = &baseline.predictions[index];
    let rate = |value: u64, count: u32| {
        let prediction = history.predict(u64::from(count), 1.0);
        Rate { value, mean: (prediction.mean / half.max(1.0)) as f32, size: prediction.size as f32 }
    };
    let hashes = &shared.columns[index].hashes;
    let mut rated: Vec<(u32, u64)> = baseline.counts[index]
        .iter()
        .zip(hashes.iter())
        .filter(|(count, _)| **count >= RATED_MIN)
        .map(|(count, value)| (*count, *value))
        .collect();
    rated.sort_unstable_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
    rated.truncate(RATED_MAX);
    rated.sort_unstable_by_key(|entry| entry.1);
    KindBaseline {
        values: hashes.len() as u32,
        unseen: (half >= 1.0).then(|| rate(0, 0)),
        rates: rated.into_iter().map(|(count, value)| rate(value, count)).collect(),
        ..KindBaseline::default()
    }
}

/// The comparison group of every (country, client) that occurs.
fn strata(shared: &Shared) -> Vec<StratumKey> {
    let column = |name| KindId::from_name(name).map(|kind| &shared.columns[usize::from(kind.0)]);
    let (country, client) = (column("country"), column("client"));
    let hash = |column: Option<&crate::count::Column>, row: usize| match column {
        Some(column) => match column.id_of(row) {
            ABSENT | RARE => 0,
            id => column.hashes[id as usize - 1],
        },
        None => 0,
    };
    // One after the other: a set that is collected holds all of them first, however few there are.
    let mut keys: BTreeSet<(u64, u64, u16)> = BTreeSet::new();
    keys.extend(
        (0..shared.len()).map(|row| (hash(country, row), hash(client, row), shared.strata[row])),
    );
    let mut keys: Vec<StratumKey> = keys
        .into_iter()
        .map(|(country, client, stratum)| StratumKey { country, client, stratum })
        .collect();
    // A country too rare to have a number counts as none.
    keys.dedup_by_key(|key| (key.country, key.client));
    keys
}
