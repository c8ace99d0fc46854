//! What do findings look like? A hand-made run for the tests and pictures of everything that shows
//! findings: four campaigns of different size and strength, excused clusters, decoys.
//!
//! The numbers agree with each other (members carry what the statements say, bursts add up to the
//! signups) but come from no detection. Behind the feature `fixture`; never in a release.

use super::{
    Campaign, CountryCount, DecoyBand, Explanation, FAMILIES, FamilyEvidence, Findings, Graph,
    GraphEdge, GraphNode, KindSummary, Member, MemberSample, Mode, RunSummary, SelectorEvidence,
    Series,
};
use crate::{
    campaign::groups::grouped,
    selector::{Family, Role},
};

mod campaigns;
mod excused;

/// 2026-05-01T00:00:00Z.
const START_SECONDS: i64 = 1_777_593_600;
const STEP_SECONDS: i64 = 21_600;
const STEPS: usize = 124;
const ACCOUNTS: u64 = 104_832;
const PEERS: u64 = 104_220;

/// Four campaigns, four excused clusters.
pub fn findings() -> Findings {
    let campaigns = campaigns::reported();
    let excused = excused::excused();
    let mut counts = organic();
    for campaign in campaigns.iter().chain(&excused) {
        for (sum, count) in counts.iter_mut().zip(&campaign.signups_over_time.counts) {
            *sum += count;
        }
    }
    let signups = counts.iter().sum();
    Findings { run: run(counts, signups), campaigns, excused }
}

/// `number` campaigns, all alike but for id, name and size.
pub fn many(number: usize) -> Findings {
    let mut findings = findings();
    let model = findings.campaigns.clone();
    findings.campaigns = (0..number)
        .map(|index| {
            let mut campaign = model[index % model.len()].clone();
            campaign.campaign = format!("c-{index:012x}");
            campaign.name = format!("{} #{index}", campaign.name);
            for selector in &mut campaign.selectors {
                selector.campaign.clone_from(&campaign.campaign);
            }
            campaign
        })
        .collect();
    findings
}

/// The same run where every text that an attacker controls is `text`.
pub fn hostile(text: &str) -> Findings {
    let mut findings = findings();
    for campaign in findings.campaigns.iter_mut().chain(&mut findings.excused) {
        text.clone_into(&mut campaign.name);
        for family in &mut campaign.families {
            text.clone_into(&mut family.statement);
        }
        for selector in &mut campaign.selectors {
            text.clone_into(&mut selector.value);
        }
        for explanation in &mut campaign.explanations {
            text.clone_into(&mut explanation.reason);
        }
        for sentence in &mut campaign.counter_evidence {
            text.clone_into(sentence);
        }
        for node in &mut campaign.graph.nodes {
            text.clone_into(&mut node.value);
        }
        for sample in &mut campaign.sample {
            text.clone_into(&mut sample.account);
            for (_, value) in &mut sample.selectors {
                text.clone_into(value);
            }
        }
    }
    findings
}

/// Rows of `members.csv` for [`findings`]: as many for each campaign as it has accounts, in its order.
pub fn members(findings: &Findings) -> Vec<Member> {
    let mut members = Vec::new();
    for campaign in &findings.campaigns {
        let prior_bits = (campaign.accounts as f64 / findings.run.accounts as f64).log2();
        for index in 0..campaign.accounts {
            let weakness = 0.35 * index as f64 / campaign.accounts as f64;
            let mut member = Member {
                account: format!("{}-{index:05}", &campaign.campaign[2..6]),
                campaign: campaign.campaign.clone(),
                confidence: 0.0,
                bits: prior_bits,
                prior_bits,
                family_bits: [0.0; 11],
                family_kinds: Default::default(),
            };
            for evidence in &campaign.families {
                let Some(column) = FAMILIES.iter().position(|family| *family == evidence.family)
                else {
                    continue;
                };
                member.family_bits[column] = evidence.bits * (1.0 - weakness);
                member.family_kinds[column].clone_from(&evidence.kind);
                member.bits += member.family_bits[column];
            }
            member.confidence = 1.0 / (1.0 + (-member.bits).exp2());
            members.push(member);
        }
    }
    members
}

fn run(counts: Vec<u64>, signups: u64) -> RunSummary {
    RunSummary {
        reviews: Vec::new(),
        version: "0.1.0".to_owned(),
        mode: Mode::Peer,
        mode_reason: "no account in the input is trusted and 0 of 31 days lie before the first \
                      burst, so accounts were compared with the 104,220 others of the same input"
            .to_owned(),
        advice: vec![
            "With `trusted` set on accounts older than a month, campaigns that run through the \
             whole input would be judged against people instead of against each other."
                .to_owned(),
            "61,204 signups have no `ja4`: with it, clients that only pretend to be a browser \
             would stand out."
                .to_owned(),
        ],
        events: 412_906,
        rejects: 37,
        accounts: ACCOUNTS,
        signups,
        trusted: 0,
        trusted_set_aside: 0,
        first_seen: "2026-05-01T00:00:04Z".to_owned(),
        last_seen: "2026-05-31T23:59:41Z".to_owned(),
        signups_over_time: series(counts),
        report_bits: 4.0,
        decoys: vec![
            decoy_band(10, 1, 1, 4.4),
            decoy_band(30, 0, 2, 2.1),
            decoy_band(100, 0, 1, 0.6),
            decoy_band(1000, 0, 1, 0.0),
        ],
        kinds: vec![
            kind("ip", "address", Family::Network, Role::Corroborate, [104_101, 9_204, 61]),
            kind(
                "network24",
                "network prefix",
                Family::Network,
                Role::Corroborate,
                [104_101, 18_440, 143],
            ),
            kind("asn", "autonomous system", Family::Network, Role::Stratum, [104_101, 1_904, 12]),
            kind("device_id", "device", Family::Device, Role::Link, [88_310, 2_107, 64]),
            kind("user_agent", "client software", Family::Device, Role::Link, [104_832, 3_310, 9]),
            kind("email_domain", "mail domain", Family::Domain, Role::Link, [101_770, 1_204, 18]),
            kind(
                "email_shape",
                "form of the mail name",
                Family::Name,
                Role::Link,
                [101_770, 5_480, 22],
            ),
            kind("phone_prefix", "telephone prefix", Family::Phone, Role::Link, [40_012, 2_250, 7]),
            kind(
                "challenge_combo",
                "way of solving challenges",
                Family::Challenge,
                Role::Corroborate,
                [66_120, 840, 5],
            ),
            kind("invite", "invite code", Family::Referral, Role::Link, [12_604, 2_011, 14]),
            kind("payment", "means of payment", Family::Payment, Role::Link, [3_011, 4, 1]),
            kind("first_steps", "first actions", Family::Action, Role::Link, [71_900, 912, 4]),
        ],
    }
}

fn decoy_band(accounts_min: u64, decoys: u64, campaigns: u64, decoy_bits_max: f64) -> DecoyBand {
    DecoyBand { accounts_min, decoys, campaigns, decoy_bits_max }
}

fn kind(name: &str, title: &str, family: Family, role: Role, counts: [u64; 3]) -> KindSummary {
    let [accounts, values_shared, values_hot] = counts;
    KindSummary {
        kind: name.to_owned(),
        title: title.to_owned(),
        family,
        role,
        accounts,
        values_shared,
        values_hot,
    }
}

fn series(counts: Vec<u64>) -> Series {
    Series { start_seconds: START_SECONDS, step_seconds: STEP_SECONDS, counts }
}

/// People: more by day than by night, fewer at weekends, and some noise of a fixed seed.
fn organic() -> Vec<u64> {
    let mut state: u64 = 7;
    (0..STEPS)
        .map(|step| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let noise = (state >> 33) % 90;
            let day = [430, 790, 1_040, 860][step % 4];
            // 1 May 2026 is a Friday.
            let weekend = matches!((step / 4 + 4) % 7, 5 | 6);
            (if weekend { day * 3 / 4 } else { day }) + noise
        })
        .collect()
}

/// `total` signups in triangular bursts: (middle step, half width in steps, weight).
fn bursts(total: u64, shapes: &[(usize, usize, u64)]) -> Series {
    let mut weights = vec![0_u64; STEPS];
    for &(middle, half, weight) in shapes {
        for (step, slot) in weights.iter_mut().enumerate() {
            let distance = step.abs_diff(middle);
            if distance <= half {
                *slot += weight * (half + 1 - distance) as u64;
            }
        }
    }
    let sum: u64 = weights.iter().sum::<u64>().max(1);
    let mut counts: Vec<u64> = weights.iter().map(|weight| total * weight / sum).collect();
    let short = total - counts.iter().sum::<u64>();
    if let Some((middle, ..)) = shapes.first() {
        counts[*middle] += short;
    }
    series(counts)
}

/// A selector with its figures: (members, all accounts, peers, expected, bits).
fn selector(
    kind: &str,
    family: Family,
    role: Role,
    value: &str,
    (members, accounts, peers, expected, bits): (u64, u64, u64, f64, f64),
) -> SelectorEvidence {
    let hash = value.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    SelectorEvidence {
        campaign: String::new(),
        kind: kind.to_owned(),
        family,
        role,
        value: value.to_owned(),
        value_hash: format!("{hash:016x}"),
        members,
        accounts,
        peers,
        peers_total: PEERS,
        expected,
        bits,
        known_by: Vec::new(),
    }
}

fn family(family: Family, kind: &str, bits: f64, excused: bool, statement: &str) -> FamilyEvidence {
    FamilyEvidence { family, kind: kind.to_owned(), bits, excused, statement: statement.to_owned() }
}

fn explanation(
    name: &str,
    reason: &str,
    excuses: &[Family],
    bits_left: Option<f64>,
) -> Explanation {
    Explanation {
        name: name.to_owned(),
        applies: bits_left.is_some(),
        reason: reason.to_owned(),
        excuses: excuses.to_vec(),
        bits_left,
    }
}

/// The graph of a campaign's selectors: edges between selectors of different families, weighted by
/// the smaller of the two.
fn graph(selectors: &[SelectorEvidence], accounts: u64) -> Graph {
    let mut nodes: Vec<GraphNode> = selectors
        .iter()
        .map(|selector| GraphNode {
            kind: selector.kind.clone(),
            family: selector.family,
            role: selector.role,
            value: selector.value.clone(),
            members: selector.members,
        })
        .collect();
    nodes.sort_by_key(|node| std::cmp::Reverse(node.members));
    let mut edges = Vec::new();
    for (from, left) in nodes.iter().enumerate() {
        for (to, right) in nodes.iter().enumerate().skip(from + 1) {
            if left.family == right.family || (from * 7 + to * 3) % 5 == 4 {
                continue;
            }
            let accounts = left.members.min(right.members) * (9 - (from + to) as u64 % 5) / 10;
            if accounts > 2 {
                let expected = left.members as f64 * right.members as f64 / ACCOUNTS as f64;
                let (Ok(from), Ok(to)) = (u32::try_from(from), u32::try_from(to)) else { continue };
                edges.push(GraphEdge { from, to, accounts, expected });
            }
        }
    }
    let groups = grouped((0..accounts).map(|member| carried(&nodes, accounts, member)));
    Graph { nodes, edges, nodes_omitted: 0, groups }
}

/// Which nodes a member carries: the values of a kind share the members between them, each kind in another order.
fn carried(nodes: &[GraphNode], accounts: u64, member: u64) -> u64 {
    let mut set = 0;
    for (index, node) in nodes.iter().enumerate().take(64) {
        let alike = || nodes.iter().take(index).filter(|other| other.kind == node.kind);
        let start: u64 = alike().map(|other| other.members).sum();
        let turn = node.kind.len() as u64 * accounts / 17;
        let place = (member + turn) % accounts;
        if (start..start + node.members).contains(&place) {
            set |= 1 << index;
        }
    }
    set
}

/// Accounts by country, the first of which have most.
fn countries(accounts: u64, codes: &[&str]) -> Vec<CountryCount> {
    let weights: u64 = (1..=codes.len() as u64).sum();
    let counts = codes.iter().zip((1..=codes.len() as u64).rev());
    counts
        .map(|(code, weight)| CountryCount {
            country: (*code).to_owned(),
            accounts: accounts * weight / weights,
        })
        .collect()
}

fn samples(
    prefix: u32,
    number: u32,
    bits: f64,
    selectors: &[SelectorEvidence],
) -> Vec<MemberSample> {
    (0..number)
        .map(|index| MemberSample {
            account: format!("a-{:010x}", u64::from(prefix) << 16 | u64::from(index * 4_099)),
            first_seen: format!("2026-05-{:02}T{:02}:{:02}:17Z", 3 + index, index * 2, 59 - index),
            bits: bits - 0.9 * f64::from(index),
            selectors: selectors
                .iter()
                .skip(index as usize % 3)
                .step_by(2)
                .take(6)
                .map(|selector| (selector.kind.clone(), selector.value.clone()))
                .collect(),
        })
        .collect()
}
