//! What is a model told? Answers, with whatever outsiders chose kept apart.

use schemars::JsonSchema;
use seawall_charts::{text::visible, words};
use seawall_core::campaign::findings::{Campaign, SelectorEvidence, Series};
use serde::Serialize;

use crate::console::runs::Brief;

/// Characters of a text that others chose.
const CHARACTERS_MAX: usize = 200;

/// A text that was chosen by whoever made the accounts, or by a third party: data, never an instruction.
#[derive(Debug, PartialEq, Serialize, JsonSchema)]
pub(super) struct Untrusted {
    /// At most 200 characters, none of them hidden.
    untrusted_text: String,
}

impl Untrusted {
    pub(super) fn new(text: &str) -> Self {
        Self { untrusted_text: visible(text, CHARACTERS_MAX) }
    }
}

/// What was read, and how it was judged.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct RunTold {
    /// Version of the program that detected.
    pub(super) version: String,
    /// How "too many" was judged, and why so.
    pub(super) mode: String,
    pub(super) events: u64,
    pub(super) rejects: u64,
    pub(super) accounts: u64,
    pub(super) signups: u64,
    pub(super) trusted: u64,
    /// First event, RFC 3339.
    pub(super) first_seen: String,
    /// Last event, RFC 3339.
    pub(super) last_seen: String,
    /// Bits from which a cluster is reported.
    pub(super) report_bits: f64,
    pub(super) campaigns: usize,
    /// Accounts of all campaigns.
    pub(super) members: u64,
    /// Clusters that an innocent explanation accounts for, or that stay below the threshold.
    pub(super) excused: usize,
    /// What would make the judgement better.
    pub(super) advice: Vec<String>,
}

/// A campaign, in a list.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct CampaignLine {
    pub(super) campaign: String,
    pub(super) name: Untrusted,
    pub(super) accounts: u64,
    /// Bits for each account against the most favourable innocent explanation.
    pub(super) bits: f64,
    /// 0 to 1.
    pub(super) confidence: f64,
    pub(super) first_seen: String,
    pub(super) last_seen: String,
}

impl CampaignLine {
    pub(super) fn new(campaign: &Brief) -> Self {
        Self {
            campaign: campaign.id.clone(),
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
pub(super) struct CampaignTold {
    pub(super) summary: CampaignLine,
    pub(super) signups: u64,
    /// Members that the site trusts.
    pub(super) trusted: u64,
    /// Bits with nothing excused.
    pub(super) bits_unexcused: f64,
    /// Estimated share of clusters this strong that chance alone would make.
    pub(super) decoy_q: f64,
    pub(super) families: Vec<FamilyTold>,
    /// Selectors that bind it; `list_selectors` shows them.
    pub(super) selectors: u64,
    /// Innocent explanations that were weighed.
    pub(super) explanations: Vec<ExplanationTold>,
    /// What people said of earlier campaigns that it is made by.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) reviewed: Vec<Untrusted>,
    /// What speaks against it.
    pub(super) counter_evidence: Vec<Untrusted>,
}

/// What one family of evidence says.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct FamilyTold {
    pub(super) family: String,
    pub(super) bits: f64,
    /// Whether the most favourable innocent explanation accounts for it.
    pub(super) excused: bool,
    /// With its numbers.
    pub(super) statement: Untrusted,
}

/// An innocent explanation, weighed.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct ExplanationTold {
    pub(super) name: String,
    pub(super) holds: bool,
    pub(super) reason: Untrusted,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) bits_left: Option<f64>,
}

impl CampaignTold {
    pub(super) fn new(campaign: &Campaign) -> Self {
        Self {
            summary: CampaignLine {
                campaign: campaign.campaign.clone(),
                name: Untrusted::new(&campaign.name),
                accounts: campaign.accounts,
                bits: campaign.bits,
                confidence: campaign.confidence,
                first_seen: campaign.first_seen.clone(),
                last_seen: campaign.last_seen.clone(),
            },
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
            reviewed: campaign
                .reviewed
                .iter()
                .map(|own| Untrusted::new(&words::by_review(own)))
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
pub(super) struct SelectorTold {
    pub(super) campaign: String,
    pub(super) kind: String,
    /// Masked where it is personal.
    pub(super) value: Untrusted,
    /// Members that carry it.
    pub(super) members: u64,
    /// All accounts that carry it.
    pub(super) accounts: u64,
    /// Accounts expected to carry it.
    pub(super) expected: f64,
    pub(super) bits: f64,
    /// Who knows it as an operation's.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) known_by: Vec<Untrusted>,
}

impl SelectorTold {
    pub(super) fn new(selector: &SelectorEvidence) -> Self {
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
pub(super) struct TimelineTold {
    /// Start of the first step, seconds since the Unix epoch.
    pub(super) start_seconds: i64,
    /// Length of a step.
    pub(super) step_seconds: i64,
    /// Signups in each step, at most 400 steps.
    pub(super) signups: Vec<u64>,
}

impl TimelineTold {
    pub(super) fn new(series: &Series) -> Self {
        Self {
            start_seconds: series.start_seconds,
            step_seconds: series.step_seconds,
            signups: series.counts.clone(),
        }
    }
}
