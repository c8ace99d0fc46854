//! How are numbers and addresses put into text without the cost of the formatting machinery?
//!
//! A derivation runs for every field of every event, so that `format!` would be most of its time.

use std::net::{Ipv4Addr, Ipv6Addr};

/// Appends a decimal number.
pub(crate) fn push_number(out: &mut String, number: u64) {
    push_padded(out, number, 1);
}

/// Appends a decimal number, with leading zeros up to `width` digits (at most 20).
pub(crate) fn push_padded(out: &mut String, mut number: u64, width: usize) {
    let mut digits = [b'0'; 20];
    let mut start = digits.len();
    while number > 0 {
        start -= 1;
        digits[start] = b'0' + u8::try_from(number % 10).expect("a remainder of ten");
        number /= 10;
    }
    start = start.min(digits.len() - width.clamp(1, digits.len()));
    out.push_str(std::str::from_utf8(&digits[start..]).expect("ASCII digits"));
}

/// Appends 16 lower-case hexadecimal digits.
pub(crate) fn push_hex(out: &mut String, number: u64) {
    for shift in (0..16).rev() {
        push_nibble(out, number >> (shift * 4));
    }
}

fn push_nibble(out: &mut String, number: u64) {
    out.push(char::from(b"0123456789abcdef"[usize::try_from(number & 15).expect("a nibble")]));
}

/// Appends an IPv4 address.
pub(crate) fn push_ipv4(out: &mut String, address: Ipv4Addr) {
    for (index, octet) in address.octets().into_iter().enumerate() {
        if index > 0 {
            out.push('.');
        }
        push_number(out, u64::from(octet));
    }
}

/// Appends an IPv4 network: the address cut to `length` bits, a slash, the length.
pub(crate) fn push_ipv4_network(out: &mut String, address: Ipv4Addr, length: u32) {
    let mask = u32::MAX.checked_shl(32 - length).unwrap_or(0);
    push_ipv4(out, Ipv4Addr::from_bits(address.to_bits() & mask));
    out.push('/');
    push_number(out, u64::from(length));
}

/// Appends an IPv6 network of at most 64 bits as RFC 5952 writes it.
///
/// Half of such an address is zero, so its longest run of zeros is always the one at its end.
pub(crate) fn push_ipv6_network(out: &mut String, address: Ipv6Addr, length: u32) {
    debug_assert!(length <= 64, "the text relies on the run of zeros at the end");
    let mask = u128::MAX.checked_shl(128 - length).unwrap_or(0);
    let groups = Ipv6Addr::from_bits(address.to_bits() & mask).segments();
    let used = groups.iter().rposition(|&group| group != 0).map_or(0, |last| last + 1);
    for &group in &groups[..used] {
        push_group(out, group);
        out.push(':');
    }
    out.push_str(if used == 0 { "::/" } else { ":/" });
    push_number(out, u64::from(length));
}

fn push_group(out: &mut String, group: u16) {
    let digits = (u16::BITS - group.leading_zeros()).div_ceil(4).max(1);
    for shift in (0..digits).rev() {
        push_nibble(out, u64::from(group) >> (shift * 4));
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn text(write: impl FnOnce(&mut String)) -> String {
        let mut out = String::new();
        write(&mut out);
        out
    }

    proptest! {
        #[test]
        fn numbers_are_as_the_standard_library_writes_them(number: u64, width in 0_usize..20) {
            prop_assert_eq!(text(|out| push_number(out, number)), number.to_string());
            prop_assert_eq!(text(|out| push_padded(out, number, width)), format!("{number:0width$}"));
            prop_assert_eq!(text(|out| push_hex(out, number)), format!("{number:016x}"));
        }

        #[test]
        fn ipv4_is_as_the_standard_library_writes_it(bits: u32, length in 0_u32..=32) {
            let address = Ipv4Addr::from_bits(bits);
            prop_assert_eq!(text(|out| push_ipv4(out, address)), address.to_string());
            let network = ipnet::Ipv4Net::new(address, u8::try_from(length).unwrap()).unwrap();
            prop_assert_eq!(
                text(|out| push_ipv4_network(out, address, length)),
                network.trunc().to_string()
            );
        }

        #[test]
        fn ipv6_is_as_the_standard_library_writes_it(
            // Few bits, so that zero groups are common.
            groups in proptest::array::uniform8(prop_oneof![Just(0_u16), any::<u16>(), 0_u16..20]),
            length in 0_u32..=64,
        ) {
            let address = Ipv6Addr::from(groups);
            let network = ipnet::Ipv6Net::new(address, u8::try_from(length).unwrap()).unwrap();
            let expected = network.trunc();
            // Rust writes mapped and compatible addresses with dots; cut to 64 bits there are none.
            prop_assert_eq!(
                text(|out| push_ipv6_network(out, address, length)),
                format!("{}/{length}", expected.network())
            );
        }
    }
}
