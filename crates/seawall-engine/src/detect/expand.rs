//! Which accounts fit a campaign, though no pair of hot selectors put them there?

use seawall_core::{campaign::membership::MEMBER_BITS, selector::KindId};

use super::{
    by_rows,
    candidate::Candidate,
    facts::comes_back,
    groups::Group,
    lacking::{self, Misfit},
    scene::Scene,
    score::{Context, binding_min},
    ties::{Tie, Ties},
};

/// Bits that an account needs to join where the input has one binding family: odds of 99 to one.
const LONE_FAMILY_JOINING_BITS: f64 = 6.6;

impl Context<'_> {
    /// Takes in accounts that fit a candidate's profile, though no pair of hot selectors put them there.
    /// Each goes to the one candidate that it fits best.
    pub(super) fn expand(&self, candidates: Vec<Candidate>) -> Vec<Group> {
        let ties = Ties::new(self.scene, self.peers, &candidates);
        let mut owned = vec![false; self.scene.shared.len()];
        for (row, _) in candidates.iter().flat_map(|candidate| &candidate.members) {
            owned[*row as usize] = true;
        }
        let joining = by_rows(self.scene.threads, owned.len(), |rows| {
            let mut tied = ties.room();
            let mut misfits = Vec::new();
            let joining = rows
                .filter(|row| self.scene.subject.has(*row) && !owned[*row])
                .filter_map(|row| {
                    ties.of(self.scene, row, &mut tied);
                    let fit =
                        self.best_fit(&candidates, &ties, &tied.ties, row as u32, &mut misfits)?;
                    Some((fit, row as u32))
                })
                .collect::<Vec<(u32, u32)>>();
            (joining, misfits)
        });
        let (joining, misfits): (Vec<_>, Vec<_>) = joining.into_iter().unzip();
        let count = |kind: KindId, id: u32| self.scene.counts[usize::from(kind.0)][id as usize - 1];
        let own = lacking::own(misfits.concat(), count);
        let mut groups: Vec<Group> = candidates.into_iter().map(Candidate::into_group).collect();
        for (index, row) in joining.into_iter().flatten().chain(own) {
            groups[index as usize].rows.push(row);
        }
        for group in &mut groups {
            group.rows.sort_unstable();
        }
        groups
    }

    /// The candidate that an account fits best, if it fits any of those it is tied to; otherwise what it would
    /// fit but for one value.
    fn best_fit(
        &self,
        candidates: &[Candidate],
        ties: &Ties,
        tied: &[Tie],
        row: u32,
        misfits: &mut Vec<Misfit>,
    ) -> Option<u32> {
        let noted = misfits.len();
        let mut best = (joining_bits(self.scene) as f32, None);
        for tie in tied {
            let candidate = &candidates[tie.campaign as usize];
            let silent = candidate.dormant && !comes_back(self.scene, row as usize);
            if tie.families.count_ones() + u32::from(silent) < binding_min(self.scene)
                || !ties.may_fit(self.scene, row as usize, tie)
            {
                continue;
            }
            let belonging = candidate.profile.belonging(self.scene, self.peers, row);
            if belonging.bits > best.0 && self.is_bound(&belonging, row, candidate.dormant) {
                best = (belonging.bits, Some(tie.campaign));
            } else {
                let campaign = (tie.campaign, ties.prior_bits(tie));
                lacking::note(self.scene, campaign, row, &belonging, misfits);
            }
        }
        if best.1.is_some() {
            misfits.truncate(noted);
        }
        best.1
    }
}

/// Bits that an account needs to join a candidate: those of a member, where two families must agree; where
/// there is only one, nothing else keeps strangers out.
fn joining_bits(scene: &Scene<'_>) -> f64 {
    if scene.single_family { LONE_FAMILY_JOINING_BITS } else { MEMBER_BITS }
}
