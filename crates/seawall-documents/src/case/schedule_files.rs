//! The schedule for machines: how does a registry load it? CSV and JSON, row for row as on paper.

use std::collections::BTreeMap;

use seawall_evidence::document::Text;

use super::{
    known::Operator,
    schedule::{Schedule, ScheduledAsset},
};

/// Columns in order.
const COLUMNS: &[&str] = &[
    "number",
    "name",
    "unicode_name",
    "kind",
    "role",
    "top_level_domain",
    "registry",
    "registry_address",
    "registry_contact",
    "registrar",
    "registrar_iana",
    "registrar_contact",
    "host",
    "host_country",
    "created",
    "expires",
    "name_servers",
    "statuses",
    "proof",
    "collateral",
    "requested",
    "respondent",
    "snapshot_sha256",
    "snapshot_at",
];

/// The schedule as CSV (RFC 4180). Lists are separated by semicolons. A cell that a spreadsheet would take for a
/// formula starts with an apostrophe.
pub fn schedule_csv(schedule: &Schedule) -> Vec<u8> {
    let mut writer = csv_writer();
    let never = "memory takes all rows, and all rows have one cell a column";
    writer.write_record(COLUMNS).expect(never);
    for row in &schedule.assets {
        writer.write_record(cells(row).iter().map(|cell| guarded(cell))).expect(never);
    }
    writer.into_inner().expect(never)
}

/// The schedule as canonical JSON: a list of rows, with what is absent left out.
pub fn schedule_json(schedule: &Schedule) -> Result<Vec<u8>, seawall_evidence::canonical::Error> {
    let row = |row: &ScheduledAsset| -> BTreeMap<&str, String> {
        COLUMNS.iter().copied().zip(cells(row)).filter(|(_, cell)| !cell.is_empty()).collect()
    };
    seawall_evidence::canonical::to_bytes(&schedule.assets.iter().map(row).collect::<Vec<_>>())
}

fn cells(row: &ScheduledAsset) -> Vec<String> {
    let of = |operator: Option<&Operator>, what: fn(&Operator) -> String| {
        operator.map(what).unwrap_or_default()
    };
    let organisation = |operator: &Operator| operator.organisation.plain();
    let address = |operator: &Operator| operator.address.plain();
    let contact = |operator: &Operator| operator.contact.clone().unwrap_or_default();
    let iana = |operator: &Operator| operator.iana.clone().unwrap_or_default();
    let (registry, registrar, host) =
        (row.registry.as_ref(), row.registrar.as_ref(), row.host.as_ref());
    let list = |texts: &[Text]| texts.iter().map(Text::plain).collect::<Vec<_>>().join("; ");
    let proof: Vec<&str> = row.asset.proof.iter().map(|(_, shown)| shown.as_str()).collect();
    vec![
        row.number.to_string(),
        row.asset.name.clone(),
        row.asset.unicode_name.clone().unwrap_or_default(),
        row.asset.kind.plain(),
        row.asset.role.plain(),
        row.top_level_domain.clone().unwrap_or_default(),
        of(registry, organisation),
        of(registry, address),
        of(registry, contact),
        of(registrar, organisation),
        of(registrar, iana),
        of(registrar, contact),
        of(host, organisation),
        of(host, address),
        row.created.clone().unwrap_or_default(),
        row.expires.clone().unwrap_or_default(),
        row.name_servers.join("; "),
        row.statuses.join("; "),
        proof.join("; "),
        row.collateral.plain(),
        list(&row.requested),
        row.respondent.plain(),
        row.snapshot.to_string(),
        row.snapshot_at.clone(),
    ]
}

/// A writer of CSV as RFC 4180 has it.
pub(super) fn csv_writer() -> csv::Writer<Vec<u8>> {
    csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new())
}

/// A cell that a spreadsheet does not take for a formula.
pub(super) fn guarded(cell: &str) -> String {
    let formula = cell.starts_with(['=', '+', '-', '@', '\t', '\r']);
    if formula { format!("'{cell}") } else { cell.to_owned() }
}
