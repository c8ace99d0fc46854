//! Which observations can stand for which parts of a pattern?
//!
//! Each part takes observations of its own, as often as they were observed. Times make groups of parts that depend on
//! each other. The search tries one observation after the other and turns back where a group cannot be had any more;
//! it gives up after so many steps, since some patterns have more ways than could be tried.

use std::rc::Rc;

use super::EvaluateError;

/// Steps of a search before it gives up.
const STEPS_MAX: u64 = 2_000_000;
/// Observations that one way may use.
const CHOSEN_MAX: usize = 4_096;

/// What has to be observed.
#[derive(Clone, Debug)]
pub(super) enum Node {
    /// One observation for which that test holds, within each of these spans: start and end in microseconds, the end
    /// not in it.
    Test {
        test: usize,
        spans: Vec<(i64, i64)>,
    },
    And(Vec<Self>),
    Or(Vec<Self>),
    FollowedBy(Vec<Self>),
    /// So many microseconds.
    Within(Box<Self>, i64),
    Repeats(Box<Self>, u64),
}

/// When something was observed, in microseconds, and how often.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) first: i64,
    pub(super) last: i64,
    pub(super) number: u64,
}

/// The first way that is found: numbers of observations, sorted. `candidates` are those for which each test holds.
pub(super) fn bind(
    root: &Node,
    candidates: &[Vec<usize>],
    spans: &[Span],
) -> Result<Option<Vec<usize>>, EvaluateError> {
    if let Some((test, times, within)) = alone(root) {
        let (test, allowed) = test;
        let fitting = candidates[test].iter().copied();
        let fitting = fitting.filter(|number| in_spans(&spans[*number], allowed)).collect();
        return Ok(enough(fitting, times, within, spans));
    }
    let mut search = Search {
        candidates,
        spans,
        used: vec![0; spans.len()],
        groups: Vec::new(),
        chosen: Vec::new(),
        steps: 0,
    };
    let found =
        search.solve(&Goals::first(Goal::Node(root), &Context::default(), &Goals::default()))?;
    let mut chosen = search.chosen;
    chosen.sort_unstable();
    chosen.dedup();
    Ok(found.then_some(chosen))
}

/// Whether an observation lies within every span of a test.
fn in_spans(span: &Span, within: &[(i64, i64)]) -> bool {
    within.iter().all(|(start, stop)| start < stop && span.first < *stop && span.last >= *start)
}

/// A pattern of one test and its spans, repeated so often, within so long.
type Alone<'a> = ((usize, &'a [(i64, i64)]), u64, i64);

/// What a pattern asks for that has one test only.
fn alone(root: &Node) -> Option<Alone<'_>> {
    let (inner, within) = match root {
        Node::Within(inner, within) => (&**inner, *within),
        other => (other, i64::MAX),
    };
    let (inner, times) = match inner {
        Node::Repeats(inner, times) => (&**inner, *times),
        other => (other, 1),
    };
    match inner {
        Node::Test { test, spans } => Some(((*test, spans), times, within)),
        _ => None,
    }
}

/// So many observations within a time. That needs no search: there is a time that is reached by enough of them, or
/// there is none.
fn enough(mut fitting: Vec<usize>, times: u64, within: i64, spans: &[Span]) -> Option<Vec<usize>> {
    if times == 1 {
        return fitting.first().map(|number| vec![*number]);
    }
    // Chosen observations fit a time if the last of the firsts is at most that time after the first of the lasts.
    fitting.sort_by_key(|number| (spans[*number].first, *number));
    let mut lasts: Vec<(i64, u64)> =
        fitting.iter().map(|number| (spans[*number].last, spans[*number].number)).collect();
    lasts.sort_unstable();
    let (mut begun, mut begun_to, mut ended, mut ended_to) = (0_u64, 0, 0_u64, 0);
    for &(last, _) in &lasts {
        let until = last.saturating_add(within);
        while begun_to < fitting.len() && spans[fitting[begun_to]].first <= until {
            begun = begun.saturating_add(spans[fitting[begun_to]].number);
            begun_to += 1;
        }
        while ended_to < lasts.len() && lasts[ended_to].0 < last {
            ended = ended.saturating_add(lasts[ended_to].1);
            ended_to += 1;
        }
        if begun.saturating_sub(ended) >= times {
            let mut left = times;
            let mut chosen = Vec::new();
            for number in &fitting[..begun_to] {
                if left > 0 && spans[*number].last >= last {
                    left = left.saturating_sub(spans[*number].number);
                    chosen.push(*number);
                }
            }
            chosen.sort_unstable();
            return Some(chosen);
        }
    }
    None
}

/// What is still to be found, in order.
#[derive(Clone, Default)]
struct Goals<'a>(Option<Rc<Next<'a>>>);

struct Next<'a> {
    goal: Goal<'a>,
    context: Context,
    rest: Goals<'a>,
}

impl<'a> Goals<'a> {
    /// That goal, and then the rest.
    fn first(goal: Goal<'a>, context: &Context, rest: &Self) -> Self {
        Self(Some(Rc::new(Next { goal, context: context.clone(), rest: rest.clone() })))
    }
}

#[derive(Clone, Copy)]
enum Goal<'a> {
    Node(&'a Node),
    /// One more of a node that repeats.
    Again(&'a Node, u64),
    /// So many more of a test, from a candidate on.
    Tests {
        test: usize,
        spans: &'a [(i64, i64)],
        left: u64,
        from: usize,
    },
}

/// The groups that an observation would belong to, innermost first.
#[derive(Clone, Default)]
struct Context(Option<Rc<(usize, Self)>>);

/// Observations that depend on each other.
#[derive(Clone)]
struct Group {
    /// Latest begin, and earliest end of its observations.
    latest_first: i64,
    earliest_last: i64,
    rule: Rule,
}

#[derive(Clone)]
enum Rule {
    Within(i64),
    /// Which of the groups from `first` to `end` follow each other it is.
    Sequence {
        first: usize,
        end: usize,
    },
}

struct Search<'a> {
    candidates: &'a [Vec<usize>],
    spans: &'a [Span],
    used: Vec<u64>,
    groups: Vec<Group>,
    chosen: Vec<usize>,
    steps: u64,
}

impl<'a> Search<'a> {
    fn solve(&mut self, goals: &Goals<'a>) -> Result<bool, EvaluateError> {
        let Some(next) = &goals.0 else { return Ok(true) };
        self.steps += 1;
        if self.steps > STEPS_MAX || self.chosen.len() > CHOSEN_MAX {
            return Err(EvaluateError::TooComplex);
        }
        let (context, rest) = (&next.context, &next.rest);
        match next.goal {
            Goal::Tests { test, spans, left, from } => {
                self.tests((test, spans, left, from), context, rest)
            }
            Goal::Again(node, left) => {
                let rest = match left {
                    0 => return self.solve(rest),
                    1 => rest.clone(),
                    _ => Goals::first(Goal::Again(node, left - 1), context, rest),
                };
                self.solve(&Goals::first(Goal::Node(node), context, &rest))
            }
            Goal::Node(node) => self.node(node, context, rest),
        }
    }

    fn node(
        &mut self,
        node: &'a Node,
        context: &Context,
        rest: &Goals<'a>,
    ) -> Result<bool, EvaluateError> {
        let goal = |goal| Goals::first(goal, context, rest);
        match node {
            Node::Test { test, spans } => {
                self.solve(&goal(Goal::Tests { test: *test, spans, left: 1, from: 0 }))
            }
            Node::Repeats(inner, times) => match &**inner {
                Node::Test { test, spans } => {
                    self.solve(&goal(Goal::Tests { test: *test, spans, left: *times, from: 0 }))
                }
                inner => self.solve(&goal(Goal::Again(inner, *times))),
            },
            Node::And(children) => {
                let all = children.iter().rev().fold(rest.clone(), |rest, child| {
                    Goals::first(Goal::Node(child), context, &rest)
                });
                self.solve(&all)
            }
            Node::Or(children) => {
                for child in children {
                    if self.solve(&goal(Goal::Node(child)))? {
                        return Ok(true);
                    }
                }
                Ok(false)
            }
            Node::Within(inner, within) => {
                let context = self.open(Rule::Within(*within), context);
                let found = self.solve(&Goals::first(Goal::Node(inner), &context, rest))?;
                self.groups.pop();
                Ok(found)
            }
            Node::FollowedBy(children) => {
                let first = self.groups.len();
                let rule = Rule::Sequence { first, end: first + children.len() };
                let mut goals = Vec::with_capacity(children.len());
                for child in children {
                    goals.push((Goal::Node(child), self.open(rule.clone(), context)));
                }
                let all = goals.into_iter().rev().fold(rest.clone(), |rest, (goal, context)| {
                    Goals::first(goal, &context, &rest)
                });
                let found = self.solve(&all)?;
                self.groups.truncate(first);
                Ok(found)
            }
        }
    }

    fn open(&mut self, rule: Rule, outer: &Context) -> Context {
        self.groups.push(Group { latest_first: i64::MIN, earliest_last: i64::MAX, rule });
        Context(Some(Rc::new((self.groups.len() - 1, outer.clone()))))
    }

    /// Takes observations for a test: as many of each as there are first, later ones never before earlier ones, so
    /// that no way is tried twice.
    fn tests(
        &mut self,
        (test, spans, left, from): (usize, &'a [(i64, i64)], u64, usize),
        context: &Context,
        rest: &Goals<'a>,
    ) -> Result<bool, EvaluateError> {
        let candidates = &self.candidates[test];
        let free: u64 = candidates[from..]
            .iter()
            .map(|number| self.spans[*number].number - self.used[*number])
            .fold(0, u64::saturating_add);
        if free < left {
            return Ok(false);
        }
        for (position, number) in candidates.iter().enumerate().skip(from) {
            let span = self.spans[*number];
            let most = (span.number - self.used[*number]).min(left);
            if most == 0 || !in_spans(&span, spans) {
                continue;
            }
            let before = self.groups.clone();
            if self.enter(&span, context) {
                // Fewer of an observation leave some for others.
                for count in (1..=most).rev() {
                    self.used[*number] += count;
                    self.chosen.push(*number);
                    let next = if count == left {
                        rest.clone()
                    } else {
                        let goal =
                            Goal::Tests { test, spans, left: left - count, from: position + 1 };
                        Goals::first(goal, context, rest)
                    };
                    if self.solve(&next)? {
                        return Ok(true);
                    }
                    self.used[*number] -= count;
                    self.chosen.pop();
                }
            }
            self.groups = before;
            self.steps += 1;
        }
        Ok(false)
    }

    /// Brings an observation into its groups; false where a rule is broken.
    fn enter(&mut self, span: &Span, mut context: &Context) -> bool {
        while let Some((index, outer)) = context.0.as_deref() {
            let group = &mut self.groups[*index];
            group.latest_first = group.latest_first.max(span.first);
            group.earliest_last = group.earliest_last.min(span.last);
            let (latest_first, earliest_last) = (group.latest_first, group.earliest_last);
            let holds = match group.rule {
                Rule::Within(within) => latest_first <= earliest_last.saturating_add(within),
                Rule::Sequence { first, end } => {
                    let before = &self.groups[first..*index];
                    let after = &self.groups[index + 1..end];
                    before.iter().all(|other| other.latest_first <= earliest_last)
                        && after.iter().all(|other| latest_first <= other.earliest_last)
                }
            };
            if !holds {
                return false;
            }
            context = outer;
        }
        true
    }
}
