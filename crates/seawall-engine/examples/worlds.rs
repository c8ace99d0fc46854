//! Does a model keep its bound on worlds that it never saw?
//!
//! `cargo run -p seawall-engine --example worlds -- ACCOUNTS BOUND [LEARN [HOLD [UNSEEN]]]`: worlds of so many people, so many of
//! them to learn from, to set thresholds by, and to measure with (5 each unless told otherwise). Prints a table of Markdown.
#![expect(clippy::print_stdout, reason = "it says what it measured")]

#[path = "../tests/it/training/worlds.rs"]
mod worlds;

use seawall_core::decision::scored::Ready;
use seawall_engine::train::{Examples, Settings, boost::Growth, fit, measure::measure};
use seawall_sim::Preset;
use worlds::Voices;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let number = |at: usize, usual: f64| {
        arguments.get(at).and_then(|text| text.parse::<f64>().ok()).unwrap_or(usual)
    };
    let (accounts, bound) = (number(0, 10_000.0) as u64, number(1, 1e-3));
    let [learn, hold, unseen] = [2, 3, 4].map(|at| number(at, 5.0) as u64);
    let world = |seed: u64, voices| worlds::examples(Preset::Standard, accounts, seed, voices);
    let learned = Examples::join((1..=learn).map(|seed| world(seed, Voices::Site)));
    let held = Examples::join((1..=hold).map(|seed| world(100 + seed, Voices::Site)));
    let growth = Growth { threads: 2, ..Growth::default() };
    let settings = Settings { growth, false_positive_max: bound, ..Settings::default() };
    let fitted = fit(&learned, Some(&held), &settings, &mut |_| {}).expect("a model");
    let bytes = fitted.model.encode();
    let ready = Ready::decode(&bytes).expect("a model");
    println!(
        "model {} of {} bytes; learned from {:?}, kept out {:?}",
        ready.id,
        bytes.len(),
        ready.model.trained.accounts,
        ready.model.trained.held_out
    );
    println!();
    println!(
        "| world | people | over | share, 95 % interval | farms' accounts | blocked by evidence | of the others, over | of those that evidence allows, over |"
    );
    println!("|---|---|---|---|---|---|---|---|");
    for seed in 1..=unseen {
        let own = measure(&ready, &world(1000 + seed, Voices::Maker));
        let (low, high) = own.people_interval;
        println!(
            "| {} | {} | {} | {:.5} ({low:.5}–{high:.5}) | {} | {} | {} of {} ({:.2}) | {} of {} ({:.2}) |",
            1000 + seed,
            own.people.total,
            own.people.count,
            own.people.share(),
            own.fraudulent.total,
            own.blocked_by_evidence.count,
            own.beyond_blocks.count,
            own.beyond_blocks.total,
            own.beyond_blocks.share(),
            own.beyond_evidence.count,
            own.beyond_evidence.total,
            own.beyond_evidence.share(),
        );
    }
}
