//! What do the labels say of the campaigns?

use std::collections::BTreeMap;

use super::bounds::clopper_pearson;
use super::read::{Members, Truth, TruthRow};
use super::{AccountMeasures, CampaignMeasures, Evaluation, KindMeasures, SizeBand, TrueCampaign};

/// Smallest sizes of the bands that campaigns are counted in.
const BANDS: [u64; 5] = [1, 30, 100, 1_000, 10_000];

/// Compares members with the truth.
pub fn measure(members: &Members, truth: &Truth) -> Evaluation {
    let joined = Joined { members, truth };
    let accounts = accounts(&joined);
    let kinds = kinds(&joined);
    let campaigns = campaigns(&joined);
    let mut warnings = Vec::new();
    let mut warn = |count: u64, what: &str| {
        if count > 0 {
            warnings.push(format!("{count} {what}"));
        }
    };
    warn(
        accounts.flagged_unknown,
        "flagged accounts are not in the truth file and are in no measure",
    );
    warn(
        accounts.unlabelled,
        "accounts of the truth file have an empty label and are in no measure",
    );
    warn(members.repeated, "rows of the members file repeat an account and were left out");
    warn(truth.repeated, "rows of the truth file repeat an account and were left out");
    if let Some(campaigns) = &campaigns {
        warn(
            campaigns.unnamed,
            "fraudulent accounts have no true campaign and are in no campaign measure",
        );
    }
    Evaluation { accounts, kinds, campaigns, warnings }
}

/// Every account of the truth with the campaign it was put in.
struct Joined<'a> {
    members: &'a Members,
    truth: &'a Truth,
}

impl Joined<'_> {
    /// Both are in the order of accounts: one pass, nothing kept.
    fn rows(&self) -> impl Iterator<Item = (&TruthRow, Option<u32>)> {
        let mut members = self.members.rows.iter().peekable();
        self.truth.rows.iter().map(move |row| {
            while members.next_if(|member| member.account < row.account).is_some() {}
            let member = members.next_if(|member| member.account == row.account);
            (row, member.map(|member| member.campaign))
        })
    }
}

fn share(part: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

fn harmonic(first: Option<f64>, second: Option<f64>) -> Option<f64> {
    let (first, second) = (first?, second?);
    Some(if first + second > 0.0 { 2.0 * first * second / (first + second) } else { 0.0 })
}

fn accounts(joined: &Joined<'_>) -> AccountMeasures {
    // [label][flagged]
    let mut counts = [[0_u64; 2]; 3];
    for (row, campaign) in joined.rows() {
        let label = row.fraud.map_or(2, usize::from);
        counts[label][usize::from(campaign.is_some())] += 1;
    }
    let [[true_negatives, false_positives], [false_negatives, true_positives], unlabelled] = counts;
    let (fraud, benign) = (true_positives + false_negatives, true_negatives + false_positives);
    let flagged = true_positives + false_positives;
    let matched = flagged + unlabelled[1];
    let precision = share(true_positives, flagged);
    let recall = share(true_positives, fraud);
    AccountMeasures {
        labelled: fraud + benign,
        unlabelled: unlabelled[0] + unlabelled[1],
        fraud,
        flagged,
        flagged_unknown: joined.members.rows.len() as u64 - matched,
        flagged_unlabelled: unlabelled[1],
        true_positives,
        false_positives,
        precision,
        precision_interval: precision.map(|_| clopper_pearson(true_positives, flagged)),
        recall,
        f1: harmonic(precision, recall),
        false_positive_rate: share(false_positives, benign),
        false_positive_rate_interval: share(false_positives, benign)
            .map(|_| clopper_pearson(false_positives, benign)),
    }
}

fn kinds(joined: &Joined<'_>) -> Vec<KindMeasures> {
    let mut counts: BTreeMap<(bool, &str), (u64, u64)> = BTreeMap::new();
    for (row, campaign) in joined.rows() {
        if let Some(fraud) = row.fraud {
            let kind = name(joined.truth, row.kind);
            let (accounts, flagged) = counts.entry((fraud, kind)).or_default();
            *accounts += 1;
            *flagged += u64::from(campaign.is_some());
        }
    }
    counts
        .into_iter()
        .map(|((fraud, kind), (accounts, flagged))| KindMeasures {
            kind: kind.to_owned(),
            fraud,
            accounts,
            flagged,
            share: flagged as f64 / accounts as f64,
            interval: clopper_pearson(flagged, accounts),
        })
        .collect()
}

fn name(truth: &Truth, number: u32) -> &str {
    usize::try_from(number)
        .ok()
        .and_then(|number| truth.names.get(number))
        .map_or("", String::as_str)
}

/// Whose an account is: its true campaign, or its operator where the campaign is not named.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Owner {
    Campaign(u32),
    Operator(u32),
}

impl Owner {
    const fn of(row: &TruthRow) -> Option<Self> {
        if row.campaign != 0 {
            Some(Self::Campaign(row.campaign))
        } else if row.operator != 0 {
            Some(Self::Operator(row.operator))
        } else {
            None
        }
    }
}

/// A detected campaign.
#[derive(Default)]
struct Detected {
    accounts: u64,
    benign: u64,
    largest: u64,
    /// Accounts by operator, or by true campaign where that has no operator.
    operators: BTreeMap<Owner, u64>,
}

/// A true campaign.
struct Owned {
    first: TruthRow,
    accounts: u64,
    flagged: u64,
    fragments: u64,
    largest: u64,
    found: bool,
}

/// Counts of everything that campaigns are measured by.
#[derive(Default)]
struct Tally {
    /// Accounts by (detected campaign, owner); benign accounts have none.
    cells: BTreeMap<(u32, Owner), u64>,
    detected: BTreeMap<u32, Detected>,
    owned: BTreeMap<Owner, Owned>,
    unnamed: u64,
}

impl Tally {
    fn new(joined: &Joined<'_>) -> Self {
        let mut tally = Self::default();
        for (row, campaign) in joined.rows() {
            let Some(fraud) = row.fraud else { continue };
            let owner = if fraud { Owner::of(row) } else { None };
            if fraud && owner.is_none() {
                tally.unnamed += 1;
                continue;
            }
            if let Some(owner) = owner {
                let owned = tally.owned.entry(owner).or_insert(Owned {
                    first: *row,
                    accounts: 0,
                    flagged: 0,
                    fragments: 0,
                    largest: 0,
                    found: false,
                });
                owned.accounts += 1;
                owned.flagged += u64::from(campaign.is_some());
            }
            let Some(campaign) = campaign else { continue };
            let detected = tally.detected.entry(campaign).or_default();
            detected.accounts += 1;
            match owner {
                Some(owner) => {
                    *tally.cells.entry((campaign, owner)).or_default() += 1;
                    let operator =
                        if row.operator == 0 { owner } else { Owner::Operator(row.operator) };
                    *detected.operators.entry(operator).or_default() += 1;
                }
                None => detected.benign += 1,
            }
        }
        for (&(campaign, owner), &count) in &tally.cells {
            let detected = tally.detected.entry(campaign).or_default();
            detected.largest = detected.largest.max(count);
            if let Some(owned) = tally.owned.get_mut(&owner) {
                owned.fragments += 1;
                owned.largest = owned.largest.max(count);
                owned.found |= count * 2 >= owned.accounts && count * 20 >= detected.accounts * 19;
            }
        }
        tally
    }
}

fn campaigns(joined: &Joined<'_>) -> Option<CampaignMeasures> {
    let tally = Tally::new(joined);
    if tally.owned.is_empty() {
        return None;
    }
    let [bcubed_precision, bcubed_recall] = bcubed(&tally);
    let [pair_precision, pair_recall] = pairs(&tally);
    let members: u64 = tally.detected.values().map(|detected| detected.accounts).sum();
    let largest: u64 = tally.detected.values().map(|detected| detected.largest).sum();
    let second = |detected: &&Detected| {
        let mut counts: Vec<u64> = detected.operators.values().copied().collect();
        counts.sort_unstable();
        counts.len() >= 2 && counts[counts.len() - 2] * 20 >= detected.accounts
    };
    let (campaigns, bands) = true_campaigns(&tally, joined.truth);
    Some(CampaignMeasures {
        unnamed: tally.unnamed,
        bcubed_precision,
        bcubed_recall,
        bcubed_f1: harmonic(bcubed_precision, bcubed_recall),
        pair_precision,
        pair_recall,
        pair_f1: harmonic(pair_precision, pair_recall),
        purity: share(largest, members),
        detected: tally.detected.len() as u64,
        mixed: tally.detected.values().filter(|detected| detected.operators.len() >= 2).count()
            as u64,
        merged: tally.detected.values().filter(second).count() as u64,
        truth: campaigns,
        bands,
    })
}

/// B-cubed precision and recall (Bagga and Baldwin 1998) over flagged ∪ fraudulent accounts.
fn bcubed(tally: &Tally) -> [Option<f64>; 2] {
    let (mut precision, mut recall) = (0.0, 0.0);
    let mut accounts = 0;
    for (&(campaign, owner), &count) in &tally.cells {
        let square = count as f64 * count as f64;
        precision += square / tally.detected[&campaign].accounts as f64;
        recall += square / tally.owned[&owner].accounts as f64;
    }
    for detected in tally.detected.values() {
        accounts += detected.accounts;
        // A benign account is alone in truth.
        precision += detected.benign as f64 / detected.accounts as f64;
        recall += detected.benign as f64;
    }
    for owned in tally.owned.values() {
        // An account that was not flagged is alone in what was found.
        let missed = owned.accounts - owned.flagged;
        accounts += missed;
        precision += missed as f64;
        recall += missed as f64 / owned.accounts as f64;
    }
    if accounts == 0 {
        return [None, None];
    }
    [Some(precision / accounts as f64), Some(recall / accounts as f64)]
}

/// Precision and recall over pairs of accounts.
fn pairs(tally: &Tally) -> [Option<f64>; 2] {
    // In 128 bits: 750 million accounts make more pairs than 53 bits hold exactly.
    let pairs = |count: u64| u128::from(count) * u128::from(count.saturating_sub(1)) / 2;
    let right: u128 = tally.cells.values().map(|&count| pairs(count)).sum();
    let together: u128 = tally.detected.values().map(|detected| pairs(detected.accounts)).sum();
    let belonging: u128 = tally.owned.values().map(|owned| pairs(owned.accounts)).sum();
    [together, belonging].map(|whole| (whole > 0).then(|| right as f64 / whole as f64))
}

fn true_campaigns(tally: &Tally, truth: &Truth) -> (Vec<TrueCampaign>, Vec<SizeBand>) {
    let mut bands = BANDS.map(|accounts_min| SizeBand { accounts_min, campaigns: 0, found: 0 });
    let mut campaigns = Vec::with_capacity(tally.owned.len());
    for (owner, owned) in &tally.owned {
        let band = bands.iter_mut().rev().find(|band| owned.accounts >= band.accounts_min);
        if let Some(band) = band {
            band.campaigns += 1;
            band.found += u64::from(owned.found);
        }
        let (Owner::Campaign(number) | Owner::Operator(number)) = *owner;
        campaigns.push(TrueCampaign {
            campaign: name(truth, number).to_owned(),
            operator: name(truth, owned.first.operator).to_owned(),
            kind: name(truth, owned.first.kind).to_owned(),
            accounts: owned.accounts,
            flagged: owned.flagged,
            fragments: owned.fragments,
            largest_fragment_share: share(owned.largest, owned.flagged),
            found: owned.found,
        });
    }
    campaigns.sort_by(|first, second| {
        second.accounts.cmp(&first.accounts).then_with(|| first.campaign.cmp(&second.campaign))
    });
    (campaigns, bands.to_vec())
}
