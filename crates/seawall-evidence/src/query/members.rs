//! Who is a member, as a sealed file says? For conditions on more values than a question could list.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{error::Error, run::Limits, texts::Texts};
use crate::{
    dataset::{self, cells::Cells, error::RowFault, manifest::ValueType, table::Table},
    hash::Digest,
};

/// The column of those who are members.
const ACCOUNT: &str = "account";
/// The column of that of which they are.
const CAMPAIGN: &str = "campaign";
/// Most rows of a file of members.
pub const MEMBERS_MAX: u64 = 1 << 30;

/// The members of a file: what [`super::Comparison::MemberOf`] compares with.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Members {
    /// Hash of a Parquet file with the columns `account` and `campaign`, both text.
    pub file: Digest,
    /// Those of this campaign alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub campaign: Option<String>,
}

impl Members {
    /// From the value of a condition.
    pub(super) fn of(value: &Value) -> Result<Self, &'static str> {
        let members: Self = serde_json::from_value(value.clone())
            .map_err(|_| "it needs the hash of a file of members, and perhaps a campaign")?;
        match &members.campaign {
            Some(campaign) if campaign.contains('\0') => Err("text with a zero character"),
            _ => Ok(members),
        }
    }

    /// The statement in SQL whose rows they are.
    pub(super) fn sql(&self) -> String {
        let only = self
            .campaign
            .as_ref()
            .map(|campaign| format!(" WHERE \"{CAMPAIGN}\" = '{}'", campaign.replace('\'', "''")));
        let only = only.unwrap_or_default();
        format!("SELECT \"{ACCOUNT}\" FROM read_parquet('sealed/{}'){only}", self.file)
    }

    /// Reads them. That the file is the one of that hash is not checked here.
    pub(super) fn read(&self, path: &std::path::Path, limits: Limits) -> Result<Texts, Error> {
        let name = format!("of members {}", self.file);
        let table = Table::open(&name, path)?;
        let (account, campaign) =
            (column(&table, &name, ACCOUNT)?, column(&table, &name, CAMPAIGN)?);
        if table.rows() > MEMBERS_MAX {
            let count = usize::try_from(table.rows()).unwrap_or(usize::MAX);
            let max = usize::try_from(MEMBERS_MAX).unwrap_or(usize::MAX);
            return Err(Error::Count { what: "rows of a file of members", count, min: 0, max });
        }
        let (mut texts, mut bytes) = (Texts::default(), 0);
        let mut positions = [account, campaign];
        positions.sort_unstable();
        let slot = |position| usize::from(positions[0] != position);
        let wanted = self.campaign.as_ref().map(String::as_bytes);
        for row_group in 0..table.row_groups().len() {
            let mut done = 0;
            table.batches(row_group, Some(&positions), &mut |rows, cells| {
                let accounts = &cells[slot(account)];
                if let Some(row) = accounts.first_not_text(rows) {
                    let fault = RowFault::NotText(ACCOUNT.to_owned());
                    return Err(table.fault(row_group, done + row as u64, fault));
                }
                done += rows as u64;
                let campaigns = &cells[slot(campaign)];
                bytes += take(&mut texts, accounts, campaigns, rows, wanted);
                Ok(())
            })?;
            if bytes > limits.memory_bytes {
                return Err(Error::Memory { max_bytes: limits.memory_bytes });
            }
        }
        Ok(texts)
    }
}

/// Takes in the accounts of a batch; the bytes of memory that this costs.
fn take(
    texts: &mut Texts,
    accounts: &Cells,
    campaigns: &Cells,
    rows: usize,
    wanted: Option<&[u8]>,
) -> u64 {
    let of = |row| wanted.is_none_or(|wanted| campaigns.bytes(row) == Some(wanted));
    let members = (0..rows).filter(|row| of(*row)).filter_map(|row| accounts.bytes(row));
    members.fold(0, |bytes, account| {
        let (_, is_new) = texts.number(account);
        bytes + u64::from(is_new) * Texts::cost(account.len())
    })
}

/// Where a column of text is.
fn column(table: &Table, file: &str, name: &str) -> Result<usize, Error> {
    let found = table.columns().iter().position(|column| column.name == name);
    let found = found.filter(|index| table.columns()[*index].value_type == ValueType::Text);
    let difference = || format!("a column {name} of text is needed");
    let missing = || dataset::Error::Schema { file: file.to_owned(), difference: difference() };
    Ok(found.ok_or_else(missing)?)
}
