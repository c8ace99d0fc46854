//! What do accounts do after they signed up?

use std::fmt::Write as _;
use std::sync::LazyLock;

use crate::draft::Draft;
use crate::rng::{Rng, Zipf, mix2, truncate, unit};

/// How faithful the accounts of a group are.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Habits {
    /// Shares of accounts that come back: for some days, for weeks, for good. The rest never do.
    pub shares: [f64; 3],
    /// Days after the signup in which they do not.
    pub dormant_days: u32,
    /// What they do when there.
    pub doing: Doing,
}

/// What a group does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Doing {
    /// What people do.
    People,
    /// As people, but most of it on these pages.
    Pages {
        /// First page.
        first: u64,
        /// How many.
        count: u64,
    },
    /// Logs in to look alive and does one thing.
    Warming,
    /// Works through a list of tasks, mostly the same action.
    Tasks {
        /// First page.
        first: u64,
        /// How many.
        count: u64,
        /// The action.
        action: &'static str,
    },
}

impl Habits {
    /// People: most never come back.
    pub(crate) const PEOPLE: Self =
        Self { shares: [0.30, 0.12, 0.03], dormant_days: 0, doing: Doing::People };
    /// Accounts made to be sold: they do nothing.
    pub(crate) const NONE: Self =
        Self { shares: [0.0, 0.0, 0.0], dormant_days: 0, doing: Doing::People };

    /// Whether an account visits on this day after its signup. Daily chances fall from days to
    /// weeks to months by how faithful it is.
    pub(crate) fn visits(&self, key: u64, day: u32, activity: f64) -> bool {
        if day <= self.dormant_days {
            return false;
        }
        let class = unit(mix2(key, 0xFA17));
        let days = f64::from(day - self.dormant_days);
        let [light, regular, heavy] = self.shares;
        let chance = if class < light {
            0.35 * libm::exp(-days / 3.5)
        } else if class < light + regular {
            0.30 * libm::exp(-days / 60.0)
        } else if class < light + regular + heavy {
            0.65 * libm::exp(-days / 500.0)
        } else {
            return false;
        };
        unit(mix2(key, 0x0A_0000 + u64::from(day))) < chance * activity
    }

    /// Whether no account ever comes back.
    pub(crate) fn never(&self) -> bool {
        self.shares.iter().all(|&share| share <= 0.0)
    }

    /// Actions at a visit.
    pub(crate) fn actions(&self, key: u64, visit: u64) -> u8 {
        if visit == 0 && (self.never() || self.dormant_days > 0) {
            return 0;
        }
        let mut rng = Rng::new(mix2(key, visit), 0xAC_10);
        match self.doing {
            Doing::Warming => u8::from(rng.chance(0.7)),
            Doing::Tasks { .. } => u8::try_from(2 + rng.geometric(0.3, 6)).expect("a few"),
            _ if visit == 0 && rng.chance(0.5) => 0,
            _ => u8::try_from(rng.geometric(0.45, 8)).expect("a few"),
        }
    }
}

static ACTIONS: [&str; 8] =
    ["view", "like", "follow", "search", "comment", "share", "post", "upload"];

/// Pages by how popular they are.
static PAGES: LazyLock<Zipf> = LazyLock::new(|| Zipf::new(150_000, 0.9));
/// What is talked of on a day.
static TALK: LazyLock<Zipf> = LazyLock::new(|| Zipf::new(50, 1.2));

/// Writes an action of a visit into the draft.
pub(crate) fn act(doing: Doing, key: u64, visit: u64, step: u64, day: u32, draft: &mut Draft) {
    let mut rng = Rng::new(mix2(key, visit), 0xAC_20 + step);
    let pages_of_people = |rng: &mut Rng| {
        if rng.chance(0.2) {
            // What is talked of today.
            mix2(u64::from(day), u64::from(TALK.draw(rng))) % 150_000
        } else {
            u64::from(PAGES.draw(rng))
        }
    };
    let own = ACTIONS[rng.weighted(&[40, 20, 12, 10, 8, 4, 4, 2])];
    let (action, page) = match doing {
        Doing::Pages { first, count } if rng.chance(0.8) => (own, first + rng.below(count)),
        Doing::People | Doing::Warming | Doing::Pages { .. } => (own, pages_of_people(&mut rng)),
        Doing::Tasks { first, count, action } => {
            (if rng.chance(0.85) { action } else { own }, first + rng.below(count))
        }
    };
    draft.action.push_str(action);
    // Writing to a string is infallible.
    let _ = write!(draft.target, "page{page}");
}

/// Many accounts that act on the same targets within the same hours.
#[derive(Clone, Debug)]
pub(crate) struct Lockstep {
    /// First hour of each round.
    pub rounds: Vec<u32>,
    /// Hours a round takes.
    pub hours: u32,
    /// First page.
    pub first: u64,
    /// Pages in all rounds together.
    pub targets: u64,
    /// What is done to them.
    pub action: &'static str,
}

impl Lockstep {
    /// The round that is going on at an hour.
    pub(crate) fn round(&self, hour: u32) -> Option<u32> {
        let round =
            self.rounds.iter().position(|&start| (start..start + self.hours).contains(&hour))?;
        u32::try_from(round).ok()
    }

    /// Whether an account takes part in a round, and if so at which hour of it.
    pub(crate) fn hour_of(&self, key: u64, round: u32) -> Option<u32> {
        let random = mix2(key, 0x10C5 + u64::from(round));
        if random % 10 >= 8 {
            return None;
        }
        let hour = u32::try_from((random >> 32) % u64::from(self.hours)).expect("a few hours");
        Some(self.rounds[usize::try_from(round).expect("a few rounds")] + hour)
    }

    /// The page of the n-th action of an account in a round.
    pub(crate) fn target(&self, key: u64, round: u32, step: u64) -> u64 {
        let rounds = self.rounds.len() as u64;
        // Every page has its round.
        let round = u64::from(round);
        let pages = (self.targets - round).div_ceil(rounds);
        let pick = (mix2(key, 0x7A6 + round) % pages + step) % pages;
        self.first + round + rounds * pick
    }
}

/// Seconds from the start of a session to its n-th action.
pub(crate) fn action_seconds(key: u64, visit: u64, step: u64) -> u64 {
    let mut rng = Rng::new(mix2(key, visit), 0xAC_30);
    let mut seconds = 0.0;
    for _ in 0..=step {
        seconds += rng.lognormal(25.0, 0.9);
    }
    truncate(seconds).min(3_000)
}
