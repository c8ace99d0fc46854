//! Which client software is this, and on what does it run?

use super::super::text::present;

/// Sort of client that an account used: a class to compare accounts within.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Client {
    /// No client is named.
    #[default]
    Unknown,
    /// iPhone, iPad.
    Ios,
    /// Android.
    Android,
    /// Windows.
    Windows,
    /// macOS.
    Mac,
    /// Linux, other than Android.
    Linux,
    /// Anything else: tools, consoles, crawlers.
    Other,
}

impl Client {
    /// Number of classes, [`Client::Unknown`] among them.
    pub const COUNT: usize = 7;

    /// Those that have a name.
    pub const ALL: [Self; 6] =
        [Self::Ios, Self::Android, Self::Windows, Self::Mac, Self::Linux, Self::Other];

    /// Name in outputs.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Ios => "ios",
            Self::Android => "android",
            Self::Windows => "windows",
            Self::Mac => "mac",
            Self::Linux => "linux",
            Self::Other => "other",
        }
    }
}

/// A user agent taken apart.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct UserAgent {
    /// Whole text, trimmed.
    pub(crate) text: Box<str>,
    /// Product: `chrome`, `safari`, `okhttp`, an app's own name.
    pub(crate) family: Box<str>,
    /// Major version, empty where none is given.
    pub(crate) major: Box<str>,
    /// What it runs on.
    pub(crate) client: Client,
}

/// Names of products as they stand before a slash, most telling first: most products also name those
/// they descend from.
const PRODUCTS: &[(&str, &str)] = &[
    ("HeadlessChrome", "headless_chrome"),
    ("FBAV", "facebook"),
    ("Instagram", "instagram"),
    ("MicroMessenger", "wechat"),
    ("Line", "line"),
    ("BytedanceWebview", "tiktok"),
    ("musical_ly", "tiktok"),
    ("EdgiOS", "edge"),
    ("EdgA", "edge"),
    ("Edg", "edge"),
    ("Edge", "edge_legacy"),
    ("OPiOS", "opera"),
    ("OPR", "opera"),
    ("OPT", "opera"),
    ("SamsungBrowser", "samsung"),
    ("YaBrowser", "yandex"),
    ("UCBrowser", "uc"),
    ("UBrowser", "uc"),
    ("Vivaldi", "vivaldi"),
    ("Whale", "whale"),
    ("MiuiBrowser", "miui"),
    ("HuaweiBrowser", "huawei"),
    ("DuckDuckGo", "duckduckgo"),
    ("Ddg", "duckduckgo"),
    ("MQQBrowser", "qq"),
    ("QQBrowser", "qq"),
    ("Electron", "electron"),
    ("GSA", "google_app"),
    ("CriOS", "chrome"),
    ("FxiOS", "firefox"),
    ("Firefox", "firefox"),
    ("Chromium", "chromium"),
    ("Chrome", "chrome"),
    ("Trident", "internet_explorer"),
    ("MSIE", "internet_explorer"),
    ("Opera", "opera"),
];

impl UserAgent {
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let text = present(text)?;
        let (family, major) = product(text);
        Some(Self {
            text: text.into(),
            family: family.into(),
            major: major.into(),
            client: client(text),
        })
    }
}

/// Product and major version.
fn product(text: &str) -> (String, &str) {
    // One pass over the words; the most telling product wins, wherever it stands.
    let mut best: Option<(usize, &str)> = None;
    let (mut safari, mut version) = (false, None);
    let mut words = words(text).peekable();
    while let Some(word) = words.next() {
        // Few products are followed by their version without a slash.
        let (name, number) = word
            .split_once('/')
            .unwrap_or_else(|| (word, words.peek().copied().unwrap_or_default()));
        match name {
            "Safari" => safari = true,
            "Version" => version = Some(number),
            _ => {
                if let Some(rank) = PRODUCTS.iter().position(|product| product.0 == name)
                    && best.is_none_or(|(least, _)| rank < least)
                {
                    best = Some((rank, number));
                }
            }
        }
    }
    if let Some((rank, number)) = best {
        return (PRODUCTS[rank].1.to_owned(), leading_digits(number));
    }
    if safari && let Some(version) = version {
        let name = if text.contains("Android") { "android_browser" } else { "safari" };
        return (name.to_owned(), leading_digits(version));
    }
    if text.starts_with("Mozilla/") {
        let name = if text.contains("AppleWebKit") { "webkit" } else { "mozilla" };
        return (name.to_owned(), "");
    }
    // An app or a tool names itself first: `okhttp/4.9.3`, `MyApp/3.2 (iOS 17.1)`.
    let first = text.split_whitespace().next().unwrap_or(text);
    let (name, version) = first.split_once('/').unwrap_or((first, ""));
    let name: String = name.chars().flat_map(char::to_lowercase).take(40).collect();
    (name, leading_digits(version))
}

/// What stands between spaces, brackets and semicolons.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split([' ', ';', '(', ')', '[', ']', ',']).filter(|word| !word.is_empty())
}

fn leading_digits(text: &str) -> &str {
    let end = text.bytes().position(|byte| !byte.is_ascii_digit()).unwrap_or(text.len());
    // No product has a longer version; more would be somebody's id.
    &text[..end.min(6)]
}

/// What it runs on. Only beginnings of words are compared, in one pass.
fn client(text: &str) -> Client {
    const MARKS: &[(&str, u32)] = &[
        ("PlayStation", OTHER),
        ("Xbox", OTHER),
        ("Nintendo", OTHER),
        ("SMART-TV", OTHER),
        ("SmartTV", OTHER),
        ("Tizen", OTHER),
        ("CrOS", OTHER),
        ("iPhone", IOS),
        ("iPad", IOS),
        ("iPod", IOS),
        ("iOS", IOS),
        ("CFNetwork/", APPLE),
        ("Android", ANDROID),
        ("Dalvik/", ANDROID),
        ("okhttp/", ANDROID),
        ("Windows", WINDOWS),
        ("Win64", WINDOWS),
        ("Win32", WINDOWS),
        ("Macintosh", MAC),
        ("macOS", MAC),
        ("Mac_PowerPC", MAC),
        ("Linux", LINUX),
        ("X11", LINUX),
    ];
    const OTHER: u32 = 1;
    const IOS: u32 = 2;
    const APPLE: u32 = 4;
    const ANDROID: u32 = 8;
    const WINDOWS: u32 = 16;
    const MAC: u32 = 32;
    const LINUX: u32 = 64;
    let mut found = 0;
    for word in words(text) {
        for (mark, bit) in MARKS {
            if word.starts_with(mark) {
                found |= bit;
            }
        }
    }
    let has = |bits: u32| found & bits != 0;
    if has(OTHER) || text.contains("Windows Phone") {
        Client::Other
    } else if has(IOS) {
        Client::Ios
    } else if has(ANDROID) {
        Client::Android
    } else if has(WINDOWS) {
        Client::Windows
    } else if has(MAC) {
        Client::Mac
    } else if has(APPLE) {
        // Apple's network library, with no Mac named: an app on a telephone.
        Client::Ios
    } else if has(LINUX) {
        Client::Linux
    } else {
        Client::Other
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn common_clients_are_told_apart() {
        for (text, family, major, client) in [
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36",
                "chrome",
                "120",
                Client::Windows,
            ),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36 Edg/121.0.1.2",
                "edge",
                "121",
                Client::Windows,
            ),
            (
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.1 Safari/605.1.15",
                "safari",
                "17",
                Client::Mac,
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 17_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/119.0.1 Mobile/15E148 Safari/604.1",
                "chrome",
                "119",
                Client::Ios,
            ),
            (
                "Mozilla/5.0 (Linux; Android 13; SM-S901B) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/23.0 Chrome/115.0.0.0 Mobile Safari/537.36",
                "samsung",
                "23",
                Client::Android,
            ),
            (
                "Mozilla/5.0 (X11; Linux x86_64; rv:109.0) Gecko/20100101 Firefox/119.0",
                "firefox",
                "119",
                Client::Linux,
            ),
            (
                "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/118.0.0.0 Safari/537.36",
                "headless_chrome",
                "118",
                Client::Linux,
            ),
            ("okhttp/4.9.3", "okhttp", "4", Client::Android),
            ("python-requests/2.31.0", "python-requests", "2", Client::Other),
            ("MyApp/3.2 (iOS 17.1; iPhone14,2)", "myapp", "3", Client::Ios),
            ("MyApp/118 CFNetwork/1474 Darwin/23.0.0", "myapp", "118", Client::Ios),
            (
                "Mozilla/5.0 (compatible; MSIE 10.0; Windows NT 6.2; Trident/6.0)",
                "internet_explorer",
                "6",
                Client::Windows,
            ),
            (
                "Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/119.0.0.0 Safari/537.36",
                "chrome",
                "119",
                Client::Other,
            ),
            ("MyApp/9 (macOS 14.1) CFNetwork/1474", "myapp", "9", Client::Mac),
            ("curl", "curl", "", Client::Other),
        ] {
            let agent = UserAgent::parse(text).unwrap();
            assert_eq!(
                (&*agent.family, &*agent.major, agent.client),
                (family, major, client),
                "{text}"
            );
        }
        assert_eq!(UserAgent::parse(" - "), None);
    }
}
