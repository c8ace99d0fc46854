//! Which accounts are members, and why does each belong?

use rmcp::{ErrorData, Json, handler::server::wrapper::Parameters, tool, tool_router};
use schemars::JsonSchema;
use seawall_core::{
    campaign::findings::{FAMILIES, Member},
    selector::{account_hash, pseudonym},
};
use serde::Serialize;

use super::{
    Desk,
    asked::{AccountAsked, OfCampaignAsked, Page, PairAsked, text, unread},
    told::CampaignLine,
};

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
    fn new(member: &Member) -> Self {
        let said = FAMILIES.iter().zip(member.family_bits).zip(&member.family_kinds);
        Self {
            account: pseudonym(account_hash(&member.account)),
            campaign: member.campaign.clone(),
            confidence: member.confidence,
            bits: member.bits,
            prior_bits: member.prior_bits,
            families: said
                .filter(|((_, bits), _)| *bits != 0.0)
                .map(|((family, bits), kind)| FamilyBits {
                    family: seawall_charts::words::family(*family).to_owned(),
                    kind: kind.clone(),
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
        let campaign = self.campaign(&asked.campaign)?;
        let (first, rows) = asked.page.bounds();
        let (mut found, mut total) = (Vec::new(), 0);
        let mut take = |member: &Member| {
            if member.campaign == campaign.campaign {
                if (first..first.saturating_add(rows)).contains(&total) {
                    found.push(MemberTold::new(member));
                }
                total += 1;
            }
        };
        self.run.each_member(&mut |row| take(&row.member)).map_err(unread)?;
        let next = first.saturating_add(rows);
        Ok(Json(Page { rows: found, total, next: (next < total).then_some(next) }))
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
        let mut memberships = Vec::new();
        let mut take = |member: &Member| {
            if member.account == asked || pseudonym(account_hash(&member.account)) == asked {
                memberships.push(MemberTold::new(member));
            }
        };
        self.run.each_member(&mut |row| take(&row.member)).map_err(unread)?;
        let campaigns = memberships
            .iter()
            .map(|member| self.campaign(&member.campaign).map(CampaignLine::new))
            .collect::<Result<_, _>>()?;
        let known = memberships.first().map(|member| member.account.clone());
        Ok(AccountTold {
            account: known.unwrap_or_else(|| pseudonym(account_hash(asked))),
            memberships,
            campaigns,
        })
    }
}
