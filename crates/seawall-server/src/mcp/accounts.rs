//! Which accounts are members, and why does each belong?

use rmcp::{ErrorData, Json, handler::server::wrapper::Parameters, tool, tool_router};
use schemars::JsonSchema;
use seawall_core::selector::{account_hash, pseudonym};
use serde::Serialize;

use super::{
    Desk,
    asked::{AccountAsked, OfCampaignAsked, Page, PairAsked, text, unread},
    told::CampaignLine,
};
use crate::console::runs::{Order, Row};

/// Campaigns of an account that are told at most.
const MEMBERSHIPS_MAX: usize = 16;

/// A member of a campaign.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct MemberTold {
    /// Its pseudonym.
    account: String,
    campaign: String,
    /// Probability of membership, 0 to 1.
    confidence: f64,
    /// In all: prior and families.
    bits: f64,
    /// What the size of the campaign alone says.
    prior_bits: f64,
    /// What each family adds; those that say nothing are left out.
    families: Vec<FamilyBits>,
}

/// What a family of evidence says of a member.
#[derive(Debug, Serialize, JsonSchema)]
struct FamilyBits {
    family: String,
    /// The kind of selector that says it.
    kind: String,
    bits: f64,
}

impl MemberTold {
    fn new(campaign: &str, row: Row) -> Self {
        let said = row.families.into_iter().filter(|(_, bits, _)| *bits != 0.0);
        Self {
            account: row.pseudonym,
            campaign: campaign.to_owned(),
            confidence: row.confidence,
            bits: row.bits,
            prior_bits: row.prior_bits,
            families: said
                .map(|(family, bits, kind)| FamilyBits {
                    family: seawall_charts::words::family(family).to_owned(),
                    kind,
                    bits,
                })
                .collect(),
        }
    }
}

/// Why an account is where it is.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct AccountTold {
    /// Its pseudonym.
    account: String,
    /// Campaigns that it is a member of: none for most accounts.
    memberships: Vec<MemberTold>,
    campaigns: Vec<CampaignLine>,
}

/// Two accounts side by side.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct PairTold {
    left: AccountTold,
    right: AccountTold,
    /// Campaigns that both are members of.
    in_common: Vec<String>,
}

#[tool_router(router = account_tools, vis = "pub(super)")]
impl Desk {
    #[tool(
        description = "Members of a campaign, by pseudonyms, with the bits that tie each to it.",
        annotations(read_only_hint = true)
    )]
    fn list_members(
        &self,
        Parameters(asked): Parameters<OfCampaignAsked>,
    ) -> Result<Json<Page<MemberTold>>, ErrorData> {
        let position = self.position(&asked.campaign)?;
        let (total, (first, rows)) = (self.run()?.members.of(position), asked.page.bounds());
        let found = self.run()?.members.page(position, Order::File, first, rows).map_err(unread)?;
        let rows: Vec<_> =
            found.into_iter().map(|row| MemberTold::new(&asked.campaign, row)).collect();
        let next = first.saturating_add(rows.len());
        Ok(Json(Page { total, next: (next < total && !rows.is_empty()).then_some(next), rows }))
    }

    #[tool(
        description = "Why an account is in a campaign: its bits by family. Most accounts are in none.",
        annotations(read_only_hint = true)
    )]
    fn explain_account(
        &self,
        Parameters(asked): Parameters<AccountAsked>,
    ) -> Result<Json<AccountTold>, ErrorData> {
        Ok(Json(self.account(&asked.account)?))
    }

    #[tool(
        description = "Two accounts side by side: the campaigns of each, and those they have in common.",
        annotations(read_only_hint = true)
    )]
    fn compare_accounts(
        &self,
        Parameters(asked): Parameters<PairAsked>,
    ) -> Result<Json<PairTold>, ErrorData> {
        let (left, right) = (self.account(&asked.left)?, self.account(&asked.right)?);
        let of = |account: &AccountTold| -> Vec<String> {
            account.memberships.iter().map(|member| member.campaign.clone()).collect()
        };
        let of_right = of(&right);
        let in_common = of(&left).into_iter().filter(|id| of_right.contains(id)).collect();
        Ok(Json(PairTold { left, right, in_common }))
    }

    fn account(&self, asked: &str) -> Result<AccountTold, ErrorData> {
        let asked = text(asked)?;
        let run = self.run()?;
        let found = run.members.find(asked, MEMBERSHIPS_MAX).map_err(unread)?;
        let of = |position: usize| &run.campaigns[position];
        let campaigns = found.iter().map(|(position, _)| CampaignLine::new(of(*position)));
        let campaigns = campaigns.collect();
        let memberships: Vec<_> = found
            .into_iter()
            .map(|(position, row)| MemberTold::new(&of(position).id, row))
            .collect();
        let known = memberships.first().map(|member| member.account.clone());
        Ok(AccountTold { account: known.unwrap_or_else(|| named(asked)), memberships, campaigns })
    }
}

/// The pseudonym of an account that is asked for by the site's id or by its pseudonym.
pub(super) fn named(asked: &str) -> String {
    if is_pseudonym(asked) { asked.to_owned() } else { pseudonym(account_hash(asked)) }
}

/// Whether it is written as a pseudonym is; whoever asks with one is not asked whose it is.
fn is_pseudonym(asked: &str) -> bool {
    let digits = asked.strip_prefix("a-").unwrap_or_default();
    digits.len() == 10 && digits.bytes().all(|own| own.is_ascii_hexdigit())
}
