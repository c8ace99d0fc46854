//! A world made on other assumptions, kept unseen while detection is tuned.
//!
//! Do not look here for what a detector should find.

use super::{WINDOW_DAY, lead_days, people, scale, scene};
use crate::WorldOptions;
use crate::activity::{Doing, Habits};
use crate::draft::Absent;
use crate::farms::{
    Challenging, Clients, Connection, Mailing, Naming, Paying, Phones, Recovering, Referring,
    Technique, group,
};
use crate::group::Group;
use crate::innocents;
use crate::population::{Population, Taste};
use crate::rng::{mix2, truncate};
use crate::schedule::Schedule;
use crate::world::World;

/// Days before the window in which older accounts signed up.
const OLDER_DAYS: u32 = 84;

pub(super) fn world(options: &WorldOptions) -> World {
    let lead = lead_days(OLDER_DAYS);
    let start = lead * 24;
    let hours = options.days * 24;
    let scene = scene(options, start);
    let taste = Taste {
        mobile: 0.78,
        country_exponent: 0.6,
        provider_exponent: 0.9,
        providers: 0.82,
        pattern_exponent: 0.35,
        ipv6_percent: 25,
        given: [0.6, 0.15, 0.3, 0.12, 0.3],
        challenge: (9.0, 0.6),
        correlated: true,
    };
    let population =
        Population::new(options, options.accounts * 2, innocents::trends(scene), taste);
    let seed = mix2(options.seed, 0x0E);
    let history_hours = 42 * 24;
    let mut history = people(
        options,
        0xB5,
        Schedule::diurnal(
            options.accounts,
            start - history_hours,
            history_hours,
            &population.clock,
            seed,
        ),
    );
    // A site that grants trust slowly, and only to those who stay.
    history.trusted = Some(0.35);
    history.habits = Habits { shares: [0.4, 0.15, 0.02], dormant_days: 0, doing: Doing::People };
    let schedule =
        Schedule::diurnal(options.accounts, start, hours, &population.clock, mix2(seed, 1));
    let mut groups = vec![history, people(options, 0xB6, schedule)];
    groups.extend(innocents::groups(scene));
    groups.extend(farms(options, start));
    World {
        population,
        groups,
        epoch_day: WINDOW_DAY - i64::from(lead),
        hours: start - history_hours..start + hours,
        absent: Absent { device_id: true, ja4: true, enrichment: true, challenge_time: false },
        activity: options.activity,
        separate_challenges: false,
    }
}

fn farms(options: &WorldOptions, start: u32) -> Vec<Group> {
    let techniques = [own_mailbox(), aged(), cards(), invites(), mixed(), clickers()];
    let sizes = [1_800.0, 1_200.0, 700.0, 500.0, 2_600.0, 260.0];
    let hours = options.days * 24;
    let kinds = ["own-mailbox", "aged", "cards", "invites", "mixed-techniques", "clickers"];
    (0_u64..)
        .zip(techniques)
        .zip(sizes.into_iter().zip(kinds))
        .map(|((number, technique), (size, kind))| {
            let seed = mix2(options.seed, 0x0E_FA00 + number);
            let count = truncate(size * scale(options) * options.farm_scale).max(25);
            let schedule = match kind {
                // Signed up before the window, at work within it.
                "aged" => Schedule::bursts(count, start - 30 * 24, 28 * 24, seed),
                "clickers" => Schedule::local(count, start, hours, 5, (13.0, 3.0)),
                _ => Schedule::bursts(count, start + 24, hours - 48, seed),
            };
            group(kind, seed, schedule, technique)
        })
        .collect()
}

/// Confirms all its accounts from mailboxes of its own.
fn own_mailbox() -> Technique {
    Technique {
        connection: Connection::LocalProxy(0x9000, 400_000),
        clients: Clients::AntiDetect(90),
        mailing: Mailing::Providers,
        recovering: Recovering::OwnMailboxes(30),
        challenging: Challenging::Solver(11.0, 0.3, 0.9),
        ..Technique::people()
    }
}

/// Lets accounts lie for weeks, then works through tasks.
fn aged() -> Technique {
    Technique {
        connection: Connection::Homes,
        clients: Clients::Randomised,
        naming: Naming::Syllables(3),
        mailing: Mailing::Own(8),
        phones: Phones::None,
        challenging: Challenging::Solver(8.0, 0.25, 0.94),
        habits: Habits {
            shares: [0.0, 0.5, 0.3],
            dormant_days: 20,
            doing: Doing::Tasks { first: 950_000, count: 60, action: "comment" },
        },
        ..Technique::people()
    }
}

/// Takes trial offers with a few cards.
fn cards() -> Technique {
    Technique { paying: Paying::Cards(12), mailing: Mailing::Tagged(9), ..Technique::people() }
}

/// Invites itself.
fn invites() -> Technique {
    Technique {
        connection: Connection::Proxy(0x9001, 9_000),
        referring: Referring::Invites(20),
        clients: Clients::RealPhones(14),
        ..Technique::people()
    }
}

/// Template and domains, half of it hidden among popular values.
fn mixed() -> Technique {
    Technique {
        connection: Connection::Proxy(0x9001, 9_000),
        naming: Naming::Yearly,
        mailing: Mailing::Own(40),
        recovering: Recovering::OwnDomains(2),
        camouflage: 0.35,
        challenging: Challenging::Solver(11.0, 0.3, 0.9),
        ..Technique::people()
    }
}

/// People in a room who click for money.
fn clickers() -> Technique {
    Technique {
        connection: Connection::CarrierNat(16, 2, 4),
        clients: Clients::RealPhones(40),
        phones: Phones::SimBlock(16, 300),
        names_of: Some(16),
        habits: Habits {
            shares: [0.2, 0.5, 0.2],
            dormant_days: 0,
            doing: Doing::Tasks { first: 951_000, count: 15, action: "like" },
        },
        ..Technique::people()
    }
}
