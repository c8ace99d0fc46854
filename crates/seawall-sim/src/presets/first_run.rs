//! A log as a site has it on its first day with Seawall: thirty days of everything, nothing trusted,
//! most active accounts older than the log.

use super::{WINDOW_DAY, lead_days, people, scale, scene};
use crate::WorldOptions;
use crate::activity::{Doing, Habits, Lockstep};
use crate::draft::Absent;
use crate::farms::{
    Challenging, Clients, Connection, Mailing, Naming, Paying, Phones, Recovering, Referring,
    Technique, group,
};
use crate::group::Group;
use crate::innocents;
use crate::places::PLACES;
use crate::population::{Population, Taste};
use crate::rng::{Rng, mix2, truncate};
use crate::schedule::Schedule;
use crate::world::World;

/// Days before the log in which the older accounts signed up.
const OLDER_DAYS: u32 = 392;
/// Farms.
const FARMS: u32 = 12;

pub(super) fn world(options: &WorldOptions) -> World {
    let lead = lead_days(OLDER_DAYS);
    let start = lead * 24;
    let hours = options.days * 24;
    let scene = scene(options, start);
    let older = options.accounts * 10;
    let population = Population::new(
        options,
        options.accounts + older,
        innocents::trends(scene),
        Taste::STANDARD,
    );
    let seed = mix2(options.seed, 0xF1);
    let mut older =
        people(options, 0xB3, Schedule::diurnal(older, 0, start, &population.clock, seed));
    older.habits = Habits { shares: [0.30, 0.22, 0.06], dormant_days: 0, doing: Doing::People };
    let schedule =
        Schedule::diurnal(options.accounts, start, hours, &population.clock, mix2(seed, 1));
    let mut groups = vec![older, people(options, 0xB4, schedule)];
    groups.extend(innocents::groups(scene));
    let mut rng = Rng::new(options.seed, 0xF1_FA);
    for number in 0..FARMS {
        groups.push(farm(options, number, start, &mut rng));
    }
    World {
        population,
        groups,
        epoch_day: WINDOW_DAY - i64::from(lead),
        hours: start..start + hours,
        absent: Absent::default(),
        activity: options.activity,
        separate_challenges: true,
    }
}

/// A farm with techniques from everywhere on the ladder; a third of them older than the log.
fn farm(options: &WorldOptions, number: u32, start: u32, rng: &mut Rng) -> Group {
    static KINDS: [&str; 12] = [
        "farm-01", "farm-02", "farm-03", "farm-04", "farm-05", "farm-06", "farm-07", "farm-08",
        "farm-09", "farm-10", "farm-11", "farm-12",
    ];
    // Log-uniform from 30 to 10,000, one in each twelfth.
    let position = (f64::from(number) + rng.unit()) / f64::from(FARMS);
    let full = 30.0 * libm::pow(10_000.0 / 30.0, position);
    let count = truncate(full * scale(options) * options.farm_scale).max(30);
    let seed = rng.word();
    let older = rng.chance(0.34);
    let hours = options.days * 24;
    let technique = technique(options, number, older, start, rng);
    let schedule = if older {
        let first = start - 24 * u32::try_from(40 + rng.below(250)).expect("days");
        Schedule::bursts(count, first, 24 * 30, seed)
    } else {
        let first = start + u32::try_from(rng.below(u64::from(hours / 3))).expect("hours");
        let length = u32::try_from(24 + rng.below(u64::from(start + hours - first - 24)));
        Schedule::bursts(count, first, length.expect("hours"), seed)
    };
    let kind = KINDS[usize::try_from(number).expect("twelve")];
    group(kind, seed, schedule, technique)
}

fn technique(
    options: &WorldOptions,
    number: u32,
    older: bool,
    start: u32,
    rng: &mut Rng,
) -> Technique {
    let place = u8::try_from(rng.below(20)).expect("a place");
    let connection = [
        Connection::DataCentre(u8::try_from(rng.below(5)).expect("five"), 24, 12),
        Connection::Proxy(0x2000, 20_000),
        Connection::LocalProxy(0x3000, 3_000_000),
        Connection::Homes,
        Connection::CarrierNat(place, 0, 1),
    ][rng.weighted(&[2, 3, 4, 2, 2])];
    let clients = [
        Clients::Automation(1 + rng.below(6)),
        Clients::Randomised,
        Clients::AntiDetect(20 + rng.below(80)),
        Clients::RealPhones(8 + rng.below(30)),
    ][rng.weighted(&[3, 3, 4, 2])];
    let mailing = [
        Mailing::Providers,
        Mailing::One(u8::try_from(rng.below(4)).expect("four")),
        Mailing::Own(1 + rng.below(12)),
        Mailing::Tagged(6),
    ][rng.weighted(&[4, 3, 4, 1])];
    let naming = [
        Naming::People,
        Naming::Template("", 4, false),
        Naming::TwoTemplates,
        Naming::Random(10),
        Naming::Syllables(4),
        Naming::Yearly,
    ][rng.weighted(&[4, 2, 2, 1, 1, 2])];
    let challenging = [
        Challenging::Solver(4.0, 0.12, 0.9),
        Challenging::Solver(7.0, 0.2, 0.92),
        Challenging::Solver(14.0, 0.22, 0.93),
        Challenging::People,
    ][rng.weighted(&[2, 3, 4, 2])];
    let phones = [Phones::None, Phones::Pool(17_000), Phones::SimBlock(place, 400), Phones::People]
        [rng.weighted(&[5, 2, 2, 3])];
    let recovering = [
        Recovering::None,
        Recovering::OwnDomains(3),
        Recovering::OwnMailboxes(5),
        Recovering::People,
    ][rng.weighted(&[6, 1, 2, 3])];
    let referring = [
        Referring::None,
        Referring::Named("partner-917"),
        Referring::Invites(30),
        Referring::People,
    ][rng.weighted(&[5, 1, 1, 3])];
    let (habits, lockstep) = doing(options, number, older, start, rng);
    Technique {
        connection,
        clients,
        mailing,
        naming,
        challenging,
        phones,
        recovering,
        referring,
        paying: Paying::None,
        claims: rng.chance(0.3).then_some(place),
        names_of: rng.chance(0.6).then_some(place % u8::try_from(PLACES.len()).expect("sixty")),
        habits,
        lockstep,
        ..Technique::people()
    }
}

/// What a farm does, each alone and all together.
fn doing(
    options: &WorldOptions,
    number: u32,
    older: bool,
    start: u32,
    rng: &mut Rng,
) -> (Habits, Option<Lockstep>) {
    let first = 830_000 + u64::from(number) * 1_000;
    let tasks = Doing::Tasks { first, count: 25, action: rng.pick(&["follow", "like", "share"]) };
    let busy = Habits { shares: [0.4, 0.3, 0.1], dormant_days: 0, doing: tasks };
    let habits = [Habits::NONE, Habits { doing: Doing::Warming, ..Habits::PEOPLE }, busy]
        [if older { 2 } else { rng.weighted(&[5, 2, 3]) }];
    let days = options.days;
    let lockstep = (older || rng.chance(0.3)).then(|| Lockstep {
        rounds: (0..4).map(|round| start + 24 * (days * (3 + round) / 8) + 8 + round).collect(),
        hours: 6,
        first: first + 500,
        targets: 20,
        action: "follow",
    });
    (habits, lockstep)
}
