//! With what do accounts come: which device, which browser, and what do they give away?

mod text;

use crate::rng::{Rng, Zipf, mix2};

/// Hours between two releases of a browser (four weeks).
const RELEASE_HOURS: u32 = 28 * 24;

/// What runs the client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Platform {
    Windows,
    Mac,
    Linux,
    ChromeOs,
    Android,
    IPhone,
    IPad,
}

/// Client software.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Browser {
    Chrome,
    Safari,
    Edge,
    Firefox,
    Opera,
    Samsung,
    /// The site's own app.
    App,
    /// A browser inside another app, here a social network's.
    InApp,
    /// A programming library that says what it is.
    Library,
}

/// The site's fingerprint of a device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Print {
    /// Alone in the world, or as good as.
    Unique(u64),
    /// Shared by all devices of a model with the same settings.
    Model {
        /// The model.
        model: u32,
        /// The settings' rank.
        setting: u32,
    },
}

/// A client.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Client {
    /// What it runs on.
    pub platform: Platform,
    /// What it is.
    pub browser: Browser,
    /// Which handset or computer; families of models follow a Zipf law.
    pub model: u32,
    /// Releases behind the newest.
    pub lag: u8,
    /// Never updates: the hour it stopped at.
    pub frozen_hour: Option<u32>,
    /// Which TLS stack among those of its kind: middleboxes, scanners, old systems.
    pub stack: u32,
    /// Salt of a TLS stack that no browser has; 0 is none.
    pub odd_stack: u64,
    /// Whether it takes new releases as people's do.
    pub updates: bool,
    /// The site's fingerprint of it.
    pub print: Print,
}

impl Client {
    /// A phone or tablet.
    pub(crate) const fn mobile(&self) -> bool {
        matches!(self.platform, Platform::Android | Platform::IPhone | Platform::IPad)
    }

    /// Release of its software at an hour of the world.
    pub(crate) fn release(&self, hour: u32) -> u32 {
        let hour = self.frozen_hour.unwrap_or(hour);
        // Releases reach people over some days: the stack number spreads them.
        let shift = (self.stack * 37 + self.model * 11) % 240;
        (hour + 24 * 28 - shift) / RELEASE_HOURS + 120 - u32::from(self.lag)
    }
}

/// How clients are spread over the population.
#[derive(Clone, Debug)]
pub(crate) struct ClientMix {
    /// Share of phones and tablets.
    pub mobile: f64,
    models_mobile: Zipf,
    models_desktop: Zipf,
    stacks: Zipf,
    settings: Zipf,
}

impl ClientMix {
    /// The mix, given the share of phones and tablets.
    pub(crate) fn new(mobile: f64) -> Self {
        Self {
            mobile,
            models_mobile: Zipf::new(140, 1.2),
            models_desktop: Zipf::new(30, 1.1),
            stacks: Zipf::new(60, 1.4),
            settings: Zipf::new(2_500, 0.8),
        }
    }

    /// Draws a client.
    pub(crate) fn draw(&self, rng: &mut Rng) -> Client {
        if rng.chance(self.mobile) { self.mobile_client(rng) } else { self.desktop(rng) }
    }

    /// Draws a phone or tablet.
    pub(crate) fn mobile_client(&self, rng: &mut Rng) -> Client {
        let model = self.models_mobile.draw(rng);
        // The commonest handsets are telephones of one maker; then it goes by turns.
        let platform = match model % 10 {
            0 | 3 => Platform::IPhone,
            9 => Platform::IPad,
            _ => Platform::Android,
        };
        let browser = match (platform, rng.weighted(&[56, 18, 16, 6, 4])) {
            (_, 1) => Browser::App,
            (_, 2) => Browser::InApp,
            (Platform::Android, 0) => Browser::Chrome,
            (Platform::Android, 3) => Browser::Samsung,
            (Platform::Android, _) => Browser::Firefox,
            (_, 4) => Browser::Chrome,
            _ => Browser::Safari,
        };
        let setting = self.settings.draw(rng);
        Client {
            platform,
            browser,
            model,
            lag: Self::lag(rng),
            frozen_hour: None,
            stack: self.stacks.draw(rng),
            odd_stack: 0,
            updates: true,
            print: Print::Model { model, setting },
        }
    }

    /// Draws a computer.
    pub(crate) fn desktop(&self, rng: &mut Rng) -> Client {
        let model = 1_000 + self.models_desktop.draw(rng);
        let platform = match rng.weighted(&[70, 20, 5, 5]) {
            0 => Platform::Windows,
            1 => Platform::Mac,
            2 => Platform::Linux,
            _ => Platform::ChromeOs,
        };
        let browser = match (platform, rng.weighted(&[66, 14, 10, 5, 5])) {
            (Platform::ChromeOs, _) => Browser::Chrome,
            (Platform::Mac, 1 | 4) => Browser::Safari,
            (Platform::Windows, 1) => Browser::Edge,
            (_, 2) => Browser::Firefox,
            (_, 3) => Browser::Opera,
            _ => Browser::Chrome,
        };
        let print = if rng.chance(0.94) {
            Print::Unique(rng.word())
        } else {
            // Hardened browsers and fresh installations look alike.
            Print::Model { model, setting: u32::try_from(rng.below(40)).expect("a setting") }
        };
        Client {
            platform,
            browser,
            model,
            lag: Self::lag(rng),
            frozen_hour: None,
            stack: self.stacks.draw(rng),
            odd_stack: 0,
            updates: true,
            print,
        }
    }

    fn lag(rng: &mut Rng) -> u8 {
        u8::try_from(rng.geometric(0.72, 30)).expect("at most 30")
    }
}

impl Print {
    /// The fingerprint as a number.
    pub(crate) const fn number(self) -> u64 {
        match self {
            Self::Unique(random) => mix2(random, 0xDE),
            Self::Model { model, setting } => mix2(model as u64, setting as u64 + 1),
        }
    }
}
