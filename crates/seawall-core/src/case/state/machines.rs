//! Which states are there, of a case and of what is in it?

use serde::{Deserialize, Serialize};

use super::{Arrow, Machine, Needs};

macro_rules! machine {
    (
        $(#[$doc:meta])* $name:ident, $noun:literal, from $start:ident:
        $($(#[$state_doc:meta])* $state:ident = $text:literal,)+;
        $($from:ident -> $to:ident: $needs:ident,)+
    ) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum $name {
            $($(#[$state_doc])* #[serde(rename = $text)] $state,)+
        }

        impl Machine for $name {
            const NOUN: &'static str = $noun;
            const START: Self = Self::$start;
            const ALL: &'static [Self] = &[$(Self::$state,)+];
            const ARROWS: &'static [Arrow<Self>] = &[
                $(Arrow { from: Self::$from, to: Self::$to, needs: Needs::$needs },)+
            ];

            fn name(self) -> &'static str {
                match self {
                    $(Self::$state => $text,)+
                }
            }
        }
    };
}

machine! {
    /// How far a case is.
    CaseStage, "case", from Draft:
    /// Opened.
    Draft = "draft",
    /// Evidence is gathered.
    Investigating = "investigating",
    /// People look at what was gathered.
    Review = "review",
    /// It may go out.
    Approved = "approved",
    /// It is before a court.
    Filed = "filed",
    /// It is with an authority.
    Referred = "referred",
    /// An order is in force.
    ReliefActive = "relief_active",
    /// An order has run out.
    ReliefLapsed = "relief_lapsed",
    /// Watched for a return.
    Monitoring = "monitoring",
    /// Over.
    Closed = "closed",
    /// Taken up again.
    Reopened = "reopened",
    ;
    Draft -> Investigating: Nothing,
    Investigating -> Review: Nothing,
    Review -> Approved: SecondPerson,
    Approved -> Filed: Nothing,
    Approved -> Referred: SecondPerson,
    Filed -> ReliefActive: Nothing,
    Referred -> ReliefActive: Nothing,
    ReliefActive -> ReliefLapsed: Nothing,
    ReliefActive -> Monitoring: Nothing,
    ReliefLapsed -> Monitoring: Nothing,
    Monitoring -> Closed: SecondPerson,
    Closed -> Reopened: SecondPerson,
    // A supplement: gathering begins anew from wherever the case is.
    Review -> Investigating: Nothing,
    Approved -> Investigating: Nothing,
    Filed -> Investigating: Nothing,
    Referred -> Investigating: Nothing,
    ReliefActive -> Investigating: Nothing,
    ReliefLapsed -> Investigating: Nothing,
    Monitoring -> Investigating: Nothing,
    Reopened -> Investigating: Nothing,
}

machine! {
    /// What has become of an item of evidence.
    ItemState, "item", from Received:
    /// It has come in.
    Received = "received",
    /// Its hash is known.
    Hashed = "hashed",
    /// It stands in the log.
    Registered = "registered",
    /// A seal covers it.
    Sealed = "sealed",
    /// A document or exhibit rests on it.
    Cited = "cited",
    /// It has gone out.
    Released = "released",
    /// Kept apart: unlawful, privileged or harmful content.
    Quarantined = "quarantined",
    /// Somebody doubts it.
    Disputed = "disputed",
    /// Its key is destroyed.
    Disposed = "disposed",
    ;
    Received -> Hashed: Nothing,
    Hashed -> Registered: Nothing,
    Registered -> Sealed: Nothing,
    Sealed -> Cited: Nothing,
    Sealed -> Released: SecondPerson,
    Cited -> Released: SecondPerson,
    Received -> Quarantined: Nothing,
    Hashed -> Quarantined: Nothing,
    Registered -> Quarantined: Nothing,
    Sealed -> Quarantined: Nothing,
    Quarantined -> Registered: SecondPerson,
    Registered -> Disputed: Nothing,
    Sealed -> Disputed: Nothing,
    Cited -> Disputed: Nothing,
    Released -> Disputed: Nothing,
    Disputed -> Sealed: SecondPerson,
    Registered -> Disposed: SecondPerson,
    Sealed -> Disposed: SecondPerson,
    Quarantined -> Disposed: SecondPerson,
    Disputed -> Disposed: SecondPerson,
    Cited -> Disposed: SecondPerson,
    Released -> Disposed: SecondPerson,
}

machine! {
    /// How far a figure can be relied on.
    FigureState, "figure", from Draft:
    /// Worded.
    Draft = "draft",
    /// Tied to a query over sealed data.
    Bound = "bound",
    /// Computed anew, with the same result.
    Verified = "verified",
    /// Another has taken its place.
    Superseded = "superseded",
    ;
    Draft -> Bound: Nothing,
    Bound -> Verified: Nothing,
    Bound -> Superseded: Nothing,
    Verified -> Superseded: Nothing,
}

machine! {
    /// How far an exhibit is.
    ExhibitState, "exhibit", from Draft:
    /// Begun.
    Draft = "draft",
    /// Its figures and items are bound.
    Bound = "bound",
    /// The linters found nothing.
    Linted = "linted",
    /// A second person has looked at it.
    Reviewed = "reviewed",
    /// It is final.
    Released = "released",
    /// A later one corrects it.
    Corrected = "corrected",
    ;
    Draft -> Bound: Nothing,
    Bound -> Linted: Nothing,
    Linted -> Reviewed: SecondPerson,
    Reviewed -> Released: SecondPerson,
    Released -> Corrected: Nothing,
    Linted -> Draft: Nothing,
    Reviewed -> Draft: Nothing,
}

machine! {
    /// How far a document is.
    DocumentState, "document", from Draft:
    /// Written, not yet final.
    Draft = "draft",
    /// A second person has approved this very content.
    Approved = "approved",
    /// Final, and handed over.
    Released = "released",
    /// A later version has taken its place.
    Superseded = "superseded",
    ;
    Draft -> Approved: SecondPerson,
    Approved -> Released: Nothing,
    Approved -> Draft: Nothing,
    Draft -> Superseded: Nothing,
    Released -> Superseded: Nothing,
}

machine! {
    /// How far the end of an asset is.
    AssetState, "asset", from Identified:
    /// Found.
    Identified = "identified",
    /// Said to belong to the operation.
    Attributed = "attributed",
    /// A notice about it has gone out.
    Noticed = "noticed",
    /// It stands in a schedule for a court.
    Scheduled = "scheduled",
    /// A court has ordered.
    Ordered = "ordered",
    /// The order has been served.
    Served = "served",
    /// The respondent has confirmed receipt.
    Acknowledged = "acknowledged",
    /// The respondent says that it is done.
    Executed = "executed",
    /// It was measured that it is done.
    Verified = "verified",
    /// In the hands of the one who asked.
    Controlled = "controlled",
    /// Out of use.
    Disabled = "disabled",
    /// Gone.
    Removed = "removed",
    /// Watched.
    Monitored = "monitored",
    /// The measure has run out.
    Lapsed = "lapsed",
    /// In use again, as a new asset.
    ReEmerged = "re_emerged",
    /// Given back.
    Returned = "returned",
    /// Somebody objects.
    Contested = "contested",
    /// The respondent will not.
    Refused = "refused",
    /// No lever reaches it.
    OutOfReach = "out_of_reach",
    /// It should never have been named.
    WithdrawnInError = "withdrawn_in_error",
    ;
    Identified -> Attributed: SecondPerson,
    Identified -> OutOfReach: Nothing,
    Attributed -> Noticed: Nothing,
    Attributed -> Scheduled: Nothing,
    Attributed -> OutOfReach: Nothing,
    OutOfReach -> Attributed: SecondPerson,
    Noticed -> Scheduled: Nothing,
    Noticed -> Refused: Nothing,
    Noticed -> Executed: Nothing,
    Scheduled -> Ordered: Nothing,
    Ordered -> Served: Nothing,
    Served -> Acknowledged: Nothing,
    Served -> Executed: Nothing,
    Served -> Refused: Nothing,
    Acknowledged -> Executed: Nothing,
    Acknowledged -> Refused: Nothing,
    Refused -> Scheduled: Nothing,
    Refused -> OutOfReach: Nothing,
    Executed -> Verified: Measurement,
    Verified -> Controlled: Nothing,
    Verified -> Disabled: Nothing,
    Verified -> Removed: Nothing,
    Controlled -> Monitored: Nothing,
    Disabled -> Monitored: Nothing,
    Removed -> Monitored: Nothing,
    Monitored -> Lapsed: Nothing,
    Monitored -> ReEmerged: Nothing,
    Monitored -> Returned: SecondPerson,
    Lapsed -> Scheduled: Nothing,
    Scheduled -> Contested: Nothing,
    Ordered -> Contested: Nothing,
    Served -> Contested: Nothing,
    Acknowledged -> Contested: Nothing,
    Executed -> Contested: Nothing,
    Verified -> Contested: Nothing,
    Monitored -> Contested: Nothing,
    Contested -> Returned: SecondPerson,
    Contested -> Ordered: Nothing,
    Attributed -> WithdrawnInError: SecondPerson,
    Noticed -> WithdrawnInError: SecondPerson,
    Scheduled -> WithdrawnInError: SecondPerson,
    Ordered -> WithdrawnInError: SecondPerson,
    Served -> WithdrawnInError: SecondPerson,
    Acknowledged -> WithdrawnInError: SecondPerson,
    Executed -> WithdrawnInError: SecondPerson,
    Verified -> WithdrawnInError: SecondPerson,
    Monitored -> WithdrawnInError: SecondPerson,
    Contested -> WithdrawnInError: SecondPerson,
}

machine! {
    /// How far something is that goes out: a notice, a service, a referral, a share.
    ActionState, "action", from Draft:
    /// Worded.
    Draft = "draft",
    /// A second person has approved it.
    Approved = "approved",
    /// It has gone out.
    Sent = "sent",
    /// It has arrived.
    Delivered = "delivered",
    /// There is an answer.
    Answered = "answered",
    /// There is none.
    NoAnswer = "no_answer",
    /// Somebody above has been asked.
    Escalated = "escalated",
    /// Over.
    Closed = "closed",
    ;
    Draft -> Approved: SecondPerson,
    Approved -> Sent: Nothing,
    Sent -> Delivered: Nothing,
    Sent -> Answered: Nothing,
    Sent -> NoAnswer: Nothing,
    Delivered -> Answered: Nothing,
    Delivered -> NoAnswer: Nothing,
    NoAnswer -> Escalated: Nothing,
    NoAnswer -> Answered: Nothing,
    Escalated -> Answered: Nothing,
    Escalated -> Closed: Nothing,
    Answered -> Closed: Nothing,
}

machine! {
    /// Whether a hold holds.
    HoldState, "hold", from Active:
    /// It holds.
    Active = "active",
    /// It holds, and somebody has to look at it.
    ReviewDue = "review_due",
    /// Looked at, and it still holds.
    Renewed = "renewed",
    /// It holds no more.
    Released = "released",
    ;
    Active -> ReviewDue: Nothing,
    ReviewDue -> Renewed: Nothing,
    Renewed -> ReviewDue: Nothing,
    Active -> Released: SecondPerson,
    ReviewDue -> Released: SecondPerson,
    Renewed -> Released: SecondPerson,
}
