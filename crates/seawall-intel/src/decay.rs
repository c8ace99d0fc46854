//! How much of what was once said is left a while later?
//!
//! The polynomial model of MISP (Iklody and others, 2018, arXiv 1803.11052; Mokaddem and others, 2019, arXiv 1902.03914):
//!
//! ```text
//! left = 1 − (age / lifetime)^(1 / speed)
//! ```
//!
//! Whoever says it again begins anew.

use jiff::SignedDuration;

use crate::pattern::Pattern;

/// How fast what was said loses its worth.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Decay {
    /// How long until nothing is left.
    pub lifetime: SignedDuration,
    /// The greater, the more is lost in the beginning.
    pub speed: f64,
}

/// Where something is in the network changes hands: the "NIDS Simple Decaying Model" that comes with MISP.
const NETWORK: Decay = Decay { lifetime: SignedDuration::from_hours(120 * 24), speed: 2.0 };
/// What people and devices have they keep longer; the speed is the same.
const OTHER: Decay = Decay { lifetime: SignedDuration::from_hours(365 * 24), speed: 2.0 };

/// What MISP applies that model to, in the words of STIX.
const NETWORK_TYPES: [&str; 6] =
    ["autonomous-system", "domain-name", "ipv4-addr", "ipv6-addr", "network-traffic", "url"];

impl Decay {
    /// How fast it goes with what nobody says of how long it is good.
    pub fn of(pattern: &Pattern) -> Self {
        if pattern.is_about(&NETWORK_TYPES) { NETWORK } else { OTHER }
    }

    /// The share that is left at an age, 0 to 1; all of it before it was said.
    pub fn left(self, age: SignedDuration) -> f64 {
        let lived = age.as_secs_f64() / self.lifetime.as_secs_f64();
        if age <= SignedDuration::ZERO {
            1.0
        } else if lived < 1.0 {
            1.0 - libm::pow(lived, 1.0 / self.speed)
        } else {
            0.0
        }
    }

    /// The age until which that share is left, to the second.
    pub fn age_at(self, left: f64) -> SignedDuration {
        let lived = libm::pow(1.0 - left.clamp(0.0, 1.0), self.speed);
        SignedDuration::from_secs((self.lifetime.as_secs_f64() * lived) as i64)
    }
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;
    use proptest::prelude::*;

    use super::{Decay, Pattern};

    fn days(days: i64) -> SignedDuration {
        SignedDuration::from_hours(24 * days)
    }

    #[test]
    fn what_is_in_the_network_changes_hands_sooner() {
        let days = |pattern: &str| {
            Decay::of(&Pattern::parse(pattern).unwrap()).lifetime.as_secs() / 86_400
        };
        assert_eq!(
            days(
                "[domain-name:value = 'a.com'] FOLLOWEDBY [ipv4-addr:value ISSUBSET '10.0.0.0/8']"
            ),
            120
        );
        assert_eq!(days("[email-addr:value = 'a@b.com']"), 365);
        assert_eq!(days("[url:value = 'http://a.com/' OR email-addr:value = 'a@b.com']"), 365);
    }

    /// Values that the tests of `OpenCTI` expect of the same formula (its decay of indicators, "MISP approach").
    #[test]
    fn what_is_left_is_what_others_compute() {
        let year = Decay { lifetime: days(365), speed: 3.0 };
        for (age, left) in [(20, 62), (28, 58), (31, 56), (366, 0), (-5, 100)] {
            assert_eq!((year.left(days(age)) * 100.0).round() as i64, left, "after {age} days");
        }
        let month = Decay { lifetime: days(30), speed: 3.8 };
        for (age, left) in [(20, 10), (28, 2), (31, 0)] {
            assert_eq!((month.left(days(age)) * 100.0).round() as i64, left, "after {age} days");
        }
        // From 2023-10-18T21:42:54.178Z on: 80 at 23:18:16.192Z, 60 the next day at 19:51:15.030Z, 0 after 30 days.
        for (left, seconds) in [(0.8, 5_722), (0.6, 79_700), (0.4, 372_057), (0.0, 30 * 86_400)] {
            assert_eq!(month.age_at(left).as_secs(), seconds, "{left}");
        }
    }

    proptest! {
        /// Down to a speed of one half: below, the share that a young age has lost is too small to be told from none
        /// beside the 1 that it is taken from, and no age comes back from it.
        #[test]
        fn it_only_falls_and_has_one_age(
            lifetime in 1_i64..2_000, speed in 0.5_f64..5.0, ages in prop::array::uniform2(0_i64..2_000)
        ) {
            let decay = Decay { lifetime: days(lifetime), speed };
            let [younger, older] = [ages[0].min(ages[1]), ages[0].max(ages[1])].map(|age| decay.left(days(age)));
            prop_assert!(younger >= older && (0.0..=1.0).contains(&older));
            prop_assert!(decay.age_at(decay.left(days(ages[0]))) <= days(ages[0].min(lifetime)) + SignedDuration::from_secs(1));
        }
    }
}
