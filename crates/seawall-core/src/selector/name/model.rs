//! How surprising are the letters of this name?
//!
//! A character trigram model of the embedded names and words, smoothed with bigrams and unigrams.
//! Names of people and words of many languages cost about 3 to 4 bits a letter, random letters 6
//! and more. Only Latin letters are judged; other scripts are never surprising for being so.

use std::sync::LazyLock;

use super::{dictionary::NAMES, template::capped};

/// 26 letters and the edge of a run.
const SYMBOLS: usize = 27;
const EDGE: usize = 26;
/// Costs are kept in this fraction of a bit.
pub(crate) const UNITS_PER_BIT: u32 = 16;

/// 5.2 bits a letter.
const RANDOM_COST: u32 = 52 * UNITS_PER_BIT / 10;

/// Cost of each third symbol after two others.
struct Model {
    costs: Box<[u8]>,
}

static MODEL: LazyLock<Model> = LazyLock::new(|| Model::train(NAMES));

/// Total cost, in sixteenths of a bit, of a run of lower-case ASCII letters with its end; other
/// bytes count as the edge.
pub(crate) fn cost(run: &[u8]) -> u32 {
    MODEL.cost(run)
}

/// Mean cost of a run in sixteenths of a bit for each letter, its end counted as a letter.
pub(crate) fn mean_cost(run: &[u8]) -> u32 {
    MODEL.mean_cost(run)
}

/// Whether a run of letters looks drawn at random rather than spoken.
///
/// At [`RANDOM_COST`], with at least five letters to judge: of the listed names, left out of the
/// training in turn, 1 in 100 looks random; of runs of eight random letters 19 in 20 do.
pub(crate) fn looks_random(run: &[u8]) -> bool {
    run.len() >= 5 && mean_cost(run) >= RANDOM_COST
}

/// How a name looks, in coarse steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Look {
    /// Mean cost of its Latin letters in half bits; `None` with fewer than three of them, or with
    /// letters of another script.
    pub(crate) half_bits: Option<u32>,
    /// Whether it has letters other than plain Latin ones.
    pub(crate) other_letters: bool,
    /// Share of digits among its characters, in fifths, rounded down.
    pub(crate) digit_fifths: u32,
}

impl Look {
    /// Looks at a folded name.
    pub(crate) fn of(name: &str) -> Self {
        let name = capped(name);
        let (mut total, mut letters, mut runs, mut digits, mut characters) = (0, 0, 0, 0, 0);
        let mut other_letters = false;
        for part in
            name.as_bytes().chunk_by(|a, b| a.is_ascii_lowercase() == b.is_ascii_lowercase())
        {
            characters += part.iter().filter(|&&byte| !is_continuation(byte)).count();
            if part[0].is_ascii_lowercase() {
                total += cost(part);
                letters += part.len();
                runs += 1;
            } else {
                digits += part.iter().filter(|byte| byte.is_ascii_digit()).count();
                other_letters |= !part.is_ascii();
            }
        }
        let judged = letters >= 3 && !other_letters;
        let symbols = u32::try_from(letters + runs).expect("a capped name");
        Self {
            half_bits: judged.then(|| 2 * total / (UNITS_PER_BIT * symbols)),
            other_letters,
            digit_fifths: u32::try_from(5 * digits / characters.max(1)).expect("at most five"),
        }
    }
}

/// Whether a byte continues a character of UTF-8.
const fn is_continuation(byte: u8) -> bool {
    byte & 0xc0 == 0x80
}

fn symbol(byte: u8) -> usize {
    let index = usize::from(byte.wrapping_sub(b'a'));
    if index < EDGE { index } else { EDGE }
}

impl Model {
    fn cost(&self, run: &[u8]) -> u32 {
        let mut context = EDGE * SYMBOLS + EDGE;
        let mut total = 0;
        for symbol in run.iter().map(|&byte| symbol(byte)).chain([EDGE]) {
            total += u32::from(self.costs[context * SYMBOLS + symbol]);
            context = (context % SYMBOLS) * SYMBOLS + symbol;
        }
        total
    }

    fn mean_cost(&self, run: &[u8]) -> u32 {
        self.cost(run) / u32::try_from(run.len() + 1).unwrap_or(u32::MAX)
    }

    fn train(names: &str) -> Self {
        let mut unigrams = [0_u32; SYMBOLS];
        let mut bigrams = vec![0_u32; SYMBOLS * SYMBOLS];
        let mut trigrams = vec![0_u32; SYMBOLS * SYMBOLS * SYMBOLS];
        for line in names.lines().filter(|line| !line.starts_with(['#', '['])) {
            let mut context = EDGE * SYMBOLS + EDGE;
            for symbol in line.bytes().map(symbol).chain([EDGE]) {
                unigrams[symbol] += 1;
                bigrams[(context % SYMBOLS) * SYMBOLS + symbol] += 1;
                trigrams[context * SYMBOLS + symbol] += 1;
                context = (context % SYMBOLS) * SYMBOLS + symbol;
            }
        }
        let total = f64::from(unigrams.iter().sum::<u32>());
        let sums = |counts: &[u32]| -> Vec<f64> {
            counts.chunks(SYMBOLS).map(|row| f64::from(row.iter().sum::<u32>())).collect()
        };
        let (bigram_sums, trigram_sums) = (sums(&bigrams), sums(&trigrams));
        // A shorter context weighs as much as this many sightings; of 5, 10, 20 and 40, twenty tells
        // names left out of the list best from random letters.
        let weight = 20.0;
        let costs = (0..SYMBOLS * SYMBOLS * SYMBOLS)
            .map(|index| {
                let (context, symbol) = (index / SYMBOLS, index % SYMBOLS);
                let last = context % SYMBOLS;
                let single = (f64::from(unigrams[symbol]) + 1.0) / (total + 27.0);
                let pair = (f64::from(bigrams[last * SYMBOLS + symbol]) + weight * single)
                    / (bigram_sums[last] + weight);
                let triple =
                    (f64::from(trigrams[index]) + weight * pair) / (trigram_sums[context] + weight);
                units(triple)
            })
            .collect();
        Self { costs }
    }
}

/// Minus the binary logarithm of a probability, in sixteenths of a bit, at most 255.
///
/// By repeated squaring, which rounds alike on every machine; the platform's logarithm need not.
fn units(probability: f64) -> u8 {
    let mut value = 1.0 / probability;
    let mut whole = 0_u32;
    while value >= 2.0 {
        value /= 2.0;
        whole += 1;
    }
    let mut fraction = 0_u32;
    for _ in 0..4 {
        value *= value;
        fraction *= 2;
        if value >= 2.0 {
            value /= 2.0;
            fraction += 1;
        }
    }
    u8::try_from(whole * UNITS_PER_BIT + fraction).unwrap_or(u8::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Names and places that the list lacks.
    const UNSEEN: &[&str] = &[
        "abernathy",
        "adaeze",
        "akerman",
        "annelise",
        "bartholomew",
        "beaumont",
        "brightman",
        "calloway",
        "chukwuma",
        "corbin",
        "delacroix",
        "dmitrievna",
        "ekundayo",
        "evangelos",
        "fairweather",
        "fitzroy",
        "galbraith",
        "giancarlo",
        "halvorsen",
        "hendrika",
        "ikechukwu",
        "ingeborg",
        "jarvinen",
        "kaczmarek",
        "katsumi",
        "kirkpatrick",
        "lindqvist",
        "lombardo",
        "magdalene",
        "montgomery",
        "nakashima",
        "novotny",
        "okonjo",
        "oppenheim",
        "pellegrini",
        "ramachandran",
        "rosenberg",
        "sakurai",
        "sepulveda",
        "stavros",
        "temperance",
        "tokugawa",
        "ulyanov",
        "valdivia",
        "venkatesan",
        "weatherby",
        "yevgenia",
        "zambrano",
    ];

    /// Letters drawn at random: a linear congruential generator, so that the test is the same everywhere.
    fn random_runs() -> Vec<Vec<u8>> {
        let mut state = 1_u64;
        let mut next = || {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            u8::try_from((state >> 33) % 26).unwrap() + b'a'
        };
        (0..400).map(|index| (0..7 + index % 5).map(|_| next()).collect()).collect()
    }

    #[test]
    fn unseen_names_are_told_from_random_letters() {
        let random = random_runs();
        let mut ordered = 0_usize;
        for name in UNSEEN {
            assert!(
                super::super::dictionary::Dictionary::get().find(name.as_bytes()).is_none(),
                "{name}"
            );
            let cost = mean_cost(name.as_bytes());
            ordered += random.iter().filter(|run| mean_cost(run) > cost).count();
        }
        let area = ordered as f64 / (UNSEEN.len() * random.len()) as f64;
        assert!(area > 0.97, "area under the curve {area}");
    }

    #[test]
    fn names_left_out_of_the_training_seldom_look_random() {
        let names: Vec<&str> = NAMES.lines().filter(|line| !line.starts_with(['#', '['])).collect();
        let (mut judged, mut wronged) = (0, 0);
        for fold in 0..5 {
            let kept: Vec<&str> = (0..names.len())
                .filter(|index| index % 5 != fold)
                .map(|index| names[index])
                .collect();
            let model = Model::train(&kept.join("\n"));
            for name in names.iter().skip(fold).step_by(5).filter(|name| name.len() >= 5) {
                judged += 1;
                wronged += usize::from(model.mean_cost(name.as_bytes()) >= RANDOM_COST);
            }
        }
        assert!(wronged * 100 <= judged * 2, "{wronged} of {judged}");
        let random = random_runs();
        let caught = random.iter().filter(|run| looks_random(run)).count();
        assert!(caught * 100 >= random.len() * 90, "{caught} of {}", random.len());
        let unseen = UNSEEN.iter().filter(|name| looks_random(name.as_bytes())).count();
        assert!(unseen <= 2, "{unseen} of {}", UNSEEN.len());
    }

    #[test]
    fn costs_are_those_of_a_probability() {
        for context in 0..SYMBOLS * SYMBOLS {
            let sum: f64 = MODEL.costs[context * SYMBOLS..][..SYMBOLS]
                .iter()
                .map(|&cost| (-f64::from(cost) / f64::from(UNITS_PER_BIT)).exp2())
                .sum();
            // Each cost is rounded down by up to a sixteenth of a bit, 4.4 %.
            assert!((0.99..1.06).contains(&sum), "{context}: {sum}");
        }
        assert_eq!(units(1.0), 0);
        assert_eq!(units(0.5), 16);
        assert_eq!(units(0.25), 32);
        assert_eq!(units(1e-9), 255);
    }
}
