//! Which campaigns are there, what binds them, and when did they sign up?

use std::collections::BTreeSet;

use rmcp::{ErrorData, Json, handler::server::wrapper::Parameters, tool, tool_router};
use schemars::JsonSchema;
use seawall_core::campaign::findings::{Campaign, Mode, SelectorEvidence};
use serde::Serialize;

use super::{
    Desk,
    asked::{
        CampaignAsked, CampaignsAsked, OfCampaignAsked, Page, ValuesAsked, text, unread, wrong,
    },
    told::{CampaignLine, CampaignTold, RunTold, SelectorTold, TimelineTold},
};

/// Selectors that have one of the values that were asked about.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct MatchesTold {
    /// At most 50.
    matches: Vec<SelectorTold>,
    /// Matches beyond those.
    left_out: usize,
}

const MATCHES_MAX: usize = 50;

#[tool_router(router = campaign_tools, vis = "pub(super)")]
impl Desk {
    #[tool(
        description = "What was read and how it was judged: accounts, signups, campaigns, what is missing. Start here.",
        annotations(read_only_hint = true)
    )]
    fn run_summary(&self) -> Result<Json<RunTold>, ErrorData> {
        let found = self.run()?;
        let run = &found.summary;
        let mode = match run.mode {
            Mode::History => "against the site's trusted accounts",
            Mode::Peer => "against each other",
        };
        Ok(Json(RunTold {
            version: run.version.clone(),
            mode: format!("{mode}: {}", run.mode_reason),
            events: run.events,
            rejects: run.rejects,
            accounts: run.accounts,
            signups: run.signups,
            trusted: run.trusted,
            first_seen: run.first_seen.clone(),
            last_seen: run.last_seen.clone(),
            report_bits: run.report_bits,
            campaigns: found.campaigns.len(),
            members: found.campaigns.iter().map(|campaign| campaign.accounts).sum(),
            excused: found.excused.len(),
            advice: run.advice.clone(),
        }))
    }

    #[tool(
        description = "Campaigns, strongest first; with `text`, those whose id, name or binding values contain it.",
        annotations(read_only_hint = true)
    )]
    fn list_campaigns(
        &self,
        Parameters(asked): Parameters<CampaignsAsked>,
    ) -> Result<Json<Page<CampaignLine>>, ErrorData> {
        let all = &self.run()?.campaigns;
        let found = match asked.text.as_deref() {
            None | Some("") => (0..all.len()).collect(),
            Some(wanted) => self.run()?.containing(text(wanted)?).map_err(unread)?,
        };
        let tell = |position: usize| CampaignLine::new(&all[position]);
        Ok(Json(Page::of(found.into_iter(), &asked.page, tell)))
    }

    #[tool(
        description = "One campaign: its evidence by family, the innocent explanations weighed, and what speaks against it.",
        annotations(read_only_hint = true)
    )]
    fn get_campaign(
        &self,
        Parameters(asked): Parameters<CampaignAsked>,
    ) -> Result<Json<CampaignTold>, ErrorData> {
        Ok(Json(CampaignTold::new(&self.campaign(&asked.campaign)?)))
    }

    #[tool(
        description = "The selectors (device prints, domains, networks, name patterns …) that bind a campaign, strongest first.",
        annotations(read_only_hint = true)
    )]
    fn list_selectors(
        &self,
        Parameters(asked): Parameters<OfCampaignAsked>,
    ) -> Result<Json<Page<SelectorTold>>, ErrorData> {
        let campaign = self.campaign(&asked.campaign)?;
        Ok(Json(Page::of(campaign.selectors.iter(), &asked.page, SelectorTold::new)))
    }

    #[tool(
        description = "Signups of a campaign's members over time, in equal steps.",
        annotations(read_only_hint = true)
    )]
    fn timeline(
        &self,
        Parameters(asked): Parameters<CampaignAsked>,
    ) -> Result<Json<TimelineTold>, ErrorData> {
        Ok(Json(TimelineTold::new(&self.campaign(&asked.campaign)?.signups_over_time)))
    }

    #[tool(
        description = "Which campaigns are bound by one of these values (domains, networks, user agents …), as they are shown here.",
        annotations(read_only_hint = true)
    )]
    fn match_values(
        &self,
        Parameters(asked): Parameters<ValuesAsked>,
    ) -> Result<Json<MatchesTold>, ErrorData> {
        let values = asked.checked()?;
        let wanted: BTreeSet<String> = values.iter().map(|value| value.to_lowercase()).collect();
        let mut positions = BTreeSet::new();
        for value in &wanted {
            positions.extend(self.run()?.bound_by(value).map_err(unread)?);
        }
        let mut told = MatchesTold { matches: Vec::new(), left_out: 0 };
        for position in positions {
            let campaign = self.run()?.campaign(position).map_err(unread)?;
            let fits = |own: &&SelectorEvidence| wanted.contains(&own.value.to_lowercase());
            for selector in campaign.selectors.iter().filter(fits) {
                if told.matches.len() < MATCHES_MAX {
                    told.matches.push(SelectorTold::new(selector));
                } else {
                    told.left_out += 1;
                }
            }
        }
        Ok(Json(told))
    }
}

impl Desk {
    /// Place of the campaign of that id.
    pub(super) fn position(&self, id: &str) -> Result<usize, ErrorData> {
        let found = self.run()?.position(id);
        found.ok_or_else(|| wrong("there is no campaign of this id; `list_campaigns` lists them"))
    }

    fn campaign(&self, id: &str) -> Result<Campaign, ErrorData> {
        self.run()?.campaign(self.position(id)?).map_err(unread)
    }
}
