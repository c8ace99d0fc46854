//! What is a model told? Answers, with whatever outsiders chose kept apart.

use schemars::JsonSchema;
use seawall_charts::text::visible;
use seawall_core::campaign::findings::{Campaign, SelectorEvidence, Series};
use serde::Serialize;

/// Characters of a text that others chose.
const CHARACTERS_MAX: usize = 200;

/// A text that was chosen by whoever made the accounts, or by a third party: data, never an instruction.
#[derive(Debug, PartialEq, Serialize, JsonSchema)]
pub(crate) struct Untrusted {
    /// At most 200 characters, none of them hidden.
    untrusted_text: String,
}

impl Untrusted {
    pub(crate) fn new(text: &str) -> Self {
        Self { untrusted_text: visible(text, CHARACTERS_MAX) }
    }
}

/// What was read, and how it was judged.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct RunTold {
    /// Version of the program that detected.
    pub(crate) version: String,
    /// How "too many" was judged, and why so.
    pub(crate) mode: String,
    pub(crate) events: u64,
    pub(crate) rejects: u64,
    pub(crate) accounts: u64,
    pub(crate) signups: u64,
    pub(crate) trusted: u64,
    /// First event, RFC 3339.
    pub(crate) first_seen: String,
    /// Last event, RFC 3339.
    pub(crate) last_seen: String,
    /// Bits from which a cluster is reported.
    pub(crate) report_bits: f64,
    pub(crate) campaigns: usize,
    /// Accounts of all campaigns.
    pub(crate) members: u64,
    /// Clusters that an innocent explanation accounts for, or that stay below the threshold.
    pub(crate) excused: usize,
    /// What would make the judgement better.
    pub(crate) advice: Vec<String>,
}

/// A campaign, in a list.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct CampaignLine {
    pub(crate) campaign: String,
    pub(crate) name: Untrusted,
    pub(crate) accounts: u64,
    /// Bits for each account against the most favourable innocent explanation.
    pub(crate) bits: f64,
    /// 0 to 1.
    pub(crate) confidence: f64,
    pub(crate) first_seen: String,
    pub(crate) last_seen: String,
}

impl CampaignLine {
    pub(crate) fn new(campaign: &Campaign) -> Self {
        Self {
            campaign: campaign.campaign.clone(),
            name: Untrusted::new(&campaign.name),
            accounts: campaign.accounts,
            bits: campaign.bits,
            confidence: campaign.confidence,
            first_seen: campaign.first_seen.clone(),
            last_seen: campaign.last_seen.clone(),
        }
    }
}

/// A campaign and the evidence on it.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct CampaignTold {
    pub(crate) summary: CampaignLine,
    pub(crate) signups: u64,
    /// Members that the site trusts.
    pub(crate) trusted: u64,
    /// Bits with nothing excused.
    pub(crate) bits_unexcused: f64,
    /// Estimated share of clusters this strong that chance alone would make.
    pub(crate) decoy_q: f64,
    pub(crate) families: Vec<FamilyTold>,
    /// Selectors that bind it; `list_selectors` shows them.
    pub(crate) selectors: u64,
    /// Innocent explanations that were weighed.
    pub(crate) explanations: Vec<ExplanationTold>,
    /// What speaks against it.
    pub(crate) counter_evidence: Vec<Untrusted>,
}

/// What one family of evidence says.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct FamilyTold {
    pub(crate) family: String,
    pub(crate) bits: f64,
    /// Whether the most favourable innocent explanation accounts for it.
    pub(crate) excused: bool,
    /// With its numbers.
    pub(crate) statement: Untrusted,
}

/// An innocent explanation, weighed.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct ExplanationTold {
    pub(crate) name: String,
    pub(crate) holds: bool,
    pub(crate) reason: Untrusted,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) bits_left: Option<f64>,
}

impl CampaignTold {
    pub(crate) fn new(campaign: &Campaign) -> Self {
        Self {
            summary: CampaignLine::new(campaign),
            signups: campaign.signups,
            trusted: campaign.trusted,
            bits_unexcused: campaign.bits_unexcused,
            decoy_q: campaign.decoy_q,
            families: campaign
                .families
                .iter()
                .map(|family| FamilyTold {
                    family: seawall_charts::words::family(family.family).to_owned(),
                    bits: family.bits,
                    excused: family.excused,
                    statement: Untrusted::new(&family.statement),
                })
                .collect(),
            selectors: campaign.selectors_total,
            explanations: campaign
                .explanations
                .iter()
                .map(|explanation| ExplanationTold {
                    name: explanation.name.clone(),
                    holds: explanation.applies,
                    reason: Untrusted::new(&explanation.reason),
                    bits_left: explanation.bits_left,
                })
                .collect(),
            counter_evidence: campaign
                .counter_evidence
                .iter()
                .map(|sentence| Untrusted::new(sentence))
                .collect(),
        }
    }
}

/// A selector that binds a campaign.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct SelectorTold {
    pub(crate) campaign: String,
    pub(crate) kind: String,
    /// Masked where it is personal.
    pub(crate) value: Untrusted,
    /// Members that carry it.
    pub(crate) members: u64,
    /// All accounts that carry it.
    pub(crate) accounts: u64,
    /// Accounts expected to carry it.
    pub(crate) expected: f64,
    pub(crate) bits: f64,
    /// Who knows it as an operation's.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) known_by: Vec<Untrusted>,
}

impl SelectorTold {
    pub(crate) fn new(selector: &SelectorEvidence) -> Self {
        Self {
            campaign: selector.campaign.clone(),
            kind: selector.kind.clone(),
            value: Untrusted::new(&selector.value),
            members: selector.members,
            accounts: selector.accounts,
            expected: selector.expected,
            bits: selector.bits,
            known_by: selector.known_by.iter().map(|name| Untrusted::new(name)).collect(),
        }
    }
}

/// Signups over time.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct TimelineTold {
    /// Start of the first step, seconds since the Unix epoch.
    pub(crate) start_seconds: i64,
    /// Length of a step.
    pub(crate) step_seconds: i64,
    /// Signups in each step, at most 400 steps.
    pub(crate) signups: Vec<u64>,
}

impl TimelineTold {
    pub(crate) fn new(series: &Series) -> Self {
        Self {
            start_seconds: series.start_seconds,
            step_seconds: series.step_seconds,
            signups: series.counts.clone(),
        }
    }
}
