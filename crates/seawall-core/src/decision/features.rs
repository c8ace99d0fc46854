//! With which numbers is the account model asked?
//!
//! One function, for deciding and for training: what it is given is what a decision has at hand, so nothing that came later
//! can get in. A number that is not known is none, and not zero. The site's own word of trust is no feature: the model
//! learns from it.

use std::sync::LazyLock;

use super::{exposed::Loaded, grounds::Grounds, record::Inputs, snapshot::Rate};
use crate::{
    campaign::findings::FAMILIES,
    link::tail::negative_binomial_ln_upper,
    selector::{Derive, Family, Kind, KindId, Role},
};

/// Most bits that a tail is worth: beyond, no model of counts is to be believed.
const TAIL_BITS_MAX: f64 = 64.0;

/// How a number is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Natural logarithm of one plus a count.
    Count,
    /// Natural logarithm of one plus seconds.
    Seconds,
    /// Bits.
    Bits,
    /// Log2 of accounts to expect of a million signups.
    Rate,
    /// Standard deviations, the logarithm of one plus them, with their sign.
    Deviations,
    /// From 0 to 1.
    Share,
    /// As it is.
    Number,
}

/// Whether more of it may only speak for an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// More speaks for an operation, never against.
    For,
    /// More speaks against an operation, never for.
    Against,
    /// Either.
    Any,
}

/// A feature: its name, what people read, and how it is meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Feature {
    /// Its name in files.
    pub name: String,
    /// What people read.
    pub title: String,
    /// How its number is meant.
    pub unit: Unit,
    /// Whether more of it may only speak for an operation.
    pub direction: Direction,
    /// The twin asks it too.
    pub twin: bool,
}

/// All of them, in their order.
pub static FEATURES: LazyLock<Vec<Feature>> = LazyLock::new(all);

/// Their names, in their order.
pub fn names() -> Vec<String> {
    FEATURES.iter().map(|feature| feature.name.clone()).collect()
}

/// Kinds that an account has shown when it signs up, by number.
static AT_SIGNUP: LazyLock<Vec<KindId>> = LazyLock::new(|| {
    let shows = |kind: &Kind| {
        kind.role != Role::Stratum
            && matches!(kind.derive, Derive::Event(_) | Derive::Recurring(..))
    };
    KindId::all().filter(|kind| shows(kind.kind())).collect()
});

/// Where a kind's features begin among those of kinds; none where it has none.
static PLACES: LazyLock<Vec<Option<usize>>> = LazyLock::new(|| {
    let place = |kind: KindId| AT_SIGNUP.iter().position(|own| *own == kind);
    KindId::all().map(place).collect()
});

const PER_KIND: usize = 4;
const PER_FAMILY: usize = 4;

/// Of the account, beside its selectors: name, title, unit, direction.
const OWN: [(&str, &str, Unit, Direction); 20] = [
    ("membership.bits", "bits for the campaign it fits best", Unit::Bits, Direction::For),
    (
        "membership.second_bits",
        "bits for the campaign it fits second best",
        Unit::Bits,
        Direction::Any,
    ),
    ("membership.families", "families that bind it to the campaign", Unit::Number, Direction::For),
    ("membership.contradicts", "lacks what nearly every member has", Unit::Number, Direction::Any),
    ("campaign.bits", "bits of the campaign it fits best", Unit::Bits, Direction::For),
    ("campaign.accounts", "accounts of the campaign it fits best", Unit::Count, Direction::Any),
    ("campaign.confidence", "confidence of the campaign it fits best", Unit::Share, Direction::For),
    ("provisional.bits", "bits for a campaign in the making", Unit::Bits, Direction::For),
    (
        "provisional.families",
        "families that bind it to a campaign in the making",
        Unit::Number,
        Direction::For,
    ),
    ("provisional.accounts", "accounts of the campaign in the making", Unit::Count, Direction::Any),
    ("burst.selectors", "selectors that are shared too often", Unit::Number, Direction::For),
    (
        "burst.families",
        "families with a selector that is shared too often",
        Unit::Number,
        Direction::For,
    ),
    ("burst.evidence", "evidence for a sudden jump, at most", Unit::Bits, Direction::For),
    ("indicators.count", "indicators that it carries", Unit::Number, Direction::For),
    ("challenge.time", "time to solve the challenge", Unit::Seconds, Direction::Any),
    ("challenge.attempts", "answers given to the challenge", Unit::Number, Direction::Any),
    ("challenge.failed", "challenges not passed", Unit::Number, Direction::Any),
    ("form.time", "time from the first event to the signup", Unit::Seconds, Direction::Any),
    ("selectors.known", "selectors that it shows", Unit::Number, Direction::Any),
    (
        "selectors.new",
        "selectors that nobody had before, of those it shows",
        Unit::Share,
        Direction::Any,
    ),
];

fn family_word(family: Family) -> String {
    format!("{family:?}").to_lowercase()
}

fn all() -> Vec<Feature> {
    let own = OWN.iter().map(|(name, title, unit, direction)| Feature {
        name: (*name).to_owned(),
        title: (*title).to_owned(),
        unit: *unit,
        direction: *direction,
        twin: ["provisional.bits", "membership.bits"].contains(name),
    });
    let families = FAMILIES.into_iter().flat_map(of_family);
    let kinds = AT_SIGNUP.iter().flat_map(|kind| of_kind(kind.kind()));
    own.chain(families).chain(kinds).collect()
}

/// What is asked of every family, [`PER_FAMILY`] of it.
fn of_family(family: Family) -> [Feature; PER_FAMILY] {
    let word = family_word(family);
    let feature = |what: &str, title: String, unit, direction, twin| Feature {
        name: format!("{word}.{what}"),
        title,
        unit,
        direction,
        twin,
    };
    let fits = format!("{word} bits for the campaign it fits best");
    let tail = format!("bits against chance for the most frequent {word} selector");
    let chance =
        format!("share of accounts with its {word} selectors to expect by chance, at least");
    let alarmed = format!("{word} selectors that are shared too often");
    [
        feature("membership_bits", fits, Unit::Bits, Direction::For, true),
        feature("tail_bits", tail, Unit::Bits, Direction::For, true),
        feature("chance", chance, Unit::Share, Direction::Against, false),
        feature("alarmed", alarmed, Unit::Number, Direction::For, false),
    ]
}

/// What is asked of every kind, [`PER_KIND`] of it.
fn of_kind(kind: &Kind) -> [Feature; PER_KIND] {
    let (name, title) = (kind.name, kind.title);
    let feature = |what: &str, of: &str, unit, direction| Feature {
        name: format!("{name}.{what}"),
        title: format!("accounts with its {title} {of}"),
        unit,
        direction,
        twin: false,
    };
    [
        feature("six_hours", "lately (half-life six hours)", Unit::Count, Direction::Any),
        feature("week", "lately (half-life seven days)", Unit::Count, Direction::Any),
        feature("beyond", "beyond expectation", Unit::Deviations, Direction::Any),
        feature("usual", "to expect of a million signups", Unit::Rate, Direction::Against),
    ]
}

/// The features of an account, in the order of [`FEATURES`]; NaN where there is no number.
///
/// A function of the snapshot, of what was seen up to that moment, and of the grounds that follow from these.
pub fn features(loaded: &Loaded, inputs: &Inputs, grounds: &Grounds) -> Vec<f32> {
    let mut all = Vec::with_capacity(FEATURES.len());
    all.extend(own(inputs, grounds).map(|number| number as f32));
    let families_at = all.len();
    all.resize(FEATURES.len(), f32::NAN);
    let (families, kinds) = all[families_at..].split_at_mut(FAMILIES.len() * PER_FAMILY);
    let mut strongest: [Option<Strongest>; FAMILIES.len()] = [None; FAMILIES.len()];
    let exposures = inputs.measured.exposures.iter().copied().chain(std::iter::repeat(0));
    for (own, exposure) in inputs.selectors.iter().zip(exposures) {
        let kind = KindId(own.kind);
        let Some(place) = PLACES.get(usize::from(own.kind)).copied().flatten() else { continue };
        let place = &mut kinds[place * PER_KIND..][..PER_KIND];
        let [_, six_hours, week] = own.counts;
        (place[0], place[1]) = (six_hours.ln_1p(), week.ln_1p());
        let family = kind.kind().family as usize;
        families[family * PER_FAMILY + 3] =
            families[family * PER_FAMILY + 3].max(0.0) + f32::from(u8::from(own.alarmed));
        let Some((rate, _)) = loaded.snapshot.rate(kind, own.value) else { continue };
        place[3] = (rate.mean * 1e6).max(1e-3).log2();
        let seen = Strongest::of(own.accounts, rate, exposure);
        place[2] = (seen.deviations.abs().ln_1p() * seen.deviations.signum()) as f32;
        let strongest = &mut strongest[family];
        if strongest.is_none_or(|other| other.deviations < seen.deviations) {
            *strongest = Some(seen);
        }
    }
    for (index, strongest) in strongest.iter().enumerate() {
        let place = &mut families[index * PER_FAMILY..][..PER_FAMILY];
        if let Some(strongest) = strongest {
            place[1] = strongest.tail_bits() as f32;
            place[2] = strongest.chance() as f32;
        }
        let bits = grounds.membership.as_ref().map(|found| found.belonging.family_bits[index]);
        place[0] = bits.unwrap_or(f32::NAN);
    }
    all
}

/// The most frequent selector of a family, beside what is usual.
#[derive(Clone, Copy)]
struct Strongest {
    /// Accounts beyond the first.
    beyond: u32,
    mean: f64,
    size: f64,
    deviations: f64,
}

impl Strongest {
    fn of(accounts: u32, rate: Rate, exposure: u32) -> Self {
        let beyond = accounts.saturating_sub(1);
        let mean = f64::from(rate.mean) * f64::from(exposure.max(1));
        let size = f64::from(rate.size);
        let deviation = (mean + mean * mean / size).sqrt().max(0.5);
        Self { beyond, mean, size, deviations: (f64::from(beyond) - mean) / deviation }
    }

    /// How improbable so many are by chance.
    fn tail_bits(&self) -> f64 {
        if f64::from(self.beyond) <= self.mean {
            return 0.0;
        }
        // Far out the tail is capped, and costs most: a bound that is quick to have shows that it is.
        let ln = negative_binomial_ln_upper(u64::from(self.beyond), self.mean, self.size);
        (-ln / std::f64::consts::LN_2).clamp(0.0, TAIL_BITS_MAX)
    }

    /// Share of those accounts that chance would have brought.
    fn chance(&self) -> f64 {
        if self.beyond == 0 { 1.0 } else { (self.mean / f64::from(self.beyond)).min(1.0) }
    }
}

fn own(inputs: &Inputs, grounds: &Grounds) -> [f64; OWN.len()] {
    let found = grounds.membership.as_ref();
    let membership = |of: &dyn Fn(&super::grounds::Found) -> f64| found.map_or(f64::NAN, of);
    let tied = grounds.provisional.as_ref();
    let challenged = &inputs.measured.challenged;
    let seconds = |milliseconds: u32| (f64::from(milliseconds) / 1000.0).ln_1p();
    let jump = inputs.selectors.iter().flat_map(|own| own.jumps).fold(0.0, f32::max);
    let new = inputs.selectors.iter().filter(|own| own.accounts <= 1).count();
    let known = inputs.selectors.len();
    [
        membership(&|found| found.membership.bits),
        grounds.second_bits.unwrap_or(f64::NAN),
        found.map_or(0.0, |found| f64::from(found.membership.families)),
        membership(&|found| f64::from(u8::from(found.belonging.contradicts))),
        membership(&|found| found.campaign_bits),
        membership(&|found| f64::from(found.campaign_members).ln_1p()),
        membership(&|found| found.campaign_confidence),
        tied.map_or(f64::NAN, |tied| tied.bits),
        tied.map_or(0.0, |tied| f64::from(tied.families)),
        tied.map_or(f64::NAN, |tied| f64::from(tied.accounts).ln_1p()),
        f64::from(grounds.burst_selectors),
        f64::from(grounds.burst_families),
        (f64::from(jump) / std::f64::consts::LN_2).min(TAIL_BITS_MAX),
        inputs.indicators.len() as f64,
        challenged.milliseconds.map_or(f64::NAN, seconds),
        challenged.attempts.map_or(f64::NAN, f64::from),
        f64::from(challenged.failed),
        f64::from(inputs.age_seconds).ln_1p(),
        known as f64,
        if known == 0 { f64::NAN } else { new as f64 / known as f64 },
    ]
}

impl Feature {
    /// Its number as people read it.
    pub fn told(&self, number: f32) -> String {
        let number = f64::from(number);
        if number.is_nan() {
            return "not known".to_owned();
        }
        match self.unit {
            Unit::Count => format!("{:.1}", number.exp_m1()),
            Unit::Seconds => format!("{:.1} s", number.exp_m1()),
            Unit::Bits => format!("{number:.1} bits"),
            Unit::Rate => format!("{:.2}", number.exp2()),
            Unit::Deviations => {
                format!("{:.1} standard deviations", number.signum() * number.abs().exp_m1())
            }
            Unit::Share => format!("{:.1} %", 100.0 * number),
            Unit::Number => format!("{number}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_feature_has_a_name_of_its_own_and_the_table_is_as_long_as_the_vector() {
        let names: BTreeSet<&str> = FEATURES.iter().map(|feature| feature.name.as_str()).collect();
        assert_eq!(names.len(), FEATURES.len());
        let families = FAMILIES.len() * PER_FAMILY;
        assert_eq!(FEATURES.len(), OWN.len() + families + AT_SIGNUP.len() * PER_KIND);
        assert!(FEATURES.len() < usize::from(crate::model::trees::LEAF));
        assert_eq!(crate::selector::registry::KINDS.len(), PLACES.len());
        for (index, family) in FAMILIES.iter().enumerate() {
            assert_eq!(*family as usize, index);
        }
    }

    #[test]
    fn people_read_numbers_and_not_their_logarithms() {
        let of = |unit| Feature {
            name: String::new(),
            title: String::new(),
            unit,
            direction: Direction::Any,
            twin: false,
        };
        assert_eq!(of(Unit::Count).told(12.0_f32.ln_1p()), "12.0");
        assert_eq!(of(Unit::Seconds).told(14.5_f32.ln_1p()), "14.5 s");
        assert_eq!(of(Unit::Rate).told(3.0), "8.00");
        assert_eq!(of(Unit::Deviations).told(-(2.0_f32.ln_1p())), "-2.0 standard deviations");
        assert_eq!(of(Unit::Share).told(0.25), "25.0 %");
        assert_eq!(of(Unit::Bits).told(f32::NAN), "not known");
    }
}
