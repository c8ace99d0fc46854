//! What has come of all that was done? The fold over the journal; pure.

use super::{
    access::{
        passkeys::Passkeys,
        people::People,
        session::Sessions,
        tokens::{PersonalToken, PersonalTokens},
    },
    act::{Act, Kept},
    actions::ledger::Actions,
    review::Reviews,
};

/// People, sessions, passkeys, tokens, reviews and actions.
#[derive(Clone, Debug, Default)]
pub struct State {
    /// Who may use the console.
    pub people: People,
    /// Whose browsers.
    pub sessions: Sessions,
    /// With what they sign in, beside passwords.
    pub passkeys: Passkeys,
    /// With what models ask for them.
    pub tokens: PersonalTokens,
    /// What was said of campaigns.
    pub reviews: Reviews,
    /// What was done to accounts.
    pub actions: Actions,
}

impl State {
    /// Takes the entry of a number in.
    pub fn apply(&mut self, sequence: u64, kept: &Kept) {
        let at = kept.at;
        match &kept.act {
            Act::Invited { person, name, roles, invitation, until } => {
                self.people.invite(person, name, roles, (invitation.clone(), *until), at);
            }
            Act::Joined { person, name, password } => {
                // Whoever had the old password is out.
                self.sessions.end_all(person);
                self.tokens.end_all(person);
                self.passkeys.end_all(person);
                self.people.change(person, |own| {
                    own.name.clone_from(name);
                    own.password = Some(password.clone());
                    own.invitation = None;
                });
            }
            Act::RolesChanged { person, roles } => {
                self.people.change(person, |own| own.roles.clone_from(roles));
            }
            Act::Disabled { person } => {
                self.sessions.end_all(person);
                self.tokens.end_all(person);
                self.passkeys.end_all(person);
                self.people.change(person, |own| {
                    own.disabled = true;
                    own.invitation = None;
                });
            }
            Act::CaseNamed { person, case_name } => {
                self.people.change(person, |own| own.case_name.clone_from(case_name));
            }
            Act::Enabled { person } => self.people.change(person, |own| own.disabled = false),
            Act::SignedIn { session, .. } => {
                self.sessions.begin(session, &kept.by, at);
                self.people.change(&kept.by, |own| own.signed_in_at = Some(at));
            }
            Act::SignedOut { session } => self.sessions.end(session),
            Act::PersonalTokenMade { token, name, sha256, until } => {
                let token = PersonalToken {
                    id: token.clone(),
                    person: kept.by.clone(),
                    name: name.clone(),
                    made_at: at,
                    until: *until,
                    used_at: None,
                };
                self.tokens.make(sha256, token);
            }
            Act::PasskeyAdded { passkey, name, credential, state } => {
                self.passkeys.add(passkey, (&kept.by, at), name, credential, state);
            }
            Act::PasskeyRemoved { passkey } => self.passkeys.remove(passkey),
            Act::PasskeyUsed { passkey, state } => self.passkeys.used(passkey, state, at),
            Act::PersonalTokenRevoked { token, .. } => self.tokens.revoke(token),
            Act::Reviewed(entry) => self.reviews.apply(sequence, at, &kept.by, entry),
            Act::Acted(entry) => self.actions.apply(sequence, at, &kept.by, entry),
            Act::SignInFailed { .. }
            | Act::TokenMade { .. }
            | Act::TokenRevoked { .. }
            | Act::Asked { .. }
            | Act::InCase { .. }
            | Act::Revealed { .. }
            | Act::Exported { .. } => {}
        }
    }
}
