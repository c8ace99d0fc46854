//! May this go to them, on which ground, and how much of it?
//!
//! Class of content × recipient × legal ground × profile. What is not allowed is refused. Grounds are picked by
//! counsel; the law behind each is cited so that it can be checked.

use serde::{Deserialize, Serialize};

/// What sort of content it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ContentClass {
    /// What people wrote to each other (18 USC 2510(8)).
    Content,
    /// What a provider knows of its customers beside that (18 USC 2702(c)).
    NonContent,
    /// The site's own records: its measurements, its purchases.
    OwnRecord,
    /// What everyone can see.
    Public,
}

impl ContentClass {
    /// Every class.
    pub const ALL: [Self; 4] = [Self::Content, Self::NonContent, Self::OwnRecord, Self::Public];
}

/// Whether it is kept from everybody outside, whatever the ground.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Privilege {
    /// It is not.
    #[default]
    None,
    /// It was made in preparation of a case.
    WorkProduct,
    /// It is between counsel and client.
    AttorneyClient,
}

impl Privilege {
    /// Every privilege.
    pub const ALL: [Self; 3] = [Self::None, Self::WorkProduct, Self::AttorneyClient];

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "as serde calls it")]
    const fn is_none(&self) -> bool {
        matches!(self, Self::None)
    }
}

/// To whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Recipient {
    /// A court, and through it the other side.
    Court,
    /// An authority of the United States.
    LawEnforcementUs,
    /// An authority of a member state of the European Union.
    LawEnforcementEu,
    /// Another company or a sector body.
    Partner,
    /// A platform, registry, registrar or host that is asked to act.
    Platform,
    /// The press and the public.
    Press,
}

impl Recipient {
    /// Every recipient.
    pub const ALL: [Self; 6] = [
        Self::Court,
        Self::LawEnforcementUs,
        Self::LawEnforcementEu,
        Self::Partner,
        Self::Platform,
        Self::Press,
    ];

    /// Whether it is one.
    pub const fn is_authority(self) -> bool {
        matches!(self, Self::LawEnforcementUs | Self::LawEnforcementEu)
    }
}

/// By what right.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ground {
    /// An order of a court.
    CourtOrder,
    /// A search warrant (18 USC 2703(a)).
    Warrant,
    /// A subpoena (18 USC 2703(c)(2)).
    Subpoena,
    /// To protect the provider's rights or property (18 USC 2702(b)(5), (c)(3)).
    ProviderProtection,
    /// Danger to life or limb (18 USC 2702(b)(8), (c)(4)).
    Emergency,
    /// The customer agreed (18 USC 2702(b)(3), (c)(2)).
    Consent,
    /// A European production order (Regulation (EU) 2023/1543).
    EuProductionOrder,
    /// A legitimate interest that outweighs (GDPR art. 6(1)(f), recital 47).
    LegitimateInterest,
}

impl Ground {
    /// Every ground.
    pub const ALL: [Self; 8] = [
        Self::CourtOrder,
        Self::Warrant,
        Self::Subpoena,
        Self::ProviderProtection,
        Self::Emergency,
        Self::Consent,
        Self::EuProductionOrder,
        Self::LegitimateInterest,
    ];

    /// Whether it carries that class to that recipient.
    const fn carries(self, class: ContentClass, recipient: Recipient) -> bool {
        use Recipient::{Court, LawEnforcementEu, LawEnforcementUs, Partner, Platform};
        let content = matches!(class, ContentClass::Content);
        match self {
            Self::CourtOrder | Self::Consent => !matches!(recipient, Recipient::Press),
            // The exception for danger is for authorities here, as a warrant is.
            Self::Warrant | Self::Emergency => matches!(recipient, LawEnforcementUs),
            // A subpoena reaches records of customers, not what they wrote.
            Self::Subpoena => matches!(recipient, LawEnforcementUs | Court) && !content,
            Self::ProviderProtection => matches!(recipient, LawEnforcementUs | Court),
            Self::EuProductionOrder => matches!(recipient, LawEnforcementEu),
            Self::LegitimateInterest => matches!(recipient, Partner | Platform) && !content,
        }
    }
}

/// How much is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Profile {
    /// For the people of the case.
    Internal,
    /// For the public file of a court.
    CourtPublic,
    /// For a court, under seal.
    CourtSealed,
    /// For an authority.
    LawEnforcement,
    /// For a partner, by its marking.
    Partner,
    /// For everyone.
    Press,
}

impl Profile {
    /// Every profile.
    pub const ALL: [Self; 6] = [
        Self::Internal,
        Self::CourtPublic,
        Self::CourtSealed,
        Self::LawEnforcement,
        Self::Partner,
        Self::Press,
    ];

    /// Whether what is made for it may go to that recipient.
    pub const fn fits(self, recipient: Recipient) -> bool {
        match self {
            Self::Internal => false,
            // What everyone may read anyone may get.
            Self::CourtPublic | Self::Press => true,
            Self::CourtSealed => matches!(recipient, Recipient::Court),
            Self::LawEnforcement => recipient.is_authority(),
            Self::Partner => matches!(recipient, Recipient::Partner | Recipient::Platform),
        }
    }

    /// Whether a document made for `self` may lie in a bundle made for `bundle`: what everyone may read anywhere, else
    /// only among what is for the same eyes.
    pub const fn may_lie_in(self, bundle: Self) -> bool {
        self.is_public() || self as u8 == bundle as u8
    }

    const fn is_public(self) -> bool {
        matches!(self, Self::CourtPublic | Self::Press)
    }
}

/// What is to go out, to whom, why, and how.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// What sort of content.
    pub class: ContentClass,
    /// To whom.
    pub recipient: Recipient,
    /// By what right, if any is claimed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ground: Option<Ground>,
    /// How much is shown.
    pub profile: Profile,
    /// Whether it tells of persons.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub personal_data: bool,
    /// Whether it is kept from everybody outside.
    #[serde(default, skip_serializing_if = "Privilege::is_none")]
    pub privilege: Privilege,
}

/// Why it may not go out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum Withheld {
    /// It was made in preparation of a case.
    #[error(
        "the item is privileged: it was made in preparation of the case\nhint: take in again what may be seen"
    )]
    WorkProduct,
    /// It is between counsel and client.
    #[error(
        "the item is privileged: it is between counsel and client\nhint: take in again what may be seen"
    )]
    AttorneyClient,
    /// The profile is not for that recipient.
    #[error("this profile is not for that recipient\nhint: choose a profile made for them")]
    Profile,
    /// A ground is needed and none was stated.
    #[error(
        "content of this class goes to that recipient on a legal ground only\nhint: counsel states one with --ground"
    )]
    NoGround,
    /// The ground does not carry it.
    #[error(
        "that ground does not carry content of this class to that recipient\nhint: counsel may know another"
    )]
    Ground,
    /// It tells of persons, and everyone could read it.
    #[error("what tells of persons is not in what everyone may read\nhint: choose another profile")]
    Persons,
    /// No ground would.
    #[error("content of this class never goes to that recipient")]
    Never,
}

/// Whether it may go out.
pub fn gate(request: Request) -> Result<(), Withheld> {
    let Request { class, recipient, ground, profile, personal_data, privilege } = request;
    // No ground lifts it here: whoever may waive it takes the content in anew, without.
    match privilege {
        Privilege::None => {}
        Privilege::WorkProduct => return Err(Withheld::WorkProduct),
        Privilege::AttorneyClient => return Err(Withheld::AttorneyClient),
    }
    if !profile.fits(recipient) {
        return Err(Withheld::Profile);
    }
    if personal_data && profile.is_public() {
        return Err(Withheld::Persons);
    }
    // What people wrote is in no profile that everyone may read.
    if class == ContentClass::Content && (profile.is_public() || recipient == Recipient::Press) {
        return Err(Withheld::Never);
    }
    let needed = match class {
        ContentClass::Public => false,
        ContentClass::OwnRecord => {
            recipient.is_authority() || personal_data && recipient != Recipient::Court
        }
        ContentClass::NonContent => recipient != Recipient::Court || profile.is_public(),
        ContentClass::Content => true,
    };
    if class == ContentClass::NonContent && recipient == Recipient::Press {
        return Err(Withheld::Never);
    }
    match ground {
        None if needed => Err(Withheld::NoGround),
        Some(ground) if needed && !ground.carries(class, recipient) => {
            // The site's own records are its own: protecting itself is ground enough for any authority.
            let own = class == ContentClass::OwnRecord
                && matches!(ground, Ground::ProviderProtection | Ground::LegitimateInterest);
            if own { Ok(()) } else { Err(Withheld::Ground) }
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn every() -> impl Iterator<Item = Request> {
        let grounds = || std::iter::once(None).chain(Ground::ALL.map(Some));
        ContentClass::ALL.into_iter().flat_map(move |class| {
            Recipient::ALL.into_iter().flat_map(move |recipient| {
                grounds().flat_map(move |ground| {
                    Profile::ALL.into_iter().flat_map(move |profile| {
                        [false, true].map(|personal_data| Request {
                            class,
                            recipient,
                            ground,
                            profile,
                            personal_data,
                            privilege: Privilege::None,
                        })
                    })
                })
            })
        })
    }

    #[test]
    fn content_without_a_ground_goes_nowhere() {
        let mut refused = 0;
        for request in every().filter(|request| request.class == ContentClass::Content) {
            if request.ground.is_none() {
                assert!(gate(request).is_err(), "{request:?}");
                refused += 1;
            }
            if request.recipient == Recipient::Press || request.profile.is_public() {
                assert!(gate(request).is_err(), "{request:?}");
            }
        }
        assert_eq!(refused, 2 * Recipient::ALL.len() * Profile::ALL.len());
    }

    #[test]
    fn nothing_goes_to_an_authority_without_a_ground_but_what_is_public() {
        for request in every().filter(|request| request.recipient.is_authority()) {
            let allowed = gate(request).is_ok();
            assert!(
                !allowed || request.ground.is_some() || request.class == ContentClass::Public,
                "{request:?}"
            );
        }
    }

    #[test]
    fn nothing_of_a_customer_reaches_the_press_and_nothing_internal_anyone() {
        for request in every() {
            let customer =
                matches!(request.class, ContentClass::Content | ContentClass::NonContent);
            if (customer && request.recipient == Recipient::Press)
                || request.profile == Profile::Internal
            {
                assert!(gate(request).is_err(), "{request:?}");
            }
        }
    }

    #[test]
    fn what_tells_of_persons_is_public_nowhere_and_goes_past_the_court_on_a_ground_alone() {
        let persons = |request: &Request| request.personal_data && gate(*request).is_ok();
        for request in every().filter(persons) {
            assert!(!request.profile.is_public(), "{request:?}");
            assert!(
                request.ground.is_some()
                    || request.recipient == Recipient::Court
                    || request.class == ContentClass::Public,
                "{request:?}"
            );
        }
        assert!(every().any(|request| persons(&request)));
    }

    #[test]
    fn what_is_privileged_goes_nowhere_on_any_ground() {
        let mut asked = 0;
        for request in every() {
            for privilege in [Privilege::WorkProduct, Privilege::AttorneyClient] {
                let said = gate(Request { privilege, ..request });
                assert!(
                    matches!(said, Err(Withheld::WorkProduct | Withheld::AttorneyClient)),
                    "{request:?}"
                );
                asked += 1;
            }
        }
        assert!(asked > 1_000);
    }

    #[test]
    fn a_better_claim_never_hurts() {
        // Where nothing needs a ground, stating one changes nothing.
        for request in every().filter(|request| request.ground.is_none() && gate(*request).is_ok())
        {
            for ground in Ground::ALL {
                assert_eq!(gate(Request { ground: Some(ground), ..request }), Ok(()));
            }
        }
    }

    #[test]
    fn what_counsel_would_expect() {
        use ContentClass::{Content, NonContent, OwnRecord};
        use Recipient::{Court, LawEnforcementEu, LawEnforcementUs, Partner};
        let ask = |class, recipient, ground, profile| {
            gate(Request {
                class,
                recipient,
                ground,
                profile,
                personal_data: false,
                privilege: Privilege::None,
            })
        };
        assert_eq!(
            ask(Content, LawEnforcementUs, Some(Ground::Warrant), Profile::LawEnforcement),
            Ok(())
        );
        assert_eq!(
            ask(Content, LawEnforcementUs, Some(Ground::Subpoena), Profile::LawEnforcement),
            Err(Withheld::Ground)
        );
        assert_eq!(
            ask(
                NonContent,
                LawEnforcementUs,
                Some(Ground::ProviderProtection),
                Profile::LawEnforcement
            ),
            Ok(())
        );
        assert_eq!(
            ask(Content, LawEnforcementEu, Some(Ground::Warrant), Profile::LawEnforcement),
            Err(Withheld::Ground)
        );
        assert_eq!(ask(NonContent, Court, None, Profile::CourtSealed), Ok(()));
        assert_eq!(ask(OwnRecord, Court, None, Profile::CourtPublic), Ok(()));
        assert_eq!(ask(NonContent, Partner, None, Profile::Partner), Err(Withheld::NoGround));
    }
}
