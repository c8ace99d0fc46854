//! What can one be allowed to do, and which roles may do it?

use serde::{Deserialize, Serialize};

/// Something that one can be allowed to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Capability {
    /// See campaigns, accounts, actors, decisions; pseudonyms and masked values only.
    Look,
    /// Say of accounts whether they belong; add notes.
    Label,
    /// Confirm, dismiss, merge and split campaigns.
    Review,
    /// Act on accounts, take down, share.
    Disrupt,
    /// See cases and their exhibits.
    Cases,
    /// Change cases.
    ChangeCases,
    /// Change policies.
    Policies,
    /// See whose an account is, with a purpose that is kept.
    Reveal,
    /// Take lists of accounts out.
    Export,
    /// See who did what.
    Audit,
    /// Invite people and change their roles; make tokens.
    People,
}

impl Capability {
    /// All of them.
    pub const ALL: [Self; 11] = [
        Self::Look,
        Self::Label,
        Self::Review,
        Self::Disrupt,
        Self::Cases,
        Self::ChangeCases,
        Self::Policies,
        Self::Reveal,
        Self::Export,
        Self::Audit,
        Self::People,
    ];

    /// What it lets one do, for people.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Look => "see campaigns and accounts, masked",
            Self::Label => "label accounts and write notes",
            Self::Review => "confirm, dismiss, merge and split campaigns",
            Self::Disrupt => "act on accounts and share outside",
            Self::Cases => "see takedown cases",
            Self::ChangeCases => "work on takedown cases",
            Self::Policies => "change policies",
            Self::Reveal => "reveal personal values, with a purpose that is kept",
            Self::Export => "export lists of accounts",
            Self::Audit => "read the audit log",
            Self::People => "manage people, roles and tokens",
        }
    }
}

/// A bundle of capabilities.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Looks.
    Viewer,
    /// Labels and writes notes.
    Analyst,
    /// Decides about campaigns.
    Reviewer,
    /// Changes policies.
    PolicyEngineer,
    /// Acts and shares.
    DisruptionLead,
    /// Works on cases, sees whose accounts are.
    Legal,
    /// Reads everything, changes nothing.
    Auditor,
    /// Manages people; decides nothing.
    Admin,
}

impl Role {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Viewer,
        Self::Analyst,
        Self::Reviewer,
        Self::PolicyEngineer,
        Self::DisruptionLead,
        Self::Legal,
        Self::Auditor,
        Self::Admin,
    ];

    /// Its word, in forms and JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Analyst => "analyst",
            Self::Reviewer => "reviewer",
            Self::PolicyEngineer => "policy_engineer",
            Self::DisruptionLead => "disruption_lead",
            Self::Legal => "legal",
            Self::Auditor => "auditor",
            Self::Admin => "admin",
        }
    }

    /// Its name, for people.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Viewer => "Viewer",
            Self::Analyst => "Analyst",
            Self::Reviewer => "Reviewer",
            Self::PolicyEngineer => "Policy engineer",
            Self::DisruptionLead => "Disruption lead",
            Self::Legal => "Legal",
            Self::Auditor => "Auditor",
            Self::Admin => "Admin",
        }
    }

    /// The role of a word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == word)
    }

    /// What it may do.
    pub const fn capabilities(self) -> &'static [Capability] {
        use Capability::{
            Audit, Cases, ChangeCases, Disrupt, Export, Label, Look, People, Policies, Reveal,
            Review,
        };
        match self {
            Self::Viewer => &[Look],
            Self::Analyst => &[Look, Label],
            Self::Reviewer => &[Look, Label, Review, Export],
            Self::PolicyEngineer => &[Look, Label, Policies],
            Self::DisruptionLead => &[Look, Label, Review, Disrupt, Cases, ChangeCases, Export],
            Self::Legal => &[Look, Cases, ChangeCases, Reveal, Export],
            Self::Auditor => &[Look, Cases, Audit],
            Self::Admin => &[Look, People, Audit],
        }
    }
}
