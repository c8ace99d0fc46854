//! Which bars does a campaign have?

use seawall_core::{campaign::findings::Campaign, selector::Family};

use super::{Meaning, Step};
use crate::{
    text::bits,
    words::{self, Titles},
};

/// The evidence on a campaign: what counts, its total, then what is excused and what the total would be with it.
pub fn campaign_steps(campaign: &Campaign, titles: &Titles) -> Vec<Step> {
    let family_steps = |excused: bool| {
        campaign.families.iter().filter(move |family| family.excused == excused).map(
            move |family| Step {
                label: words::family(family.family).to_owned(),
                detail: titles.of(&family.kind),
                bits: family.bits,
                meaning: if excused { Meaning::Excused } else { Meaning::Counted },
            },
        )
    };
    let mut steps: Vec<Step> = family_steps(false).collect();
    let sum: f64 = steps.iter().map(|step| step.bits).sum();
    let granted = campaign.granted();
    let left = granted.and_then(|explanation| explanation.bits_left).unwrap_or(sum);
    // An explanation may take bits off without accounting for whole families.
    if let Some(explanation) = granted.filter(|_| left < sum - 0.05) {
        steps.push(Step {
            label: explanation.name.clone(),
            detail: "granted".to_owned(),
            bits: left - sum,
            meaning: Meaning::Counted,
        });
    }
    let capped = left > campaign.bits + 0.05;
    steps.push(Step {
        label: "What counts".to_owned(),
        detail: if capped {
            format!("{} in all, stated as at most 20", bits(left))
        } else {
            String::new()
        },
        bits: campaign.bits,
        meaning: Meaning::Total,
    });
    if campaign.families.iter().any(|family| family.excused) {
        steps.extend(family_steps(true));
        steps.push(Step {
            label: "With nothing excused".to_owned(),
            detail: String::new(),
            bits: campaign.bits_unexcused,
            meaning: Meaning::TotalUnexcused,
        });
    }
    steps
}

/// Bits below which a family says nothing worth a bar.
const BITS_MIN: f64 = 0.05;

/// The evidence on a member: the prior, each family with the kind that gave its bits, strongest first, and their sum.
pub fn member_steps(
    prior_bits: f64,
    families: &[(Family, f64, String)],
    bits: f64,
    titles: &Titles,
) -> Vec<Step> {
    let mut said: Vec<&(Family, f64, String)> =
        families.iter().filter(|family| family.1.abs() >= BITS_MIN).collect();
    // Stable, so that equal ones stay in the order of families.
    said.sort_by(|left, right| right.1.total_cmp(&left.1));
    let prior = Step {
        label: "prior".to_owned(),
        detail: "its share of all accounts".to_owned(),
        bits: prior_bits,
        meaning: Meaning::Prior,
    };
    let families = said.into_iter().map(|(family, bits, kind)| Step {
        label: words::family(*family).to_owned(),
        detail: titles.of(kind),
        bits: *bits,
        meaning: Meaning::Counted,
    });
    let total =
        Step { label: "in all".to_owned(), detail: String::new(), bits, meaning: Meaning::Total };
    std::iter::once(prior).chain(families).chain(std::iter::once(total)).collect()
}
