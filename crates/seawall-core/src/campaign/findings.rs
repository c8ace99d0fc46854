//! What a detection run says: the one set of numbers that the table, the report, `explain`, and the
//! output files all show.
//!
//! Every type serialises to the output files (`snake_case`, units last). Texts of personal selectors
//! are masked already unless the run was asked to reveal them.

use serde::{Deserialize, Serialize};

use super::lineage::Happening;
use crate::selector::{Family, Role};

#[cfg(feature = "fixture")]
pub mod fixture;

/// How "too many" was judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// Against accounts that the site itself trusts.
    History,
    /// Against the other accounts of the same input, for want of a history.
    Peer,
}

/// All findings of a run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Findings {
    /// What was read and how it was judged.
    pub run: RunSummary,
    /// Campaigns at or above the reporting threshold, highest score first.
    pub campaigns: Vec<Campaign>,
    /// Clusters that an innocent explanation accounts for, or that stay below the threshold, largest first, at most 50.
    pub excused: Vec<Campaign>,
}

/// What was read, how it was judged, and what would make the judgement better.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunSummary {
    /// Program version.
    pub version: String,
    /// How "too many" was judged.
    pub mode: Mode,
    /// Why that mode, in one sentence with numbers.
    pub mode_reason: String,
    /// What a history, trust flags or more fields would add; one sentence each.
    pub advice: Vec<String>,
    /// Events read.
    pub events: u64,
    /// Entries in `rejects.ndjson`.
    pub rejects: u64,
    /// Distinct accounts.
    pub accounts: u64,
    /// Accounts whose signup is in the input.
    pub signups: u64,
    /// Accounts that the site trusts.
    pub trusted: u64,
    /// Trusted accounts left out of the baseline because they look like part of an operation.
    pub trusted_set_aside: u64,
    /// First event, RFC 3339.
    pub first_seen: String,
    /// Last event, RFC 3339.
    pub last_seen: String,
    /// Signups over time, equal steps from the first to the last signup, 48 to 400 of them.
    pub signups_over_time: Series,
    /// Bits from which a cluster is reported.
    pub report_bits: f64,
    /// What the same procedure finds in data in which no operation can exist.
    pub decoys: Vec<DecoyBand>,
    /// Each kind of selector with what was seen of it.
    pub kinds: Vec<KindSummary>,
    /// What came of everything that people had said of earlier campaigns.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reviews: Vec<ReviewOutcome>,
}

/// What came of something that people had said of an earlier campaign.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReviewOutcome {
    /// What was said: merged, split or dismissed.
    pub said: String,
    /// Id of the campaign that it was said of.
    pub campaign: String,
    /// Id of the person who said it.
    pub by: String,
    /// Whether the findings go by it.
    pub applied: bool,
    /// How far, or why not.
    pub why: String,
}

/// Counts in equal steps of time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Series {
    /// Start of the first step, seconds since the Unix epoch.
    pub start_seconds: i64,
    /// Length of a step.
    pub step_seconds: i64,
    /// Count in each step.
    pub counts: Vec<u64>,
}

/// Clusters of shuffled data against clusters of the real data, in one band of size.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DecoyBand {
    /// Smallest number of accounts in the band.
    pub accounts_min: u64,
    /// Clusters of the shuffled data at or above the reporting threshold.
    pub decoys: u64,
    /// Clusters of the real data at or above the reporting threshold.
    pub campaigns: u64,
    /// Highest score of a cluster of the shuffled data, 0 where there is none.
    pub decoy_bits_max: f64,
}

/// What was seen of a kind of selector.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct KindSummary {
    /// Name of the kind.
    pub kind: String,
    /// Its title for people.
    pub title: String,
    /// Its family.
    pub family: Family,
    /// What it may do.
    pub role: Role,
    /// Accounts that have it.
    pub accounts: u64,
    /// Distinct values shared by at least three accounts.
    pub values_shared: u64,
    /// Values that more accounts share than chance allows.
    pub values_hot: u64,
}

/// A cluster of accounts and the evidence on it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Campaign {
    /// Id, `c-` and 12 hexadecimal digits, from the members; with a state, from those it was born with.
    pub campaign: String,
    /// A short name for people from what binds it most, e.g. "user-agent-a1b2 / example.top".
    pub name: String,
    /// Number of accounts.
    pub accounts: u64,
    /// Of these, accounts whose signup is in the input.
    pub signups: u64,
    /// Of these, accounts that the site trusts.
    pub trusted: u64,
    /// Bits for each account against the most favourable innocent explanation; capped at 20 (a million to one).
    pub bits: f64,
    /// Bits for each account with nothing excused.
    pub bits_unexcused: f64,
    /// Estimated share of clusters this strong that chance alone would make, from the decoys.
    pub decoy_q: f64,
    /// 0 to 1, from `bits`, size and decoys.
    pub confidence: f64,
    /// First event of a member, RFC 3339.
    pub first_seen: String,
    /// Last event of a member, RFC 3339.
    pub last_seen: String,
    /// Signups of members over time, in the steps of [`RunSummary::signups_over_time`].
    pub signups_over_time: Series,
    /// Evidence by family, strongest first, families without evidence left out.
    pub families: Vec<FamilyEvidence>,
    /// The selectors that bind it, strongest first, at most 40.
    pub selectors: Vec<SelectorEvidence>,
    /// Number of binding selectors before that limit.
    pub selectors_total: u64,
    /// Every innocent explanation that was weighed, the most favourable first.
    pub explanations: Vec<Explanation>,
    /// What speaks against it, in sentences with numbers.
    pub counter_evidence: Vec<String>,
    /// Its selector graph, at most 60 nodes.
    pub graph: Graph,
    /// Members for people to look at: the two strongest, the two weakest, and others evenly between, at most 12.
    pub sample: Vec<MemberSample>,
    /// What happened to it night by night, where a state is kept.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub history: Vec<Happening>,
    /// What people said of earlier campaigns that this one is made by; none where nobody did.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reviewed: Vec<ByReview>,
    /// Where its accounts are from, most accounts first; runs of earlier versions do not say.
    #[serde(default)]
    pub countries: Vec<CountryCount>,
}

/// Something that people said of earlier campaigns, and that a campaign is made by.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ByReview {
    /// What: merged, split or dismissed.
    pub said: String,
    /// Ids of the campaigns that it was said of; of a merge the one that stays last.
    pub campaigns: Vec<String>,
    /// What people call the part that was split off.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// Id of the person who said it.
    pub by: String,
    /// When, RFC 3339.
    pub at: String,
    /// Why.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
}

impl Campaign {
    /// The innocent explanation that is granted: the most favourable one that holds, unless it takes
    /// nothing away.
    pub fn granted(&self) -> Option<&Explanation> {
        let first = self.explanations.iter().find(|explanation| explanation.applies)?;
        // Bits are told with one decimal; less than half of that is nothing.
        let left = first.bits_left.unwrap_or(self.bits_unexcused);
        (left < self.bits_unexcused - 0.05).then_some(first)
    }
}

/// What one family says of a campaign.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FamilyEvidence {
    /// The family.
    pub family: Family,
    /// The kind that says most within it.
    pub kind: String,
    /// Mean bits for each account.
    pub bits: f64,
    /// True where the most favourable innocent explanation accounts for this family.
    pub excused: bool,
    /// One sentence for a court: k of n accounts, y of T peers, the ratio.
    pub statement: String,
}

/// A selector that binds a campaign.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SelectorEvidence {
    /// Campaign it belongs to.
    pub campaign: String,
    /// Kind of selector.
    pub kind: String,
    /// Its family.
    pub family: Family,
    /// What it may do.
    pub role: Role,
    /// Its value for people, masked if personal and not revealed.
    pub value: String,
    /// Hash of its value, 16 hexadecimal digits: equal values, equal hashes.
    pub value_hash: String,
    /// Members that carry it.
    pub members: u64,
    /// All accounts of the input that carry it.
    pub accounts: u64,
    /// Accounts of the comparison group that carry it.
    pub peers: u64,
    /// Size of the comparison group.
    pub peers_total: u64,
    /// Accounts expected to carry it, had it grown as the history (or its peers) did.
    pub expected: f64,
    /// How much more frequent it is among members than among peers of the same country and client, as bits.
    pub bits: f64,
    /// Who knows it as an operation's, by the lists that were given. It adds nothing to any number here.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub known_by: Vec<String>,
}

/// An innocent explanation, weighed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Explanation {
    /// Its name: "shared network", "institution".
    pub name: String,
    /// Whether its precondition holds.
    pub applies: bool,
    /// Why it does or does not apply, with the numbers compared.
    pub reason: String,
    /// Families it would account for.
    pub excuses: Vec<Family>,
    /// Bits left if it is granted; only where it applies.
    pub bits_left: Option<f64>,
}

/// Hot selectors of a campaign and how they occur together.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Graph {
    /// Selectors.
    pub nodes: Vec<GraphNode>,
    /// Pairs that occur together more often than expected.
    pub edges: Vec<GraphEdge>,
    /// Nodes left out of the picture.
    pub nodes_omitted: u64,
    /// Members by the nodes that they carry, largest group first; runs of earlier versions have none.
    #[serde(default)]
    pub groups: Vec<AccountGroup>,
}

/// Members of a campaign that carry the same selectors.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountGroup {
    /// Its accounts.
    pub accounts: u64,
    /// One; more where several small groups are taken together.
    pub groups: u64,
    /// (index of a node, accounts of the group that carry it), most accounts first, at most 24.
    pub selectors: Vec<(u32, u64)>,
}

/// Accounts of one country.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CountryCount {
    /// Its code, ISO 3166-1 alpha-2.
    pub country: String,
    /// Accounts that are from there, by address, else telephone number, clock, language.
    pub accounts: u64,
}

/// A selector in the graph.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GraphNode {
    /// Kind of selector.
    pub kind: String,
    /// Its family.
    pub family: Family,
    /// What it may do.
    pub role: Role,
    /// Its value for people.
    pub value: String,
    /// Members that carry it.
    pub members: u64,
}

/// A pair of selectors in the graph.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GraphEdge {
    /// Index of one node.
    pub from: u32,
    /// Index of the other.
    pub to: u32,
    /// Accounts that carry both.
    pub accounts: u64,
    /// Accounts expected to carry both by chance.
    pub expected: f64,
}

/// A member, for people.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MemberSample {
    /// The site's account id, pseudonymous (`a-` and 10 hexadecimal digits) unless revealed.
    pub account: String,
    /// First event, RFC 3339.
    pub first_seen: String,
    /// Bits in all.
    pub bits: f64,
    /// (kind, value for people) of what ties it to the campaign, strongest first, at most 6.
    pub selectors: Vec<(String, String)>,
}

/// A member and its evidence: a row of `members.csv`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Member {
    /// The site's account id.
    pub account: String,
    /// Its campaign.
    pub campaign: String,
    /// Probability of membership, 0 to 1.
    pub confidence: f64,
    /// Bits in all: prior and families.
    pub bits: f64,
    /// Bits of the prior: how large the campaign is among all accounts.
    pub prior_bits: f64,
    /// Bits by family, in the order of [`FAMILIES`].
    pub family_bits: [f64; 11],
    /// The kind that gave each family's bits, empty where there are none.
    pub family_kinds: [String; 11],
}

/// All families, in the order of columns.
pub const FAMILIES: [Family; 11] = [
    Family::Network,
    Family::Device,
    Family::Domain,
    Family::Name,
    Family::Recovery,
    Family::Phone,
    Family::Challenge,
    Family::Timing,
    Family::Referral,
    Family::Payment,
    Family::Action,
];
