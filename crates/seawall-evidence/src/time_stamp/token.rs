//! What does a token say?

use std::ops::Range;

use cms::signed_data::SignedData;
use der::{
    Any, Decode as _, Sequence, Tag, Tagged as _,
    asn1::{Int, OctetString},
    oid::ObjectIdentifier,
};
use jiff::{Timestamp, civil::DateTime, tz::TimeZone};
use x509_tsp::{Accuracy, MessageImprint, TspVersion};

use super::{Error, TST_INFO};
use crate::time::Time;

/// `TSTInfo` (RFC 3161, section 2.4.2). That of `x509-tsp` cannot read fractions of a second.
#[derive(Clone, Debug, Sequence)]
pub(super) struct TstInfo {
    pub(super) version: TspVersion,
    pub(super) policy: ObjectIdentifier,
    pub(super) message_imprint: MessageImprint,
    pub(super) serial_number: Int,
    pub(super) gen_time: Any,
    #[asn1(optional = "true")]
    pub(super) accuracy: Option<Accuracy>,
    #[asn1(default = "Default::default")]
    pub(super) ordering: bool,
    #[asn1(optional = "true")]
    pub(super) nonce: Option<Int>,
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT", optional = "true")]
    pub(super) tsa: Option<Any>,
    #[asn1(context_specific = "1", tag_mode = "IMPLICIT", optional = "true")]
    pub(super) extensions: Option<x509_cert::ext::Extensions>,
}

/// The bytes that are signed, and what they say.
pub(super) fn content(signed: &SignedData) -> Result<(Vec<u8>, TstInfo), Error> {
    let inside = &signed.encap_content_info;
    if inside.econtent_type != TST_INFO {
        return Err(Error::Form("the token is of something else than a time"));
    }
    let content = inside.econtent.as_ref().ok_or(Error::Form("the token is empty"))?;
    let content: OctetString =
        content.decode_as().map_err(|_| Error::Form("the token is not in bytes"))?;
    let content = content.into_bytes();
    let info = TstInfo::from_der(&content)
        .map_err(|_| Error::Form("the token is not as RFC 3161 says"))?;
    Ok((content, info))
}

/// `YYYYMMDDhhmmss[.f…]Z`.
pub(super) fn time(gen_time: &Any) -> Result<Time, Error> {
    let wrong = Error::Form("its time is not as RFC 3161 says");
    if gen_time.tag() != Tag::GeneralizedTime {
        return Err(wrong);
    }
    let parse = || -> Option<Timestamp> {
        let text = str::from_utf8(gen_time.value()).ok()?.strip_suffix('Z')?;
        let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
        let digits = |text: &str| text.bytes().all(|digit| digit.is_ascii_digit());
        if whole.len() != 14 || fraction.len() > 9 || !digits(whole) || !digits(fraction) {
            return None;
        }
        let number = |range: Range<usize>| whole.get(range)?.parse::<i16>().ok();
        let small = |range: Range<usize>| i8::try_from(number(range)?).ok();
        let nanoseconds = format!("{fraction:0<9}").parse().ok()?;
        let civil = DateTime::new(
            number(0..4)?,
            small(4..6)?,
            small(6..8)?,
            small(8..10)?,
            small(10..12)?,
            small(12..14)?,
            nanoseconds,
        );
        Some(civil.ok()?.to_zoned(TimeZone::UTC).ok()?.timestamp())
    };
    parse().map(Time::new).ok_or(wrong)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_with_and_without_fractions() {
        let read = |text: &str| time(&Any::new(Tag::GeneralizedTime, text.as_bytes()).unwrap());
        assert_eq!(read("20231207120000Z").unwrap().to_string(), "2023-12-07T12:00:00.000000000Z");
        assert_eq!(
            read("20231207120000.25Z").unwrap().to_string(),
            "2023-12-07T12:00:00.250000000Z"
        );
        for bad in
            ["20231207120000", "20231307120000Z", "2023120712000Z", "20231207120000.x5Z", "é", ""]
        {
            assert!(read(bad).is_err(), "{bad}");
        }
    }
}
