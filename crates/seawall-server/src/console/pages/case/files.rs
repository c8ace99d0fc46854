//! Which tables and pictures of a case can be taken along?

use std::sync::Arc;

use axum::{
    extract::{Path, State},
    response::Response,
};

use super::{
    super::files::{csv, svg},
    Seen, activity, approvals, assets, bundles, documents, evidence, schedule, timeline,
};
use crate::console::{Console, Trouble, access::guard::Visitor};

/// A table as CSV, or a picture; personal values are masked as on the page.
pub(in crate::console) async fn file(
    State(console): State<Arc<Console>>,
    Path((id, file)): Path<(String, String)>,
    visitor: Visitor,
) -> Result<Response, Trouble> {
    let seen = Seen::read(&console, &visitor, &id).await?;
    let case = &seen.case;
    if file == "timeline.svg" {
        return Ok(svg(&timeline::picture(&console, case)));
    }
    let table = match file.as_str() {
        "evidence.csv" => evidence::rows(case),
        "documents.csv" => documents::rows(case, &documents::papers(&console, &id).await?),
        "schedule.csv" => schedule::rows(case),
        "approvals.csv" => approvals::rows(case),
        "assets.csv" => assets::rows(case),
        "timeline.csv" => timeline::rows(&console, case),
        "bundles.csv" => bundles::rows(case),
        "activity.csv" => activity::rows(case),
        _ => return Err(Trouble::NotFound("A case has no such file.")),
    };
    Ok(csv(&table))
}
