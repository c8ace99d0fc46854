//! Which documents does a case have, and which gaps must each leave to a person?

use serde::{Deserialize, Serialize};

/// The type of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Kind {
    /// Declaration of the investigator.
    D1,
    /// Technical declaration with the method sheet.
    D2,
    /// Index of exhibits.
    D3,
    /// Appendix A, the seizure schedule.
    D4,
    /// Annex to an order, for one respondent.
    D5,
    /// Certificates under FRE 902, and the notice of them.
    D6,
    /// Summary under FRE 1006.
    D7,
    /// Custody report.
    D8,
    /// Log of redactions.
    D9,
    /// Notice and service.
    D10,
    /// Criminal referral.
    D11,
    /// Abuse notice.
    D12,
    /// Report to a platform.
    D13,
    /// Letter that asks a private party to preserve.
    D14,
    /// Statement of reasons.
    D15,
    /// Package for a partner.
    D16,
    /// Report on the impact.
    D17,
    /// Facts for the press.
    D18,
    /// Erratum or supplement.
    D19,
    /// The bundle.
    D20,
    /// Report on the status of each asset.
    D21,
    /// An exhibit.
    #[serde(rename = "exhibit")]
    Exhibit,
    /// How to check a bundle.
    #[serde(rename = "readme")]
    ReadMe,
}

impl Kind {
    /// Every type.
    pub const ALL: [Self; 23] = [
        Self::D1,
        Self::D2,
        Self::D3,
        Self::D4,
        Self::D5,
        Self::D6,
        Self::D7,
        Self::D8,
        Self::D9,
        Self::D10,
        Self::D11,
        Self::D12,
        Self::D13,
        Self::D14,
        Self::D15,
        Self::D16,
        Self::D17,
        Self::D18,
        Self::D19,
        Self::D20,
        Self::D21,
        Self::Exhibit,
        Self::ReadMe,
    ];

    /// The type of the document of that id, which is its name without its version: `D9-key`, `Ex-4`.
    pub fn of_id(id: &str) -> Option<Self> {
        let is = |kind: &&Self| {
            let rest = id.strip_prefix(kind.id());
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
        };
        Self::ALL.iter().find(is).copied()
    }

    /// As in file names.
    pub const fn id(self) -> &'static str {
        match self {
            Self::D1 => "D1",
            Self::D2 => "D2",
            Self::D3 => "D3",
            Self::D4 => "D4",
            Self::D5 => "D5",
            Self::D6 => "D6",
            Self::D7 => "D7",
            Self::D8 => "D8",
            Self::D9 => "D9",
            Self::D10 => "D10",
            Self::D11 => "D11",
            Self::D12 => "D12",
            Self::D13 => "D13",
            Self::D14 => "D14",
            Self::D15 => "D15",
            Self::D16 => "D16",
            Self::D17 => "D17",
            Self::D18 => "D18",
            Self::D19 => "D19",
            Self::D20 => "D20",
            Self::D21 => "D21",
            Self::Exhibit => "Ex",
            Self::ReadMe => "README-FIRST",
        }
    }
}

/// The gaps that a document of this type must show: what only a person can say.
pub const fn required_blanks(kind: Kind) -> &'static [&'static str] {
    match kind {
        Kind::D1 | Kind::D2 => &["name", "role", "experience", "signature", "signature_date"],
        Kind::D5 => &["contact", "signature", "signature_date"],
        Kind::D6 => &["name", "role", "signature", "signature_date"],
        Kind::D7 => &["availability_place", "availability_time"],
        Kind::D10 => &["service_basis", "name", "signature", "signature_date"],
        Kind::D11 => &["offences", "contact"],
        Kind::D12 | Kind::D13 => &["name", "contact"],
        Kind::D14 => &["name", "contact", "signature", "signature_date"],
        Kind::D15 => &["account", "contact"],
        Kind::D16 => &["contact"],
        Kind::D17 | Kind::D19 | Kind::D21 => &["name", "signature", "signature_date"],
        _ => &[],
    }
}

#[cfg(test)]
mod tests {
    use super::Kind;

    #[test]
    fn the_type_of_a_document_follows_from_its_id() {
        for (index, kind) in Kind::ALL.into_iter().enumerate() {
            assert_eq!(kind as usize, index, "every type, in order");
            assert_eq!(Kind::of_id(kind.id()), Some(kind));
            assert_eq!(Kind::of_id(&format!("{}-1-a", kind.id())), Some(kind));
            assert_eq!(Kind::of_id(&format!("{}0", kind.id())).filter(|it| *it == kind), None);
        }
        assert_eq!([Kind::of_id("D9x"), Kind::of_id("d9"), Kind::of_id("")], [None; 3]);
    }
}
