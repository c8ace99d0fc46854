//! Is this one of the rows, without seeing the others?

use std::{ops::Range, path::Path};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{
    error::Error,
    manifest::{Manifest, Place, ROWS_MAX, group_leaf},
    measure,
    salt::{self, SaltKey},
    table::Table,
};
use crate::{
    canonical,
    hash::Digest,
    merkle::{self, Frontier},
};

/// One row of a frozen dataset, and what shows that it is one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RowProof {
    /// The row: columns by name, absent values left out.
    pub row: Map<String, Value>,
    /// Its index over all files, from 0.
    pub index: u64,
    /// Its salt.
    pub salt: Digest,
    /// The file it lies in.
    pub file: String,
    /// The row group within that file, from 0.
    pub row_group: u64,
    /// From the leaf to the root of the row group.
    pub group_path: Vec<Digest>,
    /// From the row group to the root of the dataset.
    pub dataset_path: Vec<Digest>,
}

/// Why a proof proves nothing.
#[derive(Debug, thiserror::Error)]
pub enum Unproven {
    /// The dataset has no such row.
    #[error("the dataset has no row {index}")]
    NoRow {
        /// The row, from 0.
        index: u64,
    },
    /// The row lies elsewhere than the proof says.
    #[error("row {index} lies in another file or row group than the proof says")]
    Place {
        /// The row, from 0.
        index: u64,
    },
    /// The row cannot be written as canonical JSON.
    #[error("the row has no canonical form")]
    Row(#[source] canonical::Error),
    /// The path does not lead to the root of the row group.
    #[error("row {index} is not in its row group: the path leads elsewhere")]
    NotInGroup {
        /// The row, from 0.
        index: u64,
    },
    /// The path does not lead to the root of the dataset.
    #[error("the row group of row {index} is not in the dataset: the path leads elsewhere")]
    NotInDataset {
        /// The row, from 0.
        index: u64,
    },
}

/// Makes the proof of row `index`. `path` says where the file lies that holds it, by the name of the file.
///
/// # Errors
///
/// [`Error::Changed`] if the row group is no longer what was frozen.
pub fn prove<'a>(
    manifest: &Manifest,
    path: impl FnOnce(&str) -> Option<&'a Path>,
    key: &SaltKey,
    index: u64,
) -> Result<RowProof, Error> {
    if key.id() != manifest.salt_key {
        return Err(Error::WrongKey { needed: manifest.salt_key, given: key.id() });
    }
    if manifest.rows() > ROWS_MAX {
        return Err(Error::TooManyRows);
    }
    let no_row = || Error::NoRow { index, rows: manifest.rows() };
    let place = manifest.locate(index).ok_or_else(no_row)?;
    let file = &manifest.files[place.file];
    let missing =
        || Error::Read { file: file.name.clone(), source: std::io::ErrorKind::NotFound.into() };
    let table = Table::open(&file.name, path(&file.name).ok_or_else(missing)?)?;
    let changed = || Error::Changed { file: file.name.clone(), row_group: place.row_group };
    if table.row_groups().get(place.row_group) != Some(&place.rows) {
        return Err(changed());
    }
    let found = climb(manifest, &table, place, key, index)?;
    if found.root != file.row_groups[place.row_group].root {
        return Err(changed());
    }
    let groups: Vec<Digest> = manifest
        .files
        .iter()
        .flat_map(|file| &file.row_groups)
        .map(|group| group_leaf(group.root))
        .collect();
    let dataset_path =
        merkle::inclusion_path(&groups, place.group_in_dataset).ok_or_else(no_row)?;
    Ok(RowProof {
        row: serde_json::from_slice(&found.row).map_err(|_| changed())?,
        index,
        salt: key.salt(index),
        file: file.name.clone(),
        row_group: place.row_group as u64,
        group_path: found.path,
        dataset_path,
    })
}

/// A row, its path, and the root that was reached.
struct Climbed {
    row: Vec<u8>,
    path: Vec<Digest>,
    root: Digest,
}

/// Reads a row group once; keeps one tree for each step of the path, not the leaves.
fn climb(
    manifest: &Manifest,
    table: &Table,
    place: Place,
    key: &SaltKey,
    index: u64,
) -> Result<Climbed, Error> {
    let within = index - place.first_row;
    let ranges = merkle::inclusion_ranges(within, place.rows).unwrap_or_default();
    let mut steps: Vec<(Range<u64>, Frontier)> =
        ranges.into_iter().map(|range| (range, Frontier::new())).collect();
    let (mut row, mut own) = (Vec::new(), None);
    measure::leaves(
        table,
        place.row_group,
        place.first_row,
        &manifest.window,
        key,
        &mut |at, content| {
            let leaf = Digest::of(content);
            let at = at - place.first_row;
            if at == within {
                row = content[salt::ROW_START..].to_vec();
                own = Some(leaf);
            } else if let Some((_, tree)) = steps.iter_mut().find(|(range, _)| range.contains(&at))
            {
                tree.push(leaf);
            }
        },
        &|_, _| {},
    )?;
    let path: Vec<Digest> = steps.into_iter().map(|(_, tree)| tree.root()).collect();
    let root = own.and_then(|own| merkle::root_from_inclusion(own, within, place.rows, &path));
    let root = root.ok_or(Error::NoRow { index, rows: manifest.rows() })?;
    Ok(Climbed { row, path, root })
}

/// Does the proof show that its row is one of the dataset? Needs neither the data nor the key.
pub fn verify(manifest: &Manifest, proof: &RowProof) -> Result<(), Unproven> {
    let index = proof.index;
    let place = manifest.locate(index).ok_or(Unproven::NoRow { index })?;
    let file = &manifest.files[place.file];
    if file.name != proof.file || place.row_group as u64 != proof.row_group {
        return Err(Unproven::Place { index });
    }
    let row = canonical::to_bytes(&proof.row).map_err(Unproven::Row)?;
    let leaf = salt::leaf(proof.salt, &row);
    let group = file.row_groups[place.row_group].root;
    if !merkle::is_included(leaf, index - place.first_row, place.rows, &proof.group_path, group) {
        return Err(Unproven::NotInGroup { index });
    }
    let groups = manifest.files.iter().map(|file| file.row_groups.len() as u64).sum();
    let group_leaf = group_leaf(group);
    if !merkle::is_included(
        group_leaf,
        place.group_in_dataset,
        groups,
        &proof.dataset_path,
        manifest.root,
    ) {
        return Err(Unproven::NotInDataset { index });
    }
    Ok(())
}
