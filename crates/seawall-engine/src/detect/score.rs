//! Is a group an operation, once every innocent explanation has been granted?

use std::{collections::BTreeMap, sync::Arc};

use seawall_core::campaign::{
    evidence::CAMPAIGN_BITS_MAX,
    findings::Explanation,
    innocence::{Facts, weigh},
    membership::{BINDING_MIN, MEMBER_BITS},
};

use super::{
    blocks::blocks,
    candidate::{Candidate, order},
    facts::{Activity, action_sharing, binding_families, comes_back, facts},
    groups::{self, Group},
    in_parallel,
    pairs::SelectorGraph,
    part,
    peers::{Background, Peers},
    pools,
    profile::{Belonging, Gathered, Round, prior_bits},
    scene::Scene,
    unite,
};

/// Rounds of profile and membership.
const ROUNDS_MAX: usize = 3;
/// Accounts through which a large group is looked at first.
const SAMPLE: usize = 1500;
/// Parts of which one is looked at first, where so many are united that they may be a crowd.
const PARTS_AT_FIRST: usize = 16;
/// Accounts from which a union is looked at through some of its parts first.
const UNION_LARGE: usize = 100_000;
/// Bits from which what was seen is worth another look.
const WORTH_BITS_MIN: f64 = 1.0;
/// Bits with nothing excused from which a group may be part of an operation, though too small to be one
/// by itself.
const STRONG_BITS: f64 = 16.0;
/// Resolutions of the communities within a group, one after the other.
const RESOLUTIONS: [f64; 5] = [3.0, 10.0, 30.0, 100.0, 300.0];
/// Selectors of a group that is worth parting.
const PARTED_MIN: usize = 8;

/// What candidates are weighed with.
pub(super) struct Context<'a> {
    pub(super) scene: &'a Scene<'a>,
    pub(super) peers: &'a Arc<Peers>,
    pub(super) activity: &'a Activity,
    /// Bits from which a candidate is a campaign.
    pub(super) report_bits: f64,
}

/// Where the communities within a group are found.
pub(super) struct Within<'a> {
    pub(super) graph: &'a SelectorGraph,
    /// Which row of the graph each row is.
    pub(super) row_of: &'a [u32],
}

impl Context<'_> {
    /// Weighs groups against accounts in no group; those that may be part of an operation, and what `weak` makes of the
    /// others. Parts of one operation in several groups must not hide each other, so only what stands here is completed
    /// and held against everyone else.
    pub(super) fn first<W: Send>(
        &self,
        within: &Within<'_>,
        groups: Vec<Group>,
        weak: impl Fn(Candidate) -> W + Sync,
    ) -> (Vec<Candidate>, Vec<W>) {
        let pool = |groups| pools::pool(self.scene, self.peers, groups);
        let groups = if self.scene.single_family { groups } else { pool(groups) };
        let (mut strong, mut others) = (Vec::new(), Vec::new());
        for looked_at in self.look_within(within, groups, weak) {
            match looked_at {
                Ok(candidate) => strong.push(candidate),
                Err(weak) => others.push(weak),
            }
        }
        (strong, others)
    }

    /// Parts and unites what is strong; what of that is a campaign against all other accounts too, and all else.
    pub(super) fn stand(
        &self,
        mut strong: Vec<Candidate>,
        stage: &mut dyn FnMut(&'static str),
    ) -> (Vec<Candidate>, Vec<Candidate>) {
        if !self.scene.single_family {
            strong = self.part(strong);
        }
        strong.sort_by(order);
        stage("uniting parts");
        // One family alone tells no two operations apart, so parts of one cannot be told from two.
        let united = if self.scene.single_family { strong } else { self.unite(strong) };
        let (promising, mut others): (Vec<Candidate>, Vec<Candidate>) =
            united.into_iter().partition(|candidate| candidate.bits >= self.report_bits);
        let (standing, fallen) = self.hold_against_all(promising);
        others.extend(fallen);
        (standing, others)
    }

    /// Completes what stands.
    pub(super) fn complete(
        &self,
        standing: Vec<Candidate>,
        stage: &mut dyn FnMut(&'static str),
    ) -> Vec<Candidate> {
        if standing.is_empty() {
            return standing;
        }
        let Self { scene, activity, report_bits, .. } = *self;
        stage("looking for further members");
        let complete = self.expand(standing);
        // Those who joined brought values that were not counted among peers before.
        let peers = Arc::new(Peers::count(scene, &complete));
        let context = Context { scene, peers: &peers, activity, report_bits };
        let weighed = in_parallel(scene.threads, complete.len(), |index| {
            let Group { nodes, rows } = complete[index].clone();
            context.weigh_blocks(nodes, rows, Background::Others)
        });
        weighed.into_iter().flatten().collect()
    }

    /// Looks at every group, and where one is nothing as a whole, at ever finer communities within it:
    /// chance links a good part of any large input into one, and operations with it.
    fn look_within<W: Send>(
        &self,
        within: &Within<'_>,
        groups: Vec<Group>,
        weak: impl Fn(Candidate) -> W + Sync,
    ) -> Vec<Result<Candidate, W>> {
        let report_bits = self.report_bits;
        let may_be_part = |candidate: &Candidate| {
            candidate.bits >= report_bits || candidate.bits_unexcused >= STRONG_BITS
        };
        ever_finer(groups, |groups, resolution| {
            in_parallel(self.scene.threads, groups.len(), |index| {
                let found = self.first_look(&groups[index]);
                // What has an innocent explanation is one body, and explained as one.
                let nothing = found.iter().all(|candidate| {
                    candidate.bits_unexcused + candidate.facts.prior_bits < report_bits
                        || candidate.bits < report_bits && self.is_crowd(candidate)
                        || !self.stands(candidate)
                });
                let parts = match resolution {
                    Some(resolution) if nothing && groups[index].nodes.len() >= PARTED_MIN => {
                        let row_of = |row: u32| within.row_of[row as usize];
                        groups::finer(within.graph, &groups[index], row_of, resolution)
                    }
                    _ => Vec::new(),
                };
                let sorted =
                    |own: Candidate| if may_be_part(&own) { Ok(own) } else { Err(weak(own)) };
                (found.into_iter().map(sorted).collect(), parts)
            })
        })
    }

    /// Weighs a group against accounts in no group. A large one is looked at through a sample first: most
    /// are nothing, and hold nothing together in it either.
    fn first_look(&self, group: &Group) -> Vec<Candidate> {
        if group.rows.len() > 2 * SAMPLE {
            let step = group.rows.len().div_ceil(SAMPLE);
            let sample = group.rows.iter().copied().step_by(step).collect();
            if self.refine(group.nodes.clone(), sample, Background::Ungrouped).is_none() {
                return Vec::new();
            }
        }
        self.weigh_blocks(group.nodes.clone(), group.rows.clone(), Background::Ungrouped)
    }

    /// Weighs a group, and where it falls into blocks that nothing telling connects, each of them.
    fn weigh_blocks(
        &self,
        nodes: Vec<u32>,
        rows: Vec<u32>,
        background: Background,
    ) -> Vec<Candidate> {
        let Some(candidate) = self.refine(nodes, rows, background) else { return Vec::new() };
        if self.scene.single_family {
            return vec![candidate];
        }
        let mut blocks = blocks(self.scene, self.peers, &candidate.profile, &candidate.rows());
        if blocks.len() == 1 {
            return vec![candidate];
        }
        blocks.retain(|block| block.len() >= groups::ACCOUNTS_MIN);
        blocks
            .into_iter()
            .filter_map(|rows| self.refine(candidate.nodes.clone(), rows, background))
            .collect()
    }

    /// Parts candidates that are two operations or more, each of which stands by itself, and takes out of those that do
    /// not stand what does.
    fn part(&self, candidates: Vec<Candidate>) -> Vec<Candidate> {
        let standing = |candidate: &Candidate, rows: Vec<u32>| -> Vec<Candidate> {
            let nodes = candidate.nodes.clone();
            let mut found = self.weigh_blocks(nodes, rows, Background::Ungrouped);
            found.retain(|part| part.bits >= self.report_bits);
            found
        };
        let mut whole = Vec::new();
        let mut left = candidates;
        while !left.is_empty() {
            let parted = in_parallel(self.scene.threads, left.len(), |index| {
                let whole = &left[index];
                let sides = part::part(self.scene, whole)?;
                let sides = sides.map(|rows| standing(whole, rows));
                // Of what does not stand as a whole one side may: an operation among bystanders.
                let least = if whole.bits >= self.report_bits { 2 } else { 1 };
                let stand = sides.iter().filter(|side| !side.is_empty()).count();
                (stand >= least).then(|| sides.into_iter().flatten())
            });
            let mut parts = Vec::new();
            for (candidate, parted) in left.into_iter().zip(parted) {
                match parted {
                    Some(sides) => parts.extend(sides),
                    None => whole.push(candidate),
                }
            }
            left = parts;
        }
        whole
    }

    /// Whether a candidate is too large a part of the input to be one body: what explains most of it need not
    /// explain an operation within. With one family, its parts are no better founded than the whole.
    fn is_crowd(&self, candidate: &Candidate) -> bool {
        !self.scene.single_family && candidate.members.len() >= self.scene.popular_min() as usize
    }

    /// Whether a candidate stands against all other accounts, where it is large. Where half of an input is
    /// in some group, too few are in none to tell what is usual; and a part so large hides no other.
    fn stands(&self, candidate: &Candidate) -> bool {
        if candidate.members.len() <= 2 * SAMPLE {
            return true;
        }
        self.against_all(candidate).is_some_and(|seen| has_weight(&seen))
    }

    /// A candidate as it looks against all other accounts.
    fn against_all(&self, candidate: &Candidate) -> Option<Candidate> {
        self.against_others(candidate.nodes.clone(), candidate.rows())
    }

    /// Rows as one, against all other accounts.
    pub(super) fn against_others(&self, nodes: Vec<u32>, rows: Vec<u32>) -> Option<Candidate> {
        self.refine(nodes, rows, Background::Others)
    }

    /// Those that are campaigns against all other accounts too, as they are, and those that fall, as they then
    /// look: further members would be strangers who happen to be like them, and looking for some is dear.
    fn hold_against_all(&self, candidates: Vec<Candidate>) -> (Vec<Candidate>, Vec<Candidate>) {
        let seen = in_parallel(self.scene.threads, candidates.len(), |index| {
            self.against_all(&candidates[index])
        });
        let (mut standing, mut fallen) = (Vec::new(), Vec::new());
        for (candidate, seen) in candidates.into_iter().zip(seen) {
            match seen {
                Some(seen) if seen.bits >= self.report_bits => standing.push(candidate),
                seen => fallen.extend(seen),
            }
        }
        (standing, fallen)
    }

    /// Alternates profile and membership until they agree, then weighs what is left.
    fn refine(&self, nodes: Vec<u32>, rows: Vec<u32>, background: Background) -> Option<Candidate> {
        let dormant = self.activity.is_dormant(self.scene, &rows);
        let mut gathered = Gathered::binding(self.scene, self.peers, rows);
        let mut accounts: Vec<u32> = (0..gathered.rows.len() as u32).collect();
        // Most groups are nothing, and that shows in what could bind them.
        let first = Round::new(self.scene, &gathered, accounts.clone(), background);
        if !first.may_bind(dormant, self.scene.single_family) {
            return None;
        }
        let bound = first.members().iter().filter(|m| self.is_bound(&m.1, m.0, dormant)).count();
        if bound < groups::ACCOUNTS_MIN {
            return None;
        }
        gathered.complete(self.scene, self.peers);
        for number in 0.. {
            let round = Round::new(self.scene, &gathered, accounts, background);
            let members = round.members();
            let stays = |(row, belonging): &(u32, Belonging)| {
                f64::from(belonging.bits) >= MEMBER_BITS && self.is_bound(belonging, *row, dormant)
            };
            let kept: Vec<u32> = round
                .accounts()
                .iter()
                .zip(&members)
                .filter(|(_, member)| stays(member))
                .map(|(account, _)| *account)
                .collect();
            if kept.len() < groups::ACCOUNTS_MIN {
                return None;
            }
            if kept.len() == members.len() || number >= ROUNDS_MAX {
                return Some(self.weigh(nodes, round, members, dormant));
            }
            accounts = kept;
        }
        None
    }

    /// Two binding families and none against; in a group whose accounts are made and left alone, one
    /// family and that.
    pub(super) fn is_bound(&self, belonging: &Belonging, row: u32, dormant: bool) -> bool {
        let silent = dormant && !comes_back(self.scene, row as usize);
        belonging.is_bound(silent, self.scene.single_family)
    }

    fn weigh(
        &self,
        nodes: Vec<u32>,
        round: Round<'_>,
        members: Vec<(u32, Belonging)>,
        dormant: bool,
    ) -> Candidate {
        let Self { scene, peers, activity, .. } = *self;
        let rows: Vec<u32> = members.iter().map(|member| member.0).collect();
        let rows = rows.as_slice();
        let kind_bits = round.kind_bits();
        let profile = round.into_profile();
        let mut facts = facts(scene, peers, activity, &profile, &kind_bits, rows);
        facts.family_sharing = binding_families(scene, &profile, &kind_bits, &members);
        facts.action_sharing = action_sharing(scene, &profile, &kind_bits, &members);
        let (explanations, bits) = self.explain(&facts, dormant);
        let bits_unexcused = facts.family_bits.iter().map(|bits| bits.max(0.0)).sum();
        Candidate {
            nodes,
            members,
            profile,
            peers: Arc::clone(peers),
            facts,
            kind_bits,
            explanations,
            bits,
            bits_unexcused,
            dormant,
            called: None,
            reviewed: Vec::new(),
        }
    }

    /// The innocent explanations of what is known of a group, and the bits that the most favourable leaves.
    fn explain(&self, facts: &Facts, dormant: bool) -> (Vec<Explanation>, f64) {
        let binding = facts.family_sharing.iter().filter(|sharing| **sharing > 0).count() as u32;
        let explanations = weigh(facts);
        let left =
            explanations.first().and_then(|explanation| explanation.bits_left).unwrap_or(0.0);
        let bound = binding + u32::from(dormant) >= binding_min(self.scene);
        (explanations, if bound { f64::min(left, CAMPAIGN_BITS_MAX) } else { 0.0 })
    }

    /// Makes one candidate of those that are parts of one operation.
    fn unite(&self, candidates: Vec<Candidate>) -> Vec<Candidate> {
        let into = unite::parts(self.scene, self.peers, &candidates);
        let mut unions: BTreeMap<usize, Vec<Candidate>> = BTreeMap::new();
        for (index, candidate) in candidates.into_iter().enumerate() {
            unions.entry(into[index]).or_default().push(candidate);
        }
        // Of those that are weighed anew nothing is kept but who is in them.
        let (mut whole, mut united) = (Vec::new(), Vec::new());
        for mut parts in unions.into_values() {
            if parts.len() == 1 {
                whole.append(&mut parts);
            } else {
                let groups = parts.into_iter().map(Candidate::into_group);
                united.push(groups.collect::<Vec<Group>>());
            }
        }
        let weighed = in_parallel(self.scene.threads, united.len(), |index| {
            self.weigh_united(&united[index])
        });
        let mut united: Vec<Candidate> =
            whole.into_iter().chain(weighed.into_iter().flatten()).collect();
        united.sort_by(order);
        united
    }

    /// Weighs parts as one. A large union is looked at through some of its parts first, which have more in common with
    /// each other than all: where chance has linked a crowd, they are nothing either.
    fn weigh_united(&self, parts: &[Group]) -> Vec<Candidate> {
        let accounts: usize = parts.iter().map(|part| part.rows.len()).sum();
        if accounts >= UNION_LARGE && parts.len() >= PARTS_AT_FIRST * PARTS_AT_FIRST {
            let some = together(parts.iter().step_by(PARTS_AT_FIRST));
            let Some(seen) = self.refine(some.nodes, some.rows, Background::Ungrouped) else {
                return Vec::new();
            };
            let prior_bits = prior_bits(accounts as u32, self.scene);
            let facts = Facts { prior_bits, ..seen.facts.clone() };
            if self.explain(&facts, seen.dormant).1 < WORTH_BITS_MIN {
                return vec![seen];
            }
        }
        let Group { nodes, rows } = together(parts.iter());
        self.weigh_blocks(nodes, rows, Background::Ungrouped)
    }
}

/// All accounts and selectors of several groups.
fn together<'g>(parts: impl Iterator<Item = &'g Group>) -> Group {
    let mut all = Group::default();
    for part in parts {
        all.nodes.extend_from_slice(&part.nodes);
        all.rows.extend_from_slice(&part.rows);
    }
    all.rows.sort_unstable();
    all.nodes.sort_unstable();
    all.nodes.dedup();
    all
}

/// Looks at groups, then at the parts of those that have several, and so on through all resolutions; what
/// the last one parts is looked at as well, with none.
fn ever_finer<C>(
    groups: Vec<Group>,
    look: impl Fn(&[Group], Option<f64>) -> Vec<(Vec<C>, Vec<Group>)>,
) -> Vec<C> {
    let mut candidates = Vec::new();
    let mut groups = groups;
    for resolution in RESOLUTIONS.into_iter().map(Some).chain([None]) {
        let mut finer = Vec::new();
        for (found, mut parts) in look(&groups, resolution) {
            if parts.len() < 2 {
                candidates.extend(found);
                continue;
            }
            parts.retain(|part| part.rows.len() >= groups::ACCOUNTS_MIN);
            finer.extend(parts);
        }
        groups = finer;
    }
    candidates
}

/// Whether a candidate is worth another look, before anything is excused.
fn has_weight(candidate: &Candidate) -> bool {
    candidate.bits_unexcused + candidate.facts.prior_bits >= WORTH_BITS_MIN
}

/// Binding families that an account and a campaign need: all there are, where the input has but one.
pub(super) fn binding_min(scene: &Scene<'_>) -> u32 {
    if scene.single_family { 1 } else { BINDING_MIN }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_parted_to_the_last_is_looked_at() {
        let halves = |group: &Group| {
            let middle = group.rows.len() / 2;
            let half = |rows: &[u32]| Group { nodes: Vec::new(), rows: rows.to_vec() };
            vec![half(&group.rows[..middle]), half(&group.rows[middle..])]
        };
        let whole = Group { nodes: Vec::new(), rows: (0..10 << RESOLUTIONS.len()).collect() };
        let looked_at = ever_finer(vec![whole.clone()], |groups, resolution| {
            let parts = |group| if resolution.is_some() { halves(group) } else { Vec::new() };
            groups.iter().map(|group| (vec![group.rows.clone()], parts(group))).collect()
        });
        assert_eq!(looked_at.len(), 1 << RESOLUTIONS.len());
        assert_eq!(looked_at.concat(), whole.rows);
    }
}
