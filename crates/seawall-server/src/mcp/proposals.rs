//! What does a model propose to those who decide?

use rmcp::{ErrorData, Json, handler::server::wrapper::Parameters, tool, tool_router};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    Desk,
    asked::{text, wrong},
};
use crate::console::review::Decision;

/// Shortest reason, in characters.
const REASON_CHARACTERS_MIN: usize = 8;

/// A decision that people may take.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum DecisionAsked {
    /// It is one operation's.
    Confirm,
    /// It is none.
    Dismiss,
}

/// What is proposed.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ProposalAsked {
    /// Id of the campaign: `c-` and 12 digits.
    campaign: String,
    /// What people should say of it.
    decision: DecisionAsked,
    /// Why, in 8 to 1,000 characters, with the numbers that it rests on. People read it.
    reason: String,
}

/// What became of it.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct ProposalTold {
    campaign: String,
    /// Who decides.
    waits_for: String,
}

#[tool_router(router = proposal_tools, vis = "pub(super)")]
impl Desk {
    #[tool(
        description = "Proposes to confirm or dismiss a campaign. It changes nothing: it stands in the review queue, marked as made by a model, until a person decides.",
        annotations(read_only_hint = false, destructive_hint = false, idempotent_hint = false)
    )]
    fn propose_review(
        &self,
        Parameters(asked): Parameters<ProposalAsked>,
    ) -> Result<Json<ProposalTold>, ErrorData> {
        let reason = text(asked.reason.trim())?;
        if reason.chars().count() < REASON_CHARACTERS_MIN {
            return Err(wrong(format!("say why, in {REASON_CHARACTERS_MIN} characters or more")));
        }
        self.position(&asked.campaign)?;
        let caller = self.caller.as_ref().ok_or_else(|| wrong("nobody stands for a proposal"))?;
        let decision = match asked.decision {
            DecisionAsked::Confirm => Decision::Confirmed,
            DecisionAsked::Dismiss => Decision::Dismissed,
        };
        caller.propose(&asked.campaign, decision, reason.to_owned())?;
        let waits_for = "a person who reviews campaigns".to_owned();
        Ok(Json(ProposalTold { campaign: asked.campaign, waits_for }))
    }
}
