//! Does the detector find the same members in the sealed events?

use std::path::Path;

use seawall_engine::output::{Manifest, Overwrite};
use seawall_evidence::{
    hash::Digest,
    run::{self, Again, Run},
    verify::Check,
};

use crate::{
    commands::{
        case::detection::{MEMBERS, membership},
        detect,
    },
    console::Console,
    failure::Failure,
    knowledge::{Given, Lacking, laid_out},
    pipeline::Request,
};

/// Longest manifest of a run that is read.
const MANIFEST_BYTES_MAX: u64 = 64 << 20;

/// Detects again in the sealed events of a run, and compares the membership.
pub(super) fn rerun(bundle: &Path, given: &Given, kept: &[u8]) -> Vec<Check> {
    run::check(kept, |run| {
        let ours = format!("seawall {}", env!("CARGO_PKG_VERSION"));
        if run.tool.as_str() != ours {
            return Again::Missing(format!("the run is of {}, this is {ours}", run.tool));
        }
        match again(bundle, given, run) {
            Ok(again) => again,
            Err(failure) => Again::Failed(failure.texts().0.join("; ")),
        }
    })
}

/// The membership that is found now, or what is missing for that.
fn again(bundle: &Path, given: &Given, run: &Run) -> Result<Again, Failure> {
    let no_events = || Ok(Again::Missing("its events are not in the bundle".to_owned()));
    let sealed = |sha256: Digest| bundle.join("data/sealed").join(sha256.to_string());
    let of_program = sealed(run.manifest_sha256);
    if !of_program.try_exists()? {
        return no_events();
    }
    if fs_err::metadata(&of_program)?.len() > MANIFEST_BYTES_MAX {
        return Err(anyhow::anyhow!("its manifest is too long").into());
    }
    let manifest = fs_err::read(&of_program)?;
    same(Digest::of(&manifest), run.manifest_sha256, "manifest")?;
    let manifest: Manifest = serde_json::from_slice(&manifest)?;
    same(
        Digest::of(serde_json::to_vec(&manifest.config)?),
        run.configuration_sha256,
        "configuration",
    )?;
    if let Some(night) = manifest.config.get("night") {
        return Ok(Again::Missing(format!(
            "it was night {night} of a state: the events of earlier nights are not in the bundle"
        )));
    }
    let folder = tempfile::tempdir()?;
    let mut inputs = Vec::new();
    for (number, (input, listed)) in run.inputs.iter().zip(&manifest.inputs).enumerate() {
        let from = sealed(input.sha256);
        if !from.try_exists()? {
            return no_events();
        }
        // Of the name only what tells the format is taken, and nothing of its folders.
        let name = Path::new(&listed.file).file_name().unwrap_or_default();
        let place = folder.path().join(number.to_string());
        fs_err::create_dir(&place)?;
        let to = place.join(name);
        fs_err::copy(&from, &to)?;
        same(Digest::of_reader(fs_err::File::open(&to)?)?.0, input.sha256, "events")?;
        inputs.push(to.to_string_lossy().into_owned());
    }
    let knowledge = laid_out(&manifest, folder.path(), |file, to| {
        let sha256: Digest = file.sha256.parse()?;
        let in_bundle = sealed(sha256);
        let from = if in_bundle.try_exists()? { Some(&*in_bundle) } else { given.find(file)? };
        let Some(from) = from else { return Ok(false) };
        fs_err::copy(from, to)?;
        same(Digest::of_reader(fs_err::File::open(to)?)?.0, sha256, "list or database")?;
        Ok(true)
    })?;
    let knowledge = match knowledge {
        Ok(knowledge) => knowledge,
        Err(Lacking { file, sha256 }) => {
            return Ok(Again::Missing(format!(
                "it used `{file}` (SHA-256 {sha256}), which is not in the bundle: give it with --knowledge"
            )));
        }
    };
    let setting = |name: &str| manifest.config.get(name);
    let request = Request {
        inputs,
        report_bits: setting("report_bits").and_then(serde_json::Value::as_f64).unwrap_or(4.0),
        reveal: setting("reveal").and_then(serde_json::Value::as_bool).unwrap_or(false),
        threads: detect::threads(0),
        ..knowledge
    };
    let out = folder.path().join("run");
    detect::detect_into(&request, &out, Overwrite::OwnRun, &mut Console::silent())?;
    Ok(Again::Found(membership(&out.join(MEMBERS))?))
}

fn same(got: Digest, expected: Digest, what: &str) -> Result<(), Failure> {
    if got == expected {
        return Ok(());
    }
    Err(anyhow::anyhow!("its {what} is not what it was (expected {expected}, got {got})").into())
}
