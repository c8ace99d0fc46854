//! What do people's words come to, for the next detection?

use std::collections::BTreeSet;

use seawall_core::campaign::review::{Reviewed, Said as Told};

use super::{Decision, Event, Review, Reviews, Said, Status};

/// What stands, in a form that a detection reads.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Exported {
    /// All of it, by campaign.
    pub reviews: Vec<Reviewed>,
    /// Merges and splits of which is not known what bound the campaigns: they were made by an earlier version.
    pub left_out: usize,
}

impl Exported {
    /// One line each.
    pub fn lines(&self) -> String {
        let line = |own| serde_json::to_string(own).expect("plain data in memory") + "\n";
        self.reviews.iter().map(line).collect()
    }
}

impl Reviews {
    /// Merges, splits and dismissals that stand: what a detection goes by. Confirmations reach `seawall train` as labels.
    pub fn export(&self) -> Exported {
        let mut exported = Exported::default();
        for (campaign, review) in self.all() {
            for (event, bound_by, said) in standing(review) {
                let binds = !bound_by.is_empty()
                    && !matches!(&said, Told::Merged { into_bound_by, .. } if into_bound_by.is_empty());
                if !binds {
                    exported.left_out += 1;
                    continue;
                }
                exported.reviews.push(Reviewed {
                    campaign: campaign.to_owned(),
                    bound_by: bound_by.clone(),
                    by: event.by.clone(),
                    at: jiff::Timestamp::from_millisecond(event.at).unwrap_or_default().to_string(),
                    note: note(&event.said).to_owned(),
                    said,
                });
            }
        }
        exported
    }
}

/// What of a review a detection goes by, and what bound the campaign then.
fn standing(review: &Review) -> Vec<(&Event, &BTreeSet<String>, Told)> {
    let status = review.status();
    let mut told = Vec::new();
    // The last word on merging counts, and on what it is; every part that was split off does.
    let (mut merged, mut dismissed) = (None, None);
    for event in review.standing() {
        match &event.said {
            Said::Merged { into, bound_by, into_bound_by, .. } => {
                let (into, into_bound_by) = (into.clone(), into_bound_by.clone());
                merged = Some((event, bound_by, Told::Merged { into, into_bound_by }));
            }
            Said::Split { selector, name, bound_by, .. } => {
                let (selector, name) = (selector.clone(), name.clone());
                told.push((event, bound_by, Told::Split { selector, name }));
            }
            Said::Decided { decision: Decision::Dismissed, bound_by, .. }
                if status == Status::Dismissed =>
            {
                dismissed = Some((event, bound_by, Told::Dismissed));
            }
            _ => {}
        }
    }
    told.extend(merged);
    told.extend(dismissed);
    told
}

fn note(said: &Said) -> &str {
    match said {
        Said::Merged { note, .. } | Said::Split { note, .. } | Said::Decided { note, .. } => note,
        _ => "",
    }
}
