//! What stands in the journal of the console? Every entry is something that somebody did.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{
    access::{capability::Role, passkeys::Credential},
    actions, review,
};

/// By what somebody signs in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Way {
    /// A password, or the link that lets one set it.
    #[default]
    Password,
    /// What a provider of `OpenID` Connect says.
    Openid,
    /// A passkey.
    Passkey,
}

/// Something that was done.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "act", rename_all = "snake_case")]
pub enum Act {
    /// Somebody was invited, or may set a new password.
    Invited {
        /// Who.
        person: String,
        /// Its name.
        name: String,
        /// What it may do.
        roles: BTreeSet<Role>,
        /// SHA-256 of the link.
        invitation: String,
        /// Until when it counts, in milliseconds since the Unix epoch.
        until: i64,
    },
    /// Somebody used an invitation and set a password.
    Joined {
        /// Who.
        person: String,
        /// Its name.
        name: String,
        /// Hash of the password, in the format of PHC.
        password: String,
    },
    /// Somebody may do other things from now on.
    RolesChanged {
        /// Who.
        person: String,
        /// What it may do.
        roles: BTreeSet<Role>,
    },
    /// Somebody may not sign in any more.
    Disabled {
        /// Who.
        person: String,
    },
    /// Somebody may sign in again.
    Enabled {
        /// Who.
        person: String,
    },
    /// A session began.
    SignedIn {
        /// SHA-256 of its secret.
        session: String,
        /// By what.
        #[serde(default)]
        way: Way,
    },
    /// A session ended.
    SignedOut {
        /// SHA-256 of its secret.
        session: String,
    },
    /// Somebody was not let in. What was typed is not kept: it may be a password; nor what a provider calls them.
    SignInFailed {
        /// Whose name it was, where it was anybody's.
        person: Option<String>,
        /// By what they wanted in.
        #[serde(default)]
        way: Way,
        /// Why, where it was no wrong password.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        why: String,
    },
    /// Somebody added a passkey of theirs.
    PasskeyAdded {
        /// Its id.
        passkey: String,
        /// What they call it.
        name: String,
        /// What it is recognised by.
        credential: Credential,
        /// Its counter, and what else changes as it is used.
        state: String,
    },
    /// Somebody took a passkey of theirs away.
    PasskeyRemoved {
        /// Its id.
        passkey: String,
    },
    /// Somebody showed a passkey.
    PasskeyUsed {
        /// Its id.
        passkey: String,
        /// Its state from now on.
        state: String,
    },
    /// A token for programs was made.
    TokenMade {
        /// Its name.
        name: String,
        /// What it is for.
        scopes: Vec<String>,
    },
    /// A token was taken away.
    TokenRevoked {
        /// Its name.
        name: String,
    },
    /// A token by which a model may ask in somebody's name was made, by them.
    PersonalTokenMade {
        /// Its id.
        token: String,
        /// What they call it.
        name: String,
        /// SHA-256 of it.
        sha256: String,
        /// Until when it counts, in milliseconds since the Unix epoch.
        until: i64,
    },
    /// Such a token was taken away, by them or by who manages people.
    PersonalTokenRevoked {
        /// Whose it was.
        person: String,
        /// Its id.
        token: String,
    },
    /// A model asked in somebody's name.
    Asked {
        /// Id of the token.
        token: String,
        /// Which tool.
        tool: String,
        /// Ids and pseudonyms of what it asked about.
        about: Vec<String>,
        /// It may not use that tool.
        refused: bool,
    },
    /// Personal values were shown.
    Revealed {
        /// Of what: a campaign, an account by its pseudonym.
        what: String,
        /// Why, in the words of whoever asked.
        purpose: String,
    },
    /// A list left the console.
    Exported {
        /// Which.
        what: String,
        /// Its rows.
        rows: u64,
    },
    /// Somebody stands for a person of cases from now on, or for nobody.
    CaseNamed {
        /// Who.
        person: String,
        /// As which person, by their name there.
        case_name: Option<String>,
    },
    /// Something was done in a case; its custody log tells the rest.
    InCase {
        /// Which case.
        case: String,
        /// What was done, in words.
        what: String,
    },
    /// Something was said of a campaign.
    Reviewed(review::Entry),
    /// A step of an action on accounts.
    Acted(actions::Entry),
}

/// Who did what, when, and after what.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Kept {
    /// SHA-256 of the entry before, in hexadecimal; 64 zeros before the first.
    pub previous: String,
    /// In milliseconds since the Unix epoch.
    pub at: i64,
    /// Id of the person; `server` where nobody did it.
    pub by: String,
    /// What.
    #[serde(flatten)]
    pub act: Act,
}

/// Who does what nobody asked for.
pub const SERVER: &str = "server";
