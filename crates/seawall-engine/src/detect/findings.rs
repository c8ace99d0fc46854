//! The judgement in words and numbers: from rows and ids to what people read.

use std::collections::{BTreeMap, BTreeSet};

use seawall_core::{
    campaign::{
        evidence::probability,
        findings::{
            Campaign, FAMILIES, FamilyEvidence, Graph, GraphEdge, GraphNode, Member, MemberSample,
            SelectorEvidence, Series,
        },
        lineage::campaign_id,
    },
    selector::{KindId, Lists, pseudonym, shown},
};

use super::{
    candidate::Candidate,
    decoys::Decoys,
    judge::Judgement,
    phrasing::{family_words, grouped, name, rfc3339, round, series},
    pictured,
    profile::Belonging,
    scene::Scene,
    telling::Name,
    told::Told,
    words::{Wanted, Words},
};
use crate::count::{RARE, evidence_kinds};

pub(super) const SELECTORS_MAX: usize = 40;
const NODES_MAX: usize = 60;
const EDGES_MAX: usize = 240;
const SAMPLE_MAX: usize = 12;
const SAMPLE_SELECTORS_MAX: usize = 6;
/// Bits from which a selector is said to bind.
const SELECTOR_BITS_MIN: f64 = 2.0;

/// Turns candidates into campaigns.
pub(crate) struct Teller<'a> {
    pub(crate) scene: &'a Scene<'a>,
    pub(crate) told: &'a Told,
    pub(crate) judgement: &'a Judgement,
    pub(crate) decoys: &'a Decoys,
    pub(crate) reveal: bool,
    pub(crate) lists: &'a Lists,
    /// Reported campaigns by the id that their members alone would give them.
    pub(crate) names: BTreeMap<String, Name>,
}

/// A selector of a candidate, before it has words.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bound {
    pub(super) kind: KindId,
    pub(super) id: u32,
    members: u32,
    bits: f64,
}

impl Teller<'_> {
    pub(super) fn hash(&self, kind: KindId, id: u32) -> u64 {
        self.scene.shared.columns[usize::from(kind.0)].hashes[id as usize - 1]
    }

    /// Binding selectors, strongest first.
    pub(super) fn bound(candidate: &Candidate) -> Vec<Bound> {
        let least = 3.max(candidate.members.len() as u32 / 200);
        let mut bound = Vec::new();
        for (kind, _) in evidence_kinds() {
            if candidate.kind_bits[usize::from(kind.0)] <= 0.05 {
                continue;
            }
            for (id, members) in candidate.profile.values(kind) {
                if members < least {
                    break;
                }
                let bits = candidate.profile.value_bits(&candidate.peers, kind, id);
                if bits >= SELECTOR_BITS_MIN {
                    bound.push(Bound { kind, id, members, bits });
                }
            }
        }
        bound.sort_by(|a, b| {
            let weight = |bound: &Bound| bound.bits.min(12.0) * f64::from(bound.members);
            weight(b).total_cmp(&weight(a)).then(a.kind.cmp(&b.kind)).then(a.id.cmp(&b.id))
        });
        bound
    }

    /// Nodes for the picture: the ones that most members carry.
    fn pictured(&self, candidate: &Candidate) -> Vec<(u32, u32)> {
        let rows: BTreeSet<u32> = candidate.members.iter().map(|member| member.0).collect();
        let mut nodes: Vec<(u32, u32)> = candidate
            .nodes
            .iter()
            .map(|node| {
                let members = self
                    .judgement
                    .graph
                    .rows_of(*node)
                    .iter()
                    .filter(|row| rows.contains(*row))
                    .count();
                (*node, members as u32)
            })
            .filter(|node| node.1 > 0)
            .collect();
        nodes.sort_unstable_by_key(|node| (std::cmp::Reverse(node.1), node.0));
        nodes
    }

    /// (kind, id) behind a member's bits, strongest family first.
    fn ties(&self, row: u32, belonging: &Belonging, candidate: &Candidate) -> Vec<(KindId, u32)> {
        let mut families: Vec<usize> =
            (0..FAMILIES.len()).filter(|f| belonging.family_bits[*f] > 0.5).collect();
        families.sort_by(|a, b| {
            belonging.family_bits[*b].total_cmp(&belonging.family_bits[*a]).then(a.cmp(b))
        });
        families
            .into_iter()
            .take(SAMPLE_SELECTORS_MAX)
            .filter_map(|family| {
                let kind = KindId(belonging.family_kinds[family]);
                let values = candidate.profile.values(kind);
                self.scene.shared.columns[usize::from(kind.0)]
                    .ids_of(row as usize)
                    .iter()
                    .filter(|id| **id != RARE)
                    .max_by_key(|id| {
                        (
                            values.iter().find(|value| value.0 == **id).map_or(0, |value| value.1),
                            std::cmp::Reverse(**id),
                        )
                    })
                    .map(|id| (kind, *id))
            })
            .collect()
    }

    /// Adds what the telling of a candidate needs to be looked up.
    pub(crate) fn want(&self, candidate: &Candidate, with_members: bool, wanted: &mut Wanted) {
        let hashes = &self.scene.shared.accounts.hashes;
        let mut values: Vec<(KindId, u32)> = Self::bound(candidate)
            .into_iter()
            .take(SELECTORS_MAX)
            .map(|bound| (bound.kind, bound.id))
            .collect();
        for (node, _) in self.pictured(candidate).into_iter().take(NODES_MAX) {
            let node = self.judgement.graph.nodes[node as usize];
            values.push((node.kind, node.id));
        }
        for (row, belonging) in sampled(candidate) {
            values.extend(self.ties(*row, belonging, candidate));
        }
        values.sort_unstable();
        values.dedup();
        // One member that carries it is enough for each value.
        let mut missing: BTreeSet<(KindId, u32)> = values.into_iter().collect();
        for (row, _) in &candidate.members {
            if missing.is_empty() {
                break;
            }
            let carried: Vec<(KindId, u32)> = missing
                .iter()
                .copied()
                .filter(|(kind, id)| {
                    self.scene.shared.columns[usize::from(kind.0)]
                        .ids_of(*row as usize)
                        .contains(id)
                })
                .collect();
            for value in carried {
                missing.remove(&value);
                let entry = wanted.values.entry(hashes[*row as usize]).or_default();
                entry.push((value.0, self.hash(value.0, value.1)));
            }
        }
        if with_members {
            wanted
                .accounts
                .extend(candidate.members.iter().map(|member| hashes[member.0 as usize]));
        } else if self.reveal {
            wanted
                .accounts
                .extend(sampled(candidate).iter().map(|member| hashes[member.0 as usize]));
        }
    }

    fn value(&self, words: &Words, kind: KindId, id: u32) -> String {
        let hash = self.hash(kind, id);
        if let Some(shown) = words.shown.get(&(kind, hash)) {
            return shown.clone();
        }
        match words.values.get(&(kind, hash)) {
            Some(text) => shown(kind.kind(), text, self.reveal),
            None => format!("#{hash:016x}"),
        }
    }

    fn account(&self, words: &Words, row: u32) -> String {
        let hash = self.scene.shared.accounts.hashes[row as usize];
        match words.accounts.get(&hash).filter(|_| self.reveal) {
            Some(account) => account.clone(),
            None => pseudonym(hash),
        }
    }

    /// The candidate as people read it.
    pub(crate) fn tell(&self, candidate: &Candidate, words: &Words, time: &Series) -> Campaign {
        let (accounts, told) = (&self.scene.shared.accounts, self.told);
        let rows = || candidate.members.iter().map(|member| member.0 as usize);
        let name_known = self.names.get(&campaign_id(&self.member_hashes(candidate), 0));
        let id = self.id(candidate);
        let bound = Self::bound(candidate);
        let decoy_q = self.decoys.q(candidate.bits, candidate.members.len());
        let selectors: Vec<SelectorEvidence> = bound
            .iter()
            .take(SELECTORS_MAX)
            .map(|bound| self.selector(&id, candidate, words, bound))
            .collect();
        Campaign {
            name: name(&selectors),
            campaign: id,
            history: name_known.map(|name| name.history.clone()).unwrap_or_default(),
            accounts: candidate.members.len() as u64,
            signups: rows().filter(|row| accounts.signed_up.has(*row)).count() as u64,
            trusted: rows().filter(|row| accounts.trusted.has(*row)).count() as u64,
            bits: round(candidate.bits),
            bits_unexcused: round(candidate.bits_unexcused),
            decoy_q: (decoy_q * 1e6).round() / 1e6,
            confidence: round(self.confidence(candidate)),
            first_seen: rfc3339(rows().map(|row| accounts.first_seen[row]).min().unwrap_or(0)),
            last_seen: rfc3339(rows().map(|row| told.last_seen(row)).max().unwrap_or(0)),
            signups_over_time: series(
                time,
                rows().filter(|row| accounts.signed_up.has(*row)).map(|row| told.signup_at(row)),
            ),
            families: self.families(candidate),
            selectors_total: bound.len() as u64,
            selectors,
            explanations: candidate
                .explanations
                .iter()
                .cloned()
                .map(|mut explanation| {
                    explanation.bits_left = explanation.bits_left.map(round);
                    explanation
                })
                .collect(),
            counter_evidence: self.counter_evidence(candidate),
            reviewed: candidate.reviewed.clone(),
            graph: self.graph(candidate, words),
            countries: pictured::countries(self.scene.shared, candidate),
            sample: sampled(candidate)
                .into_iter()
                .map(|(row, belonging)| MemberSample {
                    account: self.account(words, *row),
                    first_seen: rfc3339(accounts.first_seen[*row as usize]),
                    bits: round(f64::from(belonging.bits)),
                    selectors: self
                        .ties(*row, belonging, candidate)
                        .into_iter()
                        .map(|(kind, id)| {
                            (kind.kind().name.to_owned(), self.value(words, kind, id))
                        })
                        .collect(),
                })
                .collect(),
        }
    }

    fn confidence(&self, candidate: &Candidate) -> f64 {
        let chance = self.decoys.share(candidate.bits, candidate.members.len());
        probability(candidate.bits) * (1.0 - chance)
    }

    /// Rows of `members.csv` for a candidate.
    pub(crate) fn members(&self, candidate: &Candidate, words: &Words) -> Vec<Member> {
        let campaign = self.id(candidate);
        let confidence = self.confidence(candidate);
        let prior_bits = round(candidate.profile.prior_bits(self.scene));
        candidate
            .members
            .iter()
            .map(|(row, belonging)| {
                let hash = self.scene.shared.accounts.hashes[*row as usize];
                Member {
                    account: words.accounts.get(&hash).cloned().unwrap_or_default(),
                    campaign: campaign.clone(),
                    confidence: round(probability(f64::from(belonging.bits)) * confidence),
                    bits: round(f64::from(belonging.bits)),
                    prior_bits,
                    family_bits: belonging.family_bits.map(|bits| round(f64::from(bits))),
                    family_kinds: std::array::from_fn(|family| {
                        if belonging.family_bits[family] > 0.0 {
                            KindId(belonging.family_kinds[family]).kind().name.to_owned()
                        } else {
                            String::new()
                        }
                    }),
                }
            })
            .collect()
    }

    fn selector(
        &self,
        id: &str,
        candidate: &Candidate,
        words: &Words,
        bound: &Bound,
    ) -> SelectorEvidence {
        let info = bound.kind.kind();
        let peers = candidate.profile.peers_with(&candidate.peers, bound.kind, bound.id);
        let node = self
            .judgement
            .graph
            .nodes
            .binary_search_by_key(&(bound.kind, bound.id), |node| (node.kind, node.id))
            .ok()
            .map(|node| self.judgement.graph.nodes[node].expected)
            .filter(|expected| *expected > 0.0);
        let from_peers = f64::from(candidate.profile.known(bound.kind)) * peers.peers as f64
            / peers.peers_total.max(1) as f64;
        let hash = self.hash(bound.kind, bound.id);
        let known_by = self.lists.known_by(hash);
        SelectorEvidence {
            campaign: id.to_owned(),
            kind: info.name.to_owned(),
            family: info.family,
            role: info.role,
            value: self.value(words, bound.kind, bound.id),
            value_hash: format!("{hash:016x}"),
            members: u64::from(bound.members),
            accounts: u64::from(
                self.scene.shared.columns[usize::from(bound.kind.0)].counts[bound.id as usize - 1],
            ),
            peers: peers.peers,
            peers_total: peers.peers_total,
            expected: round(node.unwrap_or(from_peers)),
            bits: round(bound.bits),
            known_by: known_by.iter().map(ToString::to_string).collect(),
        }
    }

    fn families(&self, candidate: &Candidate) -> Vec<FamilyEvidence> {
        let excused = candidate
            .explanations
            .first()
            .map(|first| first.excuses.as_slice())
            .unwrap_or_default();
        let mut families: Vec<FamilyEvidence> = FAMILIES
            .iter()
            .enumerate()
            .filter(|(index, _)| candidate.facts.family_bits[*index] >= 0.05)
            .filter_map(|(index, family)| {
                let (kind, _) = evidence_kinds()
                    .filter(|(_, info)| info.family == *family)
                    .map(|(kind, _)| (kind, candidate.kind_bits[usize::from(kind.0)]))
                    .max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0)))?;
                Some(FamilyEvidence {
                    family: *family,
                    kind: kind.kind().name.to_owned(),
                    bits: round(candidate.facts.family_bits[index]),
                    excused: excused.contains(family),
                    statement: self.statement(candidate, kind),
                })
            })
            .collect();
        families.sort_by(|a, b| b.bits.total_cmp(&a.bits).then(a.family.cmp(&b.family)));
        families
    }

    /// "612 of 612 accounts have one of 3 mail domains; 3 of 104,220 peers do".
    fn statement(&self, candidate: &Candidate, kind: KindId) -> String {
        let known = candidate.profile.known(kind);
        let least = 2.max(known / 200);
        let mut values: Vec<(u32, u32)> = candidate.profile.values(kind);
        values.retain(|value| value.1 >= least);
        values.truncate(1000);
        let members: u32 = values.iter().map(|value| value.1).sum();
        let mut peers = 0;
        let mut total = 0;
        for (id, _) in &values {
            let counts = candidate.profile.peers_with(&candidate.peers, kind, *id);
            peers += counts.peers;
            total = counts.peers_total;
        }
        let title = kind.kind().title;
        let which = if values.len() == 1 {
            format!("the same {title}")
        } else {
            format!("one of {} values of “{title}”", grouped(values.len() as u64))
        };
        format!(
            "{} of {} accounts have {which}; so do {} of {} {}",
            grouped(u64::from(members.min(known))),
            grouped(u64::from(known)),
            grouped(peers.min(total)),
            grouped(total),
            if self.scene.baseline.is_some() { "trusted accounts" } else { "other accounts" }
        )
    }

    fn counter_evidence(&self, candidate: &Candidate) -> Vec<String> {
        let facts = &candidate.facts;
        let mut sentences = Vec::new();
        let trusted = candidate
            .members
            .iter()
            .filter(|member| self.scene.shared.accounts.trusted.has(member.0 as usize))
            .count();
        if trusted > 0 {
            sentences.push(format!(
                "{} of {} members are trusted by the site.",
                grouped(trusted as u64),
                grouped(facts.accounts)
            ));
        }
        if let Some(share) =
            facts.active_share.filter(|share| *share >= 0.3 * facts.peers_active_share)
        {
            sentences.push(format!(
                "{:.0} % of members come back on a later day, as {:.0} % of all accounts do.",
                share * 100.0,
                facts.peers_active_share * 100.0
            ));
        }
        for (index, family) in FAMILIES.iter().enumerate() {
            let known = evidence_kinds().any(|(kind, info)| {
                info.family == *family
                    && f64::from(candidate.profile.known(kind)) > 0.5 * facts.accounts as f64
            });
            if known && facts.family_bits[index] < 0.5 {
                sentences.push(format!(
                    "Nothing in {} sets the members apart from their peers ({:.1} bits).",
                    family_words(*family),
                    facts.family_bits[index].max(0.0)
                ));
            }
        }
        sentences
    }

    fn graph(&self, candidate: &Candidate, words: &Words) -> Graph {
        let shown = self.pictured(candidate);
        let omitted = shown.len().saturating_sub(NODES_MAX);
        let shown = &shown[..shown.len().min(NODES_MAX)];
        let number: BTreeMap<u32, u32> =
            shown.iter().enumerate().map(|(index, node)| (node.0, index as u32)).collect();
        let graph = &self.judgement.graph;
        let mut edges: Vec<GraphEdge> = graph
            .links
            .iter()
            .chain(&graph.supports)
            .filter_map(|pair| {
                Some(GraphEdge {
                    from: *number.get(&pair.from)?,
                    to: *number.get(&pair.to)?,
                    accounts: u64::from(pair.accounts),
                    expected: round(pair.expected),
                })
            })
            .collect();
        edges.sort_by_key(|edge| (std::cmp::Reverse(edge.accounts), edge.from, edge.to));
        edges.truncate(EDGES_MAX);
        let nodes = shown
            .iter()
            .map(|(node, members)| {
                let node = graph.nodes[*node as usize];
                let info = node.kind.kind();
                GraphNode {
                    kind: info.name.to_owned(),
                    family: info.family,
                    role: info.role,
                    value: self.value(words, node.kind, node.id),
                    members: u64::from(*members),
                }
            })
            .collect();
        let groups = pictured::groups(self.judgement, candidate, shown);
        Graph { nodes, edges, nodes_omitted: omitted as u64, groups }
    }
}

/// Members for people to look at.
fn sampled(candidate: &Candidate) -> Vec<&(u32, Belonging)> {
    let mut ranked: Vec<&(u32, Belonging)> = candidate.members.iter().collect();
    ranked.sort_by(|a, b| b.1.bits.total_cmp(&a.1.bits).then(a.0.cmp(&b.0)));
    if ranked.len() <= SAMPLE_MAX {
        return ranked;
    }
    let last = ranked.len() - 1;
    (0..SAMPLE_MAX).map(|index| ranked[index * last / (SAMPLE_MAX - 1)]).collect()
}
