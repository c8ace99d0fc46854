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
    if number < 10 && width <= 1 {
        out.push(char::from(b'0' + number.to_le_bytes()[0]));
        return;
    }
    if number < 100 && width == 2 {
        let [number, ..] = number.to_le_bytes();
        out.push(char::from(b'0' + number / 10));
        out.push(char::from(b'0' + number % 10));
        return;
    }
    let mut digits = [b'0'; 20];
    let mut start = digits.len();
    while number > 0 {
        start -= 1;
        digits[start] = b'0' + (number % 10).to_le_bytes()[0];
        number /= 10;
    }
    start = start.min(digits.len() - width.clamp(1, digits.len()));
    out.push_str(std::str::from_utf8(&digits[start..]).expect("ASCII digits"));
}

/// Appends 16 lower-case hexadecimal digits.
pub(crate) fn push_hex(out: &mut String, number: u64) {
    for shift in (0..16).rev() {
        out.push(char::from(nibble(number >> (shift * 4))));
    }
}

/// The hexadecimal digit of the lowest four bits.
fn nibble(number: u64) -> u8 {
    b"0123456789abcdef"[usize::from(number.to_le_bytes()[0] & 15)]
}

/// Appends an IPv4 address.
pub(crate) fn push_ipv4(out: &mut String, address: Ipv4Addr) {
    let mut buffer = Buffer::new();
    buffer.ipv4(address);
    buffer.push_to(out);
}

/// Appends an IPv4 network: the address cut to `length` bits, a slash, the length.
pub(crate) fn push_ipv4_network(out: &mut String, address: Ipv4Addr, length: u8) {
    let mask = u32::MAX.checked_shl(32 - u32::from(length)).unwrap_or(0);
    let mut buffer = Buffer::new();
    buffer.ipv4(Ipv4Addr::from_bits(address.to_bits() & mask));
    buffer.push(b'/');
    buffer.number(length);
    buffer.push_to(out);
}

/// Appends an IPv6 network of at most 64 bits as RFC 5952 writes it.
///
/// Half of such an address is zero, so its longest run of zeros is always the one at its end.
pub(crate) fn push_ipv6_network(out: &mut String, address: Ipv6Addr, length: u8) {
    debug_assert!(length <= 64, "the text relies on the run of zeros at the end");
    let mask = u128::MAX.checked_shl(128 - u32::from(length)).unwrap_or(0);
    let groups = Ipv6Addr::from_bits(address.to_bits() & mask).segments();
    let used = groups.iter().rposition(|&group| group != 0).map_or(0, |last| last + 1);
    let mut buffer = Buffer::new();
    for &group in &groups[..used] {
        buffer.group(group);
        buffer.push(b':');
    }
    if used == 0 {
        buffer.push(b':');
    }
    buffer.push(b':');
    buffer.push(b'/');
    buffer.number(length);
    buffer.push_to(out);
}

/// ASCII gathered before it is appended at once: the longest is four groups of IPv6 and a length.
struct Buffer {
    bytes: [u8; 32],
    length: usize,
}

impl Buffer {
    const fn new() -> Self {
        Self { bytes: [0; 32], length: 0 }
    }

    fn push(&mut self, byte: u8) {
        self.bytes[self.length] = byte;
        self.length += 1;
    }

    fn number(&mut self, number: u8) {
        if number >= 100 {
            self.push(b'0' + number / 100);
        }
        if number >= 10 {
            self.push(b'0' + number / 10 % 10);
        }
        self.push(b'0' + number % 10);
    }

    fn ipv4(&mut self, address: Ipv4Addr) {
        for (index, octet) in address.octets().into_iter().enumerate() {
            if index > 0 {
                self.push(b'.');
            }
            self.number(octet);
        }
    }

    /// A group of IPv6 without leading zeros.
    fn group(&mut self, group: u16) {
        let digits = (u16::BITS - group.leading_zeros()).div_ceil(4).max(1);
        for shift in (0..digits).rev() {
            self.push(nibble(u64::from(group) >> (shift * 4)));
        }
    }

    fn push_to(&self, out: &mut String) {
        out.push_str(std::str::from_utf8(&self.bytes[..self.length]).expect("ASCII"));
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
        fn ipv4_is_as_the_standard_library_writes_it(bits: u32, length in 0_u8..=32) {
            let address = Ipv4Addr::from_bits(bits);
            prop_assert_eq!(text(|out| push_ipv4(out, address)), address.to_string());
            let network = ipnet::Ipv4Net::new(address, length).unwrap();
            prop_assert_eq!(
                text(|out| push_ipv4_network(out, address, length)),
                network.trunc().to_string()
            );
        }

        #[test]
        fn ipv6_is_as_the_standard_library_writes_it(
            // Few bits, so that zero groups are common.
            groups in proptest::array::uniform8(prop_oneof![Just(0_u16), any::<u16>(), 0_u16..20]),
            length in 0_u8..=64,
        ) {
            let address = Ipv6Addr::from(groups);
            let network = ipnet::Ipv6Net::new(address, length).unwrap();
            let expected = network.trunc();
            // Rust writes mapped and compatible addresses with dots; cut to 64 bits there are none.
            prop_assert_eq!(
                text(|out| push_ipv6_network(out, address, length)),
                format!("{}/{length}", expected.network())
            );
        }
    }
}
