//! How does a client name itself, and what does its TLS greeting look like?

use std::fmt::Write as _;

use super::{Browser, Client, Platform};
use crate::rng::{mix, mix2};

static HANDSETS: [&str; 40] = [
    "SM-A546B",
    "SM-S918B",
    "Redmi Note 12",
    "SM-A145F",
    "Infinix X6528",
    "CPH2387",
    "SM-G991U",
    "moto g54 5G",
    "Pixel 7a",
    "RMX3710",
    "23053RN02A",
    "TECNO BG6",
    "SM-A047F",
    "V2206",
    "Pixel 8",
    "2201117TY",
    "SM-A326B",
    "CPH2457",
    "M2101K6G",
    "SM-S901E",
    "vivo 1904",
    "RMX3690",
    "moto e13",
    "SM-M135F",
    "Nokia G21",
    "XQ-CC54",
    "itel P661N",
    "SM-A236E",
    "22111317G",
    "A065",
    "SM-F731B",
    "CPH2269",
    "TECNO KI5k",
    "SM-A515F",
    "LE2115",
    "RMX3511",
    "SM-T220",
    "220333QAG",
    "ASUS_I006D",
    "NE2213",
];

static IPHONES: [&str; 12] = [
    "iPhone14,5",
    "iPhone12,1",
    "iPhone15,2",
    "iPhone13,2",
    "iPhone16,1",
    "iPhone14,7",
    "iPhone12,8",
    "iPhone15,4",
    "iPhone11,8",
    "iPhone16,2",
    "iPhone14,6",
    "iPhone13,4",
];

fn hexadecimal12(random: u64) -> u64 {
    random >> 16
}

impl Client {
    /// Appends the user agent at an hour of the world.
    pub(crate) fn push_user_agent(&self, hour: u32, out: &mut String) {
        let release = self.release(hour);
        // Writing to a string is infallible.
        let _ = match self.platform {
            Platform::IPhone | Platform::IPad => self.push_apple_mobile(release, out),
            Platform::Android => self.push_android(release, out),
            _ => self.push_desktop(release, out),
        };
    }

    fn handset(&self) -> &'static str {
        HANDSETS[usize::try_from(self.model).expect("a model") % HANDSETS.len()]
    }

    fn push_apple_mobile(&self, release: u32, out: &mut String) -> std::fmt::Result {
        let (major, minor) = (15 + (release.saturating_sub(96)) / 10, release % 6);
        let machine = IPHONES[usize::try_from(self.model / 3).expect("a model") % IPHONES.len()];
        let device = if self.platform == Platform::IPad { "iPad" } else { "iPhone" };
        let system = if self.platform == Platform::IPad { "CPU OS" } else { "CPU iPhone OS" };
        match self.browser {
            Browser::App => {
                write!(out, "SiteApp/8.{release}.0 ({machine}; iOS {major}.{minor}; Scale/3.00)")
            }
            Browser::InApp => write!(
                out,
                "Mozilla/5.0 ({device}; {system} {major}_{minor} like Mac OS X) AppleWebKit/605.1.15 \
                 (KHTML, like Gecko) Mobile/15E148 Instagram {}.0.0.{}.{} ({machine}; iOS {major}_{minor})",
                release + 200,
                self.model % 40,
                90 + self.model % 9
            ),
            Browser::Chrome => write!(
                out,
                "Mozilla/5.0 ({device}; {system} {major}_{minor} like Mac OS X) AppleWebKit/605.1.15 \
                 (KHTML, like Gecko) CriOS/{release}.0.0.0 Mobile/15E148 Safari/604.1"
            ),
            _ => write!(
                out,
                "Mozilla/5.0 ({device}; {system} {major}_{minor} like Mac OS X) AppleWebKit/605.1.15 \
                 (KHTML, like Gecko) Version/{major}.{minor} Mobile/15E148 Safari/604.1"
            ),
        }
    }

    fn push_android(&self, release: u32, out: &mut String) -> std::fmt::Result {
        let handset = self.handset();
        let system = 10 + mix(u64::from(self.model)) % 6;
        let engine = "AppleWebKit/537.36 (KHTML, like Gecko)";
        match self.browser {
            Browser::App => write!(
                out,
                "SiteApp/8.{release}.0 (Linux; Android {system}; {handset}; build {}) okhttp/4.12.0",
                self.model % 7
            ),
            Browser::InApp => write!(
                out,
                "Mozilla/5.0 (Linux; Android {system}; {handset} Build/TP1A.{}.0{}; wv) {engine} \
                 Version/4.0 Chrome/{release}.0.0.0 Mobile Safari/537.36 Instagram {}.0.0.0 Android",
                220_600 + self.model % 30,
                10 + self.model % 20,
                release + 200
            ),
            Browser::Firefox => write!(
                out,
                "Mozilla/5.0 (Android {system}; Mobile; rv:{release}.0) Gecko/{release}.0 Firefox/{release}.0"
            ),
            Browser::Samsung => write!(
                out,
                "Mozilla/5.0 (Linux; Android 10; K) {engine} SamsungBrowser/{}.0 Chrome/{release}.0.0.0 \
                 Mobile Safari/537.36",
                release / 5
            ),
            _ => write!(
                out,
                "Mozilla/5.0 (Linux; Android 10; K) {engine} Chrome/{release}.0.0.0 Mobile Safari/537.36"
            ),
        }
    }

    fn push_desktop(&self, release: u32, out: &mut String) -> std::fmt::Result {
        if self.browser == Browser::Library {
            return write!(out, "python-requests/2.{}.0", 25 + self.model % 7);
        }
        let system = match self.platform {
            Platform::Mac => "Macintosh; Intel Mac OS X 10_15_7",
            Platform::Linux => "X11; Linux x86_64",
            Platform::ChromeOs => "X11; CrOS x86_64 14541.0.0",
            _ => "Windows NT 10.0; Win64; x64",
        };
        let engine = "AppleWebKit/537.36 (KHTML, like Gecko)";
        match self.browser {
            Browser::Firefox => write!(
                out,
                "Mozilla/5.0 ({system}; rv:{release}.0) Gecko/20100101 Firefox/{release}.0"
            ),
            Browser::Safari => write!(
                out,
                "Mozilla/5.0 ({system}) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/{}.{} Safari/605.1.15",
                15 + release.saturating_sub(96) / 10,
                release % 6
            ),
            Browser::Edge => write!(
                out,
                "Mozilla/5.0 ({system}) {engine} Chrome/{release}.0.0.0 Safari/537.36 Edg/{release}.0.0.0"
            ),
            Browser::Opera => write!(
                out,
                "Mozilla/5.0 ({system}) {engine} Chrome/{release}.0.0.0 Safari/537.36 OPR/{}.0.0.0",
                release - 14
            ),
            _ => {
                write!(out, "Mozilla/5.0 ({system}) {engine} Chrome/{release}.0.0.0 Safari/537.36")
            }
        }
    }

    /// Which TLS library the client greets with: engines share theirs across brands.
    fn tls_engine(&self) -> u64 {
        match (self.platform, self.browser) {
            (_, Browser::Library) => 7,
            (Platform::IPhone | Platform::IPad, _) | (Platform::Mac, Browser::Safari) => 2,
            (_, Browser::Firefox) => 3,
            (Platform::Android, Browser::App) => 4,
            (Platform::Android, Browser::InApp) => 5,
            _ => 1,
        }
    }

    /// Appends the JA4 fingerprint at an hour of the world.
    pub(crate) fn push_ja4(&self, hour: u32, out: &mut String) {
        let engine = self.tls_engine();
        let kind = if self.odd_stack != 0 {
            mix2(self.odd_stack, 0x0DD)
        } else if self.stack == 0 {
            // The canonical greeting changes with a generation of releases.
            mix2(engine, u64::from(self.release(hour) / 8))
        } else {
            mix2(mix2(engine, u64::from(self.platform as u8)), u64::from(self.stack) + 1_000)
        };
        let ciphers = 9 + kind % 9;
        let extensions = 10 + (kind >> 8) % 8;
        let protocol = if engine == 7 || kind % 23 == 0 { "h1" } else { "h2" };
        // Ciphers vary less than extensions do.
        let cipher_hash = hexadecimal12(mix2(engine + self.odd_stack, ciphers));
        let extension_hash = hexadecimal12(mix2(kind, 0xE7));
        let _ = write!(
            out,
            "t13d{ciphers:02}{extensions:02}{protocol}_{cipher_hash:012x}_{extension_hash:012x}"
        );
    }

    /// Appends the site's fingerprint of the device.
    pub(crate) fn push_device_id(&self, out: &mut String) {
        let _ = write!(out, "fp_{:016x}", self.print.number());
    }
}
