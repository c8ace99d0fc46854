//! Which documents does a case need, and what do they say? Each a function from what is known to a model.
//!
//! The documents are drafts for counsel. What only a person can say is a gap: identity, experience, which laws
//! were broken, a signature. Nothing here argues law, signs or sends.

mod abuse_notice;
mod certificates;
mod custody_report;
mod draft;
mod enclosed;
mod erratum;
mod exhibits;
mod impact_report;
mod investigator;
mod known;
mod method_sheet;
mod order_annex;
mod partner_package;
mod platform_report;
mod preservation_letter;
mod read_me;
mod redaction_log;
mod referral;
mod schedule;
mod schedule_files;
mod service;
mod service_page;
mod statement_of_reasons;
mod status_report;
mod summary_1006;
mod technical;
mod words;

pub use abuse_notice::{AbuseNotice, Capture, Reporter, XarfReport, abuse_notice, xarf};
pub use certificates::{AccuracyTest, Certificates, HashedItem, certificates};
pub use custody_report::{CustodyReport, CustodyRow, ItemHistory, custody_report};
pub use enclosed::enclose;
pub use erratum::{AffectedDocument, Correction, Erratum, erratum};
pub use exhibits::{ExhibitContent, exhibit, exhibit_index};
pub use impact_report::{ImpactMeasure, ImpactReport, impact_report};
pub use investigator::{InvestigatorDeclaration, Purchase, investigator_declaration};
pub use known::{Asset, Attribution, Exhibit, Figure, Item, Matter, Operator, RecordField};
pub use method_sheet::{Interval, MethodSheet, Recall, Rule702};
pub use order_annex::{ORDERS_CONTACT, OrderAnnex, OrderedAsset, order_annex};
pub use partner_package::{PartnerPackage, partner_package};
pub use platform_report::{PlatformObject, PlatformReport, platform_report};
pub use preservation_letter::{PreservationLetter, preservation_letter};
pub use read_me::{ReadMe, read_me};
pub use redaction_log::{
    KEY_PART, PseudonymKey, RedactedDocument, RedactionLog, pseudonym_key, redaction_log,
};
pub use referral::{Loss, Moment, Referral, Withheld, identifiers_csv, referral};
pub use schedule::{Schedule, ScheduleChange, ScheduledAsset, changes, schedule};
pub use schedule_files::{schedule_csv, schedule_json};
pub use service::{Published, Service, ServiceAddress, ServiceAttempt, service};
pub use service_page::service_page;
pub use statement_of_reasons::{
    DecisionGround, Occasion, StatementOfReasons, statement_of_reasons,
};
pub use status_report::{AssetStatus, StatusReport, status_report};
pub use summary_1006::{Summary, SummaryTable, summary};
pub use technical::{
    Definition, Outcome, SourceCompleteness, TechnicalDeclaration, technical_declaration,
};
