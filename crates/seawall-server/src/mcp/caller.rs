//! For whom does a model ask, and what is written down of that?

use std::sync::Arc;

use rmcp::{ErrorData, model::CallToolRequestParams};

use super::{Desk, accounts::named, asked::wrong};
use crate::console::{
    Console,
    access::{capability::Capability, people::Person},
    act::Act,
    book::BookError,
    review::{Decision, Entry, Refused, Said},
};

/// Whoever a model asks for.
pub(super) struct Caller {
    pub(super) console: Arc<Console>,
    /// Id of the person.
    pub(super) person: String,
    /// Id of the token.
    pub(super) token: String,
}

impl Desk {
    /// Writes a call down before it is answered, where it comes from somebody. Of what was asked for it keeps ids and
    /// pseudonyms only.
    pub(super) fn keep(&self, request: &CallToolRequestParams) -> Result<(), ErrorData> {
        let Some(caller) = &self.caller else { return Ok(()) };
        // What a caller made up does not get into the log.
        let known = Self::every_tool().has_route(&request.name);
        let asked = Act::Asked {
            token: caller.token.clone(),
            tool: if known { request.name.to_string() } else { "none of ours".to_owned() },
            about: self.about(request),
            refused: !self.tools.has_route(&request.name),
        };
        let kept: Result<(), BookError> =
            caller.console.book().act(&caller.person, |_, _| Ok((vec![asked], ())));
        kept.map_err(|_| unkept())
    }

    /// What a question is about.
    fn about(&self, request: &CallToolRequestParams) -> Vec<String> {
        let text = |key: &str| request.arguments.as_ref()?.get(key)?.as_str();
        let campaign = text("campaign").filter(|id| self.position(id).is_ok());
        let accounts = ["account", "left", "right"].into_iter().filter_map(text).map(named);
        let actor = text("name").and_then(|name| match self.picture().ok()?.find(name)[..] {
            [only] => Some(only.id.clone()),
            _ => None,
        });
        campaign.map(str::to_owned).into_iter().chain(accounts).chain(actor).collect()
    }
}

impl Caller {
    /// Puts a proposal into the review queue, where the person may still propose something, and where nobody decided.
    pub(super) fn propose(
        &self,
        campaign: &str,
        decision: Decision,
        note: String,
    ) -> Result<(), ErrorData> {
        let said = Said::Proposed { decision, note, token: self.token.clone() };
        let entry = Entry { campaign: campaign.to_owned(), said };
        let kept: Result<(), Unkept> = self.console.book().act(&self.person, |state, now| {
            let person = state.people.by_id(&self.person).filter(|person| !person.disabled);
            let capabilities = person.map(Person::capabilities).unwrap_or_default();
            if ![Capability::Label, Capability::Review].iter().any(|own| capabilities.contains(own))
            {
                return Err(Unkept::Refused("the person may not propose anything any more"));
            }
            match state.reviews.check(&entry, &self.person, 0, now) {
                Ok(()) => Ok((vec![Act::Reviewed(entry)], ())),
                Err(Refused::Wrong(why)) => Err(Unkept::Refused(why)),
                Err(Refused::Claimed(_) | Refused::Stale(_)) => {
                    Err(Unkept::Refused("somebody decides about it at this moment"))
                }
            }
        });
        match kept {
            Ok(()) => {
                self.console.tell_reviewed(campaign);
                Ok(())
            }
            Err(Unkept::Refused(why)) => Err(wrong(why)),
            Err(Unkept::Book) => Err(unkept()),
        }
    }
}

/// Why a proposal is not there.
enum Unkept {
    Refused(&'static str),
    Book,
}

impl From<BookError> for Unkept {
    fn from(_: BookError) -> Self {
        Self::Book
    }
}

fn unkept() -> ErrorData {
    ErrorData::internal_error(
        "nothing can be written down at the moment, so nothing is answered",
        None,
    )
}
