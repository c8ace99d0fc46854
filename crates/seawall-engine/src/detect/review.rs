//! What do people's words on earlier campaigns change in what was found?
//!
//! They say what belongs together and what does not, and that something is no operation's. How strong the evidence is
//! they do not say: what is joined or parted is weighed again like anything else, and what then does not stand is left
//! as it was found, which is told. Only campaigns are looked at: nothing that fell becomes one by a word.

use std::collections::{BTreeMap, BTreeSet};

use seawall_core::{
    campaign::{
        findings::{ByReview, Explanation, FAMILIES, ReviewOutcome},
        review::{Binding, Reviewed, Reviews, Said, Union, common},
    },
    selector::KindId,
};

use super::{
    candidate::{Candidate, order},
    facts::Activity,
    findings::{SELECTORS_MAX, Teller},
    judge::Judgement,
    scene::Scene,
    score::Context,
};

/// Applies what people said; what came of each.
pub(crate) fn apply(
    scene: &Scene<'_>,
    judgement: &mut Judgement,
    reviews: &Reviews,
    report_bits: f64,
) -> Vec<ReviewOutcome> {
    if reviews.all().is_empty() {
        return Vec::new();
    }
    let all = std::mem::take(&mut judgement.candidates);
    let (standing, rest): (Vec<_>, Vec<_>) =
        all.into_iter().partition(|candidate| candidate.bits >= report_bits);
    let activity = Activity::new(scene);
    let mut desk =
        Desk { scene, activity: &activity, report_bits, standing, rest, outcomes: Vec::new() };
    // A part that was split off is not brought back by what was merged into the rest.
    for union in reviews.unions() {
        desk.join(&union);
    }
    for own in reviews.all() {
        match &own.said {
            Said::Merged { .. } => {}
            Said::Split { selector, name } => desk.split(own, selector, name),
            Said::Dismissed => desk.dismiss(own),
        }
    }
    judgement.candidates = desk.standing;
    judgement.candidates.extend(desk.rest);
    judgement.candidates.sort_by(order);
    desk.outcomes
}

struct Desk<'a> {
    scene: &'a Scene<'a>,
    activity: &'a Activity,
    report_bits: f64,
    /// Those that are campaigns.
    standing: Vec<Candidate>,
    /// Those that are none, or not any more.
    rest: Vec<Candidate>,
    outcomes: Vec<ReviewOutcome>,
}

impl Desk<'_> {
    /// The one that is bound by what bound a campaign then: the one with most of it, among equals the first.
    fn known_again(&self, then: &Binding) -> Option<usize> {
        let shares = self.standing.iter().map(|own| common(then, &self.binding(own)));
        let found = shares.enumerate().filter_map(|(index, common)| Some((common?, index)));
        let best = found.max_by_key(|(common, index)| (*common, std::cmp::Reverse(*index)));
        best.map(|(_, index)| index)
    }

    /// An id, unless another is called by it.
    fn free(&self, id: &str) -> Option<String> {
        let mut all = self.standing.iter().chain(&self.rest);
        (!all.any(|own| own.called.as_deref() == Some(id))).then(|| id.to_owned())
    }

    fn binding(&self, candidate: &Candidate) -> Binding {
        let name = |kind: KindId, id: u32| {
            let hash = self.scene.shared.columns[usize::from(kind.0)].hashes[id as usize - 1];
            format!("{}:{hash:016x}", kind.kind().name)
        };
        let bound = Teller::bound(candidate).into_iter().take(SELECTORS_MAX);
        bound.map(|own| name(own.kind, own.id)).collect()
    }

    fn tell(&mut self, own: &Reviewed, applied: bool, why: impl Into<String>) {
        self.outcomes.push(ReviewOutcome {
            said: own.said.word().to_owned(),
            campaign: own.campaign.clone(),
            by: own.by.clone(),
            applied,
            why: why.into(),
        });
    }

    /// Weighs rows as one, with all that others are.
    fn weighed(&self, from: &Candidate, nodes: Vec<u32>, rows: Vec<u32>) -> Option<Candidate> {
        let (scene, activity, report_bits) = (self.scene, self.activity, self.report_bits);
        Context { scene, peers: &from.peers, activity, report_bits }.against_others(nodes, rows)
    }

    fn join(&mut self, union: &Union<'_>) {
        let found: BTreeMap<usize, &str> = union
            .parts
            .iter()
            .filter_map(|(id, binding)| Some((self.known_again(binding)?, *id)))
            .collect();
        let indices: Vec<usize> = found.keys().copied().collect();
        let missing: BTreeSet<&str> = union
            .parts
            .iter()
            .filter(|(_, binding)| self.known_again(binding).is_none())
            .map(|(id, _)| *id)
            .collect();
        let said = union.said.iter().map(|own| noted(own, "", &[union.into])).collect();
        let joined = match indices[..] {
            // What is not there cannot be joined, and what was found as one needs no word.
            [] => Err("nothing is bound by what bound them".to_owned()),
            // What was found as one needs no word.
            [only] if union.parts.len() - missing.len() > 1 => Ok((only, None)),
            [_] => Err(format!("there is nothing to join: not found {}", list(&missing))),
            _ => self.joined(&indices).map(|whole| (indices[0], Some(whole))),
        };
        let were: usize = indices.iter().map(|index| self.standing[*index].members.len()).sum();
        let told = match joined {
            Ok((index, whole)) => {
                if let Some(whole) = whole {
                    for index in indices.iter().rev().take(indices.len() - 1) {
                        self.standing.remove(*index);
                    }
                    self.standing[index] = whole;
                }
                let called = self.free(union.into);
                let own = &mut self.standing[index];
                own.called = called.or(own.called.take());
                let parts = union.parts.len() - missing.len();
                own.reviewed.extend::<Vec<ByReview>>(said);
                Ok(format!(
                    "{parts} of {} are one, with {} of {were} accounts",
                    union.parts.len(),
                    own.members.len()
                ))
            }
            Err(why) => Err(why),
        };
        for own in &union.said {
            let missing = missing.contains(own.campaign.as_str());
            match &told {
                Ok(_) if missing => self.tell(own, false, "nothing is bound by what bound it"),
                Ok(why) => self.tell(own, true, why),
                Err(why) => self.tell(own, false, why),
            }
        }
    }

    /// Several as one, where that stands.
    fn joined(&self, indices: &[usize]) -> Result<Candidate, String> {
        let parts = || indices.iter().map(|index| &self.standing[*index]);
        let nodes: BTreeSet<u32> = parts().flat_map(|own| own.nodes.iter().copied()).collect();
        let rows: BTreeSet<u32> =
            parts().flat_map(|own| own.members.iter().map(|member| member.0)).collect();
        let accounts = rows.len();
        let first = &self.standing[indices[0]];
        let whole = self.weighed(first, nodes.into_iter().collect(), rows.into_iter().collect());
        let reviewed: Vec<ByReview> = parts().flat_map(|own| own.reviewed.clone()).collect();
        let least = parts().map(|own| own.members.len()).max().unwrap_or(0);
        match whole {
            Some(mut whole) if whole.bits >= self.report_bits && whole.members.len() >= least => {
                whole.reviewed = reviewed;
                Ok(whole)
            }
            Some(whole) => Err(format!(
                "as one of {accounts} accounts they would leave {:.1} bits on {} of them",
                whole.bits,
                whole.members.len()
            )),
            None => Err("as one they would have nothing in common".to_owned()),
        }
    }

    fn split(&mut self, own: &Reviewed, selector: &str, name: &str) {
        let Some(index) = self.known_again(&own.bound_by) else {
            return self.tell(own, false, "nothing is bound by what bound it");
        };
        let Some((kind, id)) = self.value(selector) else {
            return self.tell(own, false, "nobody has that selector");
        };
        let whole = &self.standing[index];
        let column = &self.scene.shared.columns[usize::from(kind.0)];
        let rows = whole.members.iter().map(|member| member.0);
        let (with, without): (Vec<u32>, Vec<u32>) =
            rows.partition(|row| column.ids_of(*row as usize).contains(&id));
        if with.is_empty() || without.is_empty() {
            let who = if with.is_empty() { "none" } else { "all" };
            return self.tell(own, false, format!("{who} of its accounts carry that selector"));
        }
        let part = self.weighed(whole, whole.nodes.clone(), with);
        let rest = self.weighed(whole, whole.nodes.clone(), without);
        let stands = |part: &Option<Candidate>| {
            part.as_ref().is_some_and(|part| part.bits >= self.report_bits)
        };
        if !stands(&part) && !stands(&rest) {
            return self.tell(own, false, "neither part would stand by itself");
        }
        let whole = self.standing.remove(index);
        let size = |part: &Option<Candidate>| part.as_ref().map_or(0, |part| part.members.len());
        let why = format!("{} and {} accounts", size(&part), size(&rest));
        let called = whole.called.or_else(|| self.free(&own.campaign));
        let sides = [(part, None, name), (rest, called, "")];
        for (side, called, name) in sides {
            let Some(mut side) = side else { continue };
            side.reviewed.clone_from(&whole.reviewed);
            side.reviewed.push(noted(own, name, &[]));
            side.called = called;
            if side.bits >= self.report_bits { &mut self.standing } else { &mut self.rest }
                .push(side);
        }
        self.standing.sort_by(order);
        self.tell(own, true, why);
    }

    /// The value of `kind:hash`, where any account has it in common with another.
    fn value(&self, selector: &str) -> Option<(KindId, u32)> {
        let (kind, hash) = selector.split_once(':')?;
        let kind = KindId::from_name(kind)?;
        let hash = u64::from_str_radix(hash, 16).ok()?;
        let hashes = &self.scene.shared.columns[usize::from(kind.0)].hashes;
        let index = hashes.binary_search(&hash).ok()?;
        Some((kind, index as u32 + 1))
    }

    /// A person's word is an innocent explanation that accounts for everything.
    fn dismiss(&mut self, own: &Reviewed) {
        let Some(index) = self.known_again(&own.bound_by) else {
            return self.tell(own, false, "nothing is bound by what bound it");
        };
        let mut candidate = self.standing.remove(index);
        candidate.called = candidate.called.or_else(|| self.free(&own.campaign));
        let why = if own.note.is_empty() { "no reason given" } else { &own.note };
        candidate.explanations.insert(
            0,
            Explanation {
                name: "dismissed by review".to_owned(),
                applies: true,
                reason: format!("{} on {}: {why}", own.by, own.at),
                excuses: FAMILIES.to_vec(),
                bits_left: Some(0.0),
            },
        );
        candidate.bits = 0.0;
        candidate.reviewed.push(noted(own, "", &[]));
        let accounts = candidate.members.len();
        self.rest.push(candidate);
        self.tell(own, true, format!("{accounts} accounts are excused"));
    }
}

/// What was said, as findings have it; with which other campaigns.
fn noted(own: &Reviewed, name: &str, others: &[&str]) -> ByReview {
    ByReview {
        said: own.said.word().to_owned(),
        campaigns: std::iter::once(own.campaign.as_str())
            .chain(others.iter().copied())
            .map(str::to_owned)
            .collect(),
        name: name.to_owned(),
        by: own.by.clone(),
        at: own.at.clone(),
        note: own.note.clone(),
    }
}

fn list(ids: &BTreeSet<&str>) -> String {
    ids.iter().copied().collect::<Vec<_>>().join(", ")
}
