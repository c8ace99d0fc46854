//! The whole path from accounts to candidates.

use std::sync::Arc;

use super::{
    by_group::ByGroup,
    candidate::{Candidate, Score, order},
    facts::Activity,
    groups, hot,
    pairs::SelectorGraph,
    scene::{Scene, Sides},
    score::{Context, Within},
};
use crate::{Error, count::Shared, spread::Gather};

/// Everything a run found, before it is put into words.
pub(crate) struct Judgement {
    pub(crate) graph: SelectorGraph,
    /// Highest score first.
    pub(crate) candidates: Vec<Candidate>,
    /// The input has one binding family at most.
    pub(crate) single_family: bool,
}

/// What is judged, and with what.
pub(crate) struct Bench<'a> {
    /// As it was when this is done, with all columns in memory.
    pub(crate) shared: &'a mut Shared,
    pub(crate) sides: &'a Sides,
    pub(crate) gather: &'a dyn Gather,
    /// Bits from which a candidate is a campaign.
    pub(crate) report_bits: f64,
    pub(crate) threads: usize,
}

/// What the path comes to.
struct Found<W> {
    /// What is told is told with it.
    graph: Option<SelectorGraph>,
    /// What may be a campaign.
    candidates: Vec<Candidate>,
    /// What is kept of that which is none.
    weak: Vec<W>,
}

impl Bench<'_> {
    /// Judges, and keeps all that was looked at.
    pub(crate) fn judge(self, stage: &mut dyn FnMut(&'static str)) -> Result<Judgement, Error> {
        let single_family = self.sides.single_family();
        let weak = |weak: Candidate, row_of: &[u32]| weak.among_all(row_of);
        let Found { graph, mut candidates, weak } = self.run(weak, true, stage)?;
        let graph = graph.expect("it is kept for what is told");
        candidates.extend(weak);
        candidates.sort_by(order);
        Ok(Judgement { graph, candidates, single_family })
    }

    /// Judges, and keeps only what may be a campaign, and of all else how strong it is: most of what a judgement holds
    /// is of what is none.
    pub(crate) fn judge_campaigns(
        self,
        stage: &mut dyn FnMut(&'static str),
    ) -> Result<(Vec<Candidate>, Vec<Score>), Error> {
        let Found { candidates, weak, .. } = self.run(|weak, _| weak.score(), false, stage)?;
        Ok((candidates, weak))
    }

    /// The path; `weak` says what is kept of a candidate that is none, given which row each of its rows is among all, and
    /// the graph is kept if what is found is `told`.
    fn run<W: Send>(
        self,
        weak: impl Fn(Candidate, &[u32]) -> W + Sync,
        told: bool,
        stage: &mut dyn FnMut(&'static str),
    ) -> Result<Found<W>, Error> {
        let Self { shared, sides, gather, report_bits, threads } = self;
        // Up to pairs one kind after the other is asked.
        shared.columns.let_go();
        let mut graph = pairs(&sides.scene(shared, threads), gather, stage)?;
        stage("forming groups");
        shared.columns.bring()?;
        let mut groups = groups::find(&sides.scene(shared, threads), &graph);
        if !told {
            graph.forget_telling();
        }
        stage("comparing with peers");
        let activity = &Activity::new(&sides.scene(shared, threads));
        let (by_group, peers) = ByGroup::new(shared, sides, &mut groups, threads)?;
        let peers = &Arc::new(peers);
        let scene = &by_group.scene(shared, sides, threads);
        let context = Context { scene, peers, activity, report_bits };
        let row_of = by_group.row_of();
        let within = Within { graph: &graph, row_of };
        let (strong, weak) = context.first(&within, groups, |own| weak(own, row_of));
        graph.forget_accounts();
        let graph = told.then_some(graph);
        let (standing, fallen) = context.stand(strong, stage);
        let row_of = by_group.put_back(shared);
        shared.columns.bring()?;
        let all = |own: Vec<Candidate>| own.into_iter().map(|own| own.among_all(&row_of)).collect();
        let (standing, mut candidates): (Vec<Candidate>, Vec<Candidate>) =
            (all(standing), all(fallen));
        let scene = &sides.scene(shared, threads);
        let context = Context { scene, peers, activity, report_bits };
        candidates.extend(context.complete(standing, stage));
        Ok(Found { graph, candidates, weak })
    }
}

/// Hot selectors, and which of them occur together.
fn pairs(
    scene: &Scene<'_>,
    gather: &dyn Gather,
    stage: &mut dyn FnMut(&'static str),
) -> Result<SelectorGraph, Error> {
    stage("testing selectors");
    let nodes = hot::find(scene)?;
    stage("counting pairs");
    let mut graph = SelectorGraph::new(scene, nodes, gather)?;
    graph.note_carriers();
    Ok(graph)
}
