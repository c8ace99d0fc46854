//! Which campaigns are there, what binds them, and when did they sign up?

use rmcp::{ErrorData, Json, handler::server::wrapper::Parameters, tool, tool_router};
use schemars::JsonSchema;
use seawall_core::campaign::findings::{Campaign, Mode};
use serde::Serialize;

use super::{
    Desk,
    asked::{CampaignAsked, CampaignsAsked, OfCampaignAsked, Page, ValuesAsked, text, wrong},
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
    fn run_summary(&self) -> Json<RunTold> {
        let run = &self.findings.run;
        let mode = match run.mode {
            Mode::History => "against the site's trusted accounts",
            Mode::Peer => "against each other",
        };
        Json(RunTold {
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
            campaigns: self.findings.campaigns.len(),
            members: self.findings.campaigns.iter().map(|campaign| campaign.accounts).sum(),
            excused: self.findings.excused.len(),
            advice: run.advice.clone(),
        })
    }

    #[tool(
        description = "Campaigns, strongest first; with `text`, those whose id, name or binding values contain it.",
        annotations(read_only_hint = true)
    )]
    fn list_campaigns(
        &self,
        Parameters(asked): Parameters<CampaignsAsked>,
    ) -> Result<Json<Page<CampaignLine>>, ErrorData> {
        let wanted = text(asked.text.as_deref().unwrap_or_default())?.to_lowercase();
        let found: Vec<&Campaign> =
            self.findings.campaigns.iter().filter(|campaign| contains(campaign, &wanted)).collect();
        Ok(Json(Page::of(found.into_iter(), &asked.page, CampaignLine::new)))
    }

    #[tool(
        description = "One campaign: its evidence by family, the innocent explanations weighed, and what speaks against it.",
        annotations(read_only_hint = true)
    )]
    fn get_campaign(
        &self,
        Parameters(asked): Parameters<CampaignAsked>,
    ) -> Result<Json<CampaignTold>, ErrorData> {
        Ok(Json(CampaignTold::new(self.campaign(&asked.campaign)?)))
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
        let mut found =
            self.findings.campaigns.iter().flat_map(|campaign| &campaign.selectors).filter(
                |selector| values.iter().any(|value| value.eq_ignore_ascii_case(&selector.value)),
            );
        let matches = found.by_ref().take(MATCHES_MAX).map(SelectorTold::new).collect();
        Ok(Json(MatchesTold { matches, left_out: found.count() }))
    }
}

impl Desk {
    /// The campaign of that id.
    pub(super) fn campaign(&self, id: &str) -> Result<&Campaign, ErrorData> {
        let found = self.findings.campaigns.iter().find(|campaign| campaign.campaign == id);
        found.ok_or_else(|| wrong("there is no campaign of this id; `list_campaigns` lists them"))
    }
}

fn contains(campaign: &Campaign, wanted: &str) -> bool {
    let selectors = campaign.selectors.iter().map(|selector| &selector.value);
    [&campaign.campaign, &campaign.name]
        .into_iter()
        .chain(selectors)
        .any(|text| text.to_lowercase().contains(wanted))
}
