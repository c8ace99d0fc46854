//! Which countries are there, and what follows from living in one?

use crate::names::Culture;

/// A country: what its people's clients and telephones say.
#[derive(Debug)]
pub(crate) struct Place {
    /// ISO 3166-1 alpha-2.
    pub code: &'static str,
    /// IANA name of its most common time zone.
    pub timezone: &'static str,
    /// Hours ahead of UTC, rounded.
    pub offset_hours: i8,
    /// BCP 47 tag most of its people use.
    pub locale: &'static str,
    /// How its people are named.
    pub culture: Culture,
    /// Calling code and first digits of a mobile number.
    pub phone: &'static str,
    /// Digits that follow.
    pub phone_digits: u8,
    /// Percent of its people online through carrier NAT.
    pub carrier_nat_percent: u8,
}

const fn place(
    code: &'static str,
    timezone: &'static str,
    offset_hours: i8,
    locale: &'static str,
    culture: Culture,
    (phone, phone_digits): (&'static str, u8),
    carrier_nat_percent: u8,
) -> Place {
    Place {
        code,
        timezone,
        offset_hours,
        locale,
        culture,
        phone,
        phone_digits,
        carrier_nat_percent,
    }
}

use Culture as C;

/// In order of their share of signups.
pub(crate) static PLACES: [Place; 60] = [
    place("US", "America/New_York", -5, "en-US", C::English, ("+1", 10), 22),
    place("IN", "Asia/Kolkata", 5, "en-IN", C::Indian, ("+919", 9), 65),
    place("BR", "America/Sao_Paulo", -3, "pt-BR", C::Portuguese, ("+55119", 8), 40),
    place("GB", "Europe/London", 0, "en-GB", C::English, ("+447", 9), 22),
    place("ID", "Asia/Jakarta", 7, "id-ID", C::Indonesian, ("+628", 9), 70),
    place("DE", "Europe/Berlin", 1, "de-DE", C::German, ("+4915", 9), 18),
    place("MX", "America/Mexico_City", -6, "es-MX", C::Spanish, ("+5255", 8), 42),
    place("FR", "Europe/Paris", 1, "fr-FR", C::French, ("+336", 8), 20),
    place("JP", "Asia/Tokyo", 9, "ja-JP", C::Japanese, ("+8190", 8), 26),
    place("PH", "Asia/Manila", 8, "en-PH", C::Filipino, ("+639", 9), 62),
    place("TR", "Europe/Istanbul", 3, "tr-TR", C::Turkish, ("+905", 9), 45),
    place("VN", "Asia/Ho_Chi_Minh", 7, "vi-VN", C::Vietnamese, ("+849", 8), 50),
    place("ES", "Europe/Madrid", 1, "es-ES", C::Spanish, ("+346", 8), 20),
    place("IT", "Europe/Rome", 1, "it-IT", C::Italian, ("+393", 9), 28),
    place("RU", "Europe/Moscow", 3, "ru-RU", C::Russian, ("+79", 9), 34),
    place("EG", "Africa/Cairo", 2, "ar-EG", C::Arabic, ("+201", 9), 58),
    place("PK", "Asia/Karachi", 5, "en-PK", C::Arabic, ("+923", 9), 64),
    place("NG", "Africa/Lagos", 1, "en-NG", C::Nigerian, ("+2348", 9), 70),
    place("BD", "Asia/Dhaka", 6, "bn-BD", C::Indian, ("+8801", 9), 66),
    place("CA", "America/Toronto", -5, "en-CA", C::English, ("+1", 10), 18),
    place("PL", "Europe/Warsaw", 1, "pl-PL", C::Polish, ("+485", 8), 30),
    place("CO", "America/Bogota", -5, "es-CO", C::Spanish, ("+573", 9), 44),
    place("AR", "America/Argentina/Buenos_Aires", -3, "es-AR", C::Spanish, ("+54911", 8), 30),
    place("TH", "Asia/Bangkok", 7, "th-TH", C::Thai, ("+668", 8), 52),
    place("KR", "Asia/Seoul", 9, "ko-KR", C::Korean, ("+8210", 8), 24),
    place("AU", "Australia/Sydney", 10, "en-AU", C::English, ("+614", 8), 20),
    place("SA", "Asia/Riyadh", 3, "ar-SA", C::Arabic, ("+9665", 8), 48),
    place("NL", "Europe/Amsterdam", 1, "nl-NL", C::Dutch, ("+316", 8), 15),
    place("UA", "Europe/Kyiv", 2, "uk-UA", C::Russian, ("+380", 9), 36),
    place("MY", "Asia/Kuala_Lumpur", 8, "ms-MY", C::Indonesian, ("+601", 8), 48),
    place("ZA", "Africa/Johannesburg", 2, "en-ZA", C::English, ("+277", 8), 55),
    place("PE", "America/Lima", -5, "es-PE", C::Spanish, ("+519", 8), 48),
    place("MA", "Africa/Casablanca", 1, "fr-MA", C::Arabic, ("+2126", 8), 55),
    place("KE", "Africa/Nairobi", 3, "en-KE", C::Nigerian, ("+2547", 8), 68),
    place("RO", "Europe/Bucharest", 2, "ro-RO", C::Italian, ("+407", 8), 28),
    place("CL", "America/Santiago", -4, "es-CL", C::Spanish, ("+569", 8), 32),
    place("TW", "Asia/Taipei", 8, "zh-TW", C::Chinese, ("+8869", 8), 30),
    place("SE", "Europe/Stockholm", 1, "sv-SE", C::Nordic, ("+467", 8), 16),
    place("BE", "Europe/Brussels", 1, "nl-BE", C::Dutch, ("+324", 8), 18),
    place("IQ", "Asia/Baghdad", 3, "ar-IQ", C::Arabic, ("+9647", 9), 60),
    place("DZ", "Africa/Algiers", 1, "fr-DZ", C::Arabic, ("+2135", 8), 56),
    place("PT", "Europe/Lisbon", 0, "pt-PT", C::Portuguese, ("+3519", 8), 22),
    place("GR", "Europe/Athens", 2, "el-GR", C::Greek, ("+3069", 8), 26),
    place("CZ", "Europe/Prague", 1, "cs-CZ", C::Polish, ("+4207", 8), 24),
    place("HU", "Europe/Budapest", 1, "hu-HU", C::Polish, ("+3620", 7), 26),
    place("SG", "Asia/Singapore", 8, "en-SG", C::Chinese, ("+659", 7), 24),
    place("HK", "Asia/Hong_Kong", 8, "zh-HK", C::Chinese, ("+8526", 7), 26),
    place("AT", "Europe/Vienna", 1, "de-AT", C::German, ("+43664", 7), 20),
    place("CH", "Europe/Zurich", 1, "de-CH", C::German, ("+4179", 7), 16),
    place("IL", "Asia/Jerusalem", 2, "he-IL", C::Arabic, ("+9725", 8), 24),
    place("AE", "Asia/Dubai", 4, "en-AE", C::Arabic, ("+9715", 8), 36),
    place("DK", "Europe/Copenhagen", 1, "da-DK", C::Nordic, ("+452", 7), 14),
    place("NO", "Europe/Oslo", 1, "nb-NO", C::Nordic, ("+474", 7), 14),
    place("FI", "Europe/Helsinki", 2, "fi-FI", C::Nordic, ("+3584", 8), 20),
    place("IE", "Europe/Dublin", 0, "en-IE", C::English, ("+3538", 8), 18),
    place("GH", "Africa/Accra", 0, "en-GH", C::Nigerian, ("+2332", 8), 68),
    place("EC", "America/Guayaquil", -5, "es-EC", C::Spanish, ("+5939", 8), 46),
    place("NZ", "Pacific/Auckland", 12, "en-NZ", C::English, ("+642", 8), 18),
    place("BG", "Europe/Sofia", 2, "bg-BG", C::Russian, ("+3598", 8), 28),
    place("LK", "Asia/Colombo", 5, "en-LK", C::Indian, ("+947", 8), 58),
];

/// Position of a country in [`PLACES`].
pub(crate) fn place_index(code: &str) -> u8 {
    let index = PLACES.iter().position(|place| place.code == code).unwrap_or(0);
    u8::try_from(index).expect("sixty places")
}
