//! How does an evaluation read in a terminal?

use std::fmt::Write as _;

use super::{AccountMeasures, CampaignMeasures, Evaluation, Interval, KindMeasures, TrueCampaign};

/// True campaigns shown at most.
const CAMPAIGNS_MAX: usize = 40;

/// The evaluation as text for people, at most 100 columns wide unless names are long.
pub fn table(evaluation: &Evaluation) -> String {
    let mut out = String::new();
    // Writing to a string is infallible.
    let _ = write_accounts(&evaluation.accounts, &mut out);
    let _ = write_kinds(&evaluation.kinds, &mut out);
    if let Some(campaigns) = &evaluation.campaigns {
        let _ = write_campaigns(campaigns, &mut out);
    }
    for warning in &evaluation.warnings {
        let _ = writeln!(out, "warning: {warning}");
    }
    out
}

/// A share with the digits that matter: many nines and many noughts alike.
fn share(value: Option<f64>) -> String {
    match value {
        None => "-".to_owned(),
        Some(value) if value > 0.0 && value < 0.001 => format!("{value:.1e}"),
        Some(value) => format!("{value:.4}"),
    }
}

fn interval(interval: Option<Interval>) -> String {
    interval.map_or_else(String::new, |interval| {
        format!("  (95 %: {} to {})", share(Some(interval.low)), share(Some(interval.high)))
    })
}

fn write_accounts(measures: &AccountMeasures, out: &mut String) -> std::fmt::Result {
    writeln!(
        out,
        "Accounts: {} labelled, {} fraudulent, {} flagged",
        measures.labelled, measures.fraud, measures.flagged
    )?;
    let precision = share(measures.precision);
    writeln!(out, "  precision             {precision}{}", interval(measures.precision_interval))?;
    writeln!(out, "  recall                {}", share(measures.recall))?;
    writeln!(out, "  F1                    {}", share(measures.f1))?;
    writeln!(
        out,
        "  false-positive rate   {}{}",
        share(measures.false_positive_rate),
        interval(measures.false_positive_rate_interval)
    )
}

fn write_kinds(kinds: &[KindMeasures], out: &mut String) -> std::fmt::Result {
    for (fraud, title) in
        [(false, "Benign kinds: flagged by mistake"), (true, "Fraudulent kinds: found")]
    {
        let rows: Vec<_> = kinds.iter().filter(|kind| kind.fraud == fraud).collect();
        if rows.is_empty() {
            continue;
        }
        writeln!(out, "{title}")?;
        for kind in rows {
            let name = if kind.kind.is_empty() { "(not named)" } else { &kind.kind };
            writeln!(
                out,
                "  {name:<20} {:>9} of {:>9}   {:<8}{}",
                kind.flagged,
                kind.accounts,
                share(Some(kind.share)),
                interval(Some(kind.interval))
            )?;
        }
    }
    Ok(())
}

fn write_campaigns(measures: &CampaignMeasures, out: &mut String) -> std::fmt::Result {
    writeln!(
        out,
        "Campaigns: {} detected, {} with two operators or more, {} merged",
        measures.detected, measures.mixed, measures.merged
    )?;
    writeln!(out, "                 precision  recall  F1")?;
    for (name, [precision, recall, f1]) in [
        ("B-cubed", [measures.bcubed_precision, measures.bcubed_recall, measures.bcubed_f1]),
        ("pairs", [measures.pair_precision, measures.pair_recall, measures.pair_f1]),
    ] {
        writeln!(out, "  {name:<15}{:<11}{:<8}{}", share(precision), share(recall), share(f1))?;
    }
    writeln!(out, "  purity         {}", share(measures.purity))?;
    writeln!(out, "True campaigns found, by number of accounts")?;
    for (position, band) in measures.bands.iter().enumerate() {
        let range = match measures.bands.get(position + 1) {
            Some(next) => format!("{}–{}", band.accounts_min, next.accounts_min - 1),
            None => format!("{} and more", band.accounts_min),
        };
        writeln!(out, "  {range:<18} {:>5} of {:>5}", band.found, band.campaigns)?;
    }
    writeln!(out, "True campaigns       accounts    flagged  fragments  largest  found")?;
    for campaign in measures.truth.iter().take(CAMPAIGNS_MAX) {
        write_campaign(campaign, out)?;
    }
    let omitted = measures.truth.len().saturating_sub(CAMPAIGNS_MAX);
    if omitted > 0 {
        writeln!(out, "  and {omitted} smaller ones")?;
    }
    Ok(())
}

fn write_campaign(campaign: &TrueCampaign, out: &mut String) -> std::fmt::Result {
    writeln!(
        out,
        "  {:<18} {:>8}   {:>8}  {:>9}  {:>7}  {}",
        campaign.campaign,
        campaign.accounts,
        campaign.flagged,
        campaign.fragments,
        share(campaign.largest_fragment_share),
        if campaign.found { "yes" } else { "no" }
    )
}
