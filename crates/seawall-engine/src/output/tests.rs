//! Is a written run whole, stable, readable again, and gone where it failed?

use std::{collections::BTreeMap, path::Path};

use arrow_array::cast::AsArray as _;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use seawall_core::{
    campaign::findings::{Findings, Member, fixture},
    decision::snapshot::Snapshot,
    event::Reject,
};

use super::{
    CAMPAIGNS, Error, FileDigest, MANIFEST, MEMBERS, MEMBERS_TABLE, Manifest, Overwrite,
    Provenance, RunWriter, SELECTORS, StoredRun, sha256_file,
};

fn reject(line: u64) -> Reject {
    Reject {
        source: "events.ndjson".to_owned(),
        line,
        field: Some("ip"),
        reason: "not an address".to_owned(),
        event_kept: true,
    }
}

fn provenance() -> Provenance {
    let mut config = serde_json::Map::new();
    config.insert("report_bits".to_owned(), 4.0.into());
    let inputs =
        vec![FileDigest { file: "events.ndjson".to_owned(), bytes: 12, sha256: "00".repeat(32) }];
    let knowledge =
        vec![FileDigest { file: "vpn.txt".to_owned(), bytes: 5, sha256: "11".repeat(32) }];
    Provenance { config, inputs, knowledge }
}

fn write(directory: &Path, findings: &Findings, members: &[Member]) -> Result<Manifest, Error> {
    let mut writer = RunWriter::create(directory, Overwrite::OwnRun)?;
    writer.reject(&reject(7))?;
    writer.reject(&reject(9))?;
    writer.finish(findings, members, &Snapshot::empty(), "<!DOCTYPE html>", provenance())
}

fn names(directory: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs_err::read_dir(directory)
        .expect("a folder")
        .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

fn contents(directory: &Path) -> BTreeMap<String, Vec<u8>> {
    names(directory)
        .into_iter()
        .map(|name| (name.clone(), fs_err::read(directory.join(name)).expect("a file")))
        .collect()
}

#[test]
fn a_run_holds_what_the_contract_says_and_equal_runs_are_equal() {
    let root = tempfile::tempdir().expect("a folder");
    let findings = fixture::findings();
    let members = fixture::members(&findings);
    let (one, two) = (root.path().join("one"), root.path().join("two/deep"));
    write(&one, &findings, &members).expect("written");
    write(&two, &findings, &members).expect("written");
    assert_eq!(
        names(&one),
        [
            "campaigns.ndjson",
            "findings.json",
            "manifest.json",
            "members.csv",
            "members.parquet",
            "rejects.ndjson",
            "report.html",
            "selectors.ndjson",
            "snapshot.bin"
        ]
    );
    assert_eq!(contents(&one), contents(&two));
    let root_text = root.path().to_string_lossy().into_owned();
    for bytes in contents(&one).values() {
        assert!(!String::from_utf8_lossy(bytes).contains(&root_text));
    }
}

#[test]
fn members_have_three_decimals_and_their_families() {
    let root = tempfile::tempdir().expect("a folder");
    let findings = fixture::findings();
    let members = fixture::members(&findings);
    write(root.path(), &findings, &members).expect("written");
    let text = fs_err::read_to_string(root.path().join(MEMBERS)).expect("a file");
    let mut lines = text.lines();
    assert_eq!(
        lines.next(),
        Some(
            "account,campaign,confidence,bits,prior_bits,network_bits,device_bits,domain_bits,name_bits,\
             recovery_bits,phone_bits,challenge_bits,timing_bits,referral_bits,payment_bits,action_bits,\
             network_kind,device_kind,domain_kind,name_kind,recovery_kind,phone_kind,challenge_kind,\
             timing_kind,referral_kind,payment_kind,action_kind"
        )
    );
    // log2(612 / 104832) = -7.420; bits are the prior and the five families of the first campaign.
    assert_eq!(
        lines.next(),
        Some(
            "91f2-00000,c-91f24a07be3d,1.000000,35.480,-7.420,5.200,12.400,14.300,6.900,0.000,0.000,4.100,\
             0.000,0.000,0.000,0.000,network24,device_id,email_domain,email_shape,,,challenge_combo,,,,"
        )
    );
    assert_eq!(text.lines().count(), 1 + 612 + 3_480 + 96 + 31);
    let selectors = fs_err::read_to_string(root.path().join(SELECTORS)).expect("a file");
    let expected: usize = findings.campaigns.iter().map(|campaign| campaign.selectors.len()).sum();
    assert_eq!(selectors.lines().count(), expected);
}

#[test]
fn the_manifest_has_the_digest_of_every_file() {
    let root = tempfile::tempdir().expect("a folder");
    let findings = fixture::findings();
    let manifest = write(root.path(), &findings, &fixture::members(&findings)).expect("written");
    assert_eq!(Manifest::read(root.path()).expect("a manifest"), manifest);
    assert_eq!((manifest.counts.rejects, manifest.counts.members), (2, 4_219));
    let mut listed: Vec<String> =
        manifest.outputs.iter().map(|output| output.file.clone()).collect();
    listed.push(MANIFEST.to_owned());
    listed.sort();
    assert_eq!(listed, names(root.path()));
    for output in &manifest.outputs {
        let path = root.path().join(&output.file);
        assert_eq!(sha256_file(&path).expect("a file"), output.sha256);
        assert_eq!(fs_err::metadata(&path).expect("a file").len(), output.bytes);
    }
    // Published test vector: SHA-256 of "abc" (FIPS 180-2, B.1).
    let abc = root.path().join("abc");
    fs_err::write(&abc, "abc").expect("written");
    assert_eq!(
        sha256_file(&abc).expect("a file"),
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    );
}

#[test]
fn a_run_can_be_read_again() {
    let root = tempfile::tempdir().expect("a folder");
    let findings = fixture::findings();
    let mut members = fixture::members(&findings);
    members[5].account = "=cmd|' /C calc'!A0, \"quoted\"\nsecond line".to_owned();
    write(root.path(), &findings, &members).expect("written");
    let run = StoredRun::open(root.path()).expect("a run");
    assert_eq!(run.findings().expect("findings"), findings);
    let campaign = run.campaign("c-d3310c5e8f10").expect("read").expect("there");
    assert_eq!(campaign, findings.campaigns[2]);
    assert!(run.campaign("c-000000000000").expect("read").is_none());
    let rows = run.members(&members[5].account).expect("read");
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0].line, 7);
    let (read, written) = (&rows[0].member, &members[5]);
    assert_eq!((&read.account, &read.campaign), (&written.account, &written.campaign));
    assert_eq!(read.family_kinds, written.family_kinds);
    for (read, written) in read.family_bits.iter().zip(written.family_bits) {
        assert!((read - written).abs() <= 0.000_5);
    }
    assert!(run.members("nobody").expect("read").is_empty());
}

#[test]
fn a_changed_file_is_noticed() {
    let root = tempfile::tempdir().expect("a folder");
    let findings = fixture::findings();
    let members = fixture::members(&findings);
    write(root.path(), &findings, &members).expect("written");
    let run = StoredRun::open(root.path()).expect("a run");
    for (name, from, to) in
        [(MEMBERS, "14.300", "14.301"), (CAMPAIGNS, "\"bits\":20.0", "\"bits\":19.0")]
    {
        let path = root.path().join(name);
        let text = fs_err::read_to_string(&path).expect("a file");
        fs_err::write(&path, text.replacen(from, to, 1)).expect("written");
    }
    assert!(matches!(run.members(&members[0].account), Err(Error::Changed { .. })));
    assert!(matches!(run.findings(), Err(Error::Changed { .. })));
    fs_err::write(root.path().join(MEMBERS), "not,a\nrun").expect("written");
    assert!(matches!(run.members("x"), Err(Error::Changed { .. })));
}

#[test]
fn only_an_own_run_is_replaced() {
    let root = tempfile::tempdir().expect("a folder");
    let findings = fixture::findings();
    let members = fixture::members(&findings);
    write(root.path(), &findings, &members).expect("into an empty folder");
    write(root.path(), &findings, &[]).expect("over an earlier run");
    assert_eq!(
        fs_err::read_to_string(root.path().join(MEMBERS)).expect("a file").lines().count(),
        1
    );

    let other = tempfile::tempdir().expect("a folder");
    fs_err::write(other.path().join("thesis.txt"), "years of work").expect("written");
    let refused = write(other.path(), &findings, &members).expect_err("not ours");
    assert!(matches!(&refused, Error::NotEmpty { example, .. } if example == "thesis.txt"));
    assert!(refused.to_string().contains("\nhint: ") && refused.to_string().contains("--force"));
    fs_err::write(other.path().join(MANIFEST), "{\"manifest_version\": 3}").expect("written");
    assert!(matches!(write(other.path(), &findings, &members), Err(Error::NotEmpty { .. })));
    assert_eq!(names(other.path()), [MANIFEST, "thesis.txt"]);
    let forced = RunWriter::create(other.path(), Overwrite::Force).expect("forced");
    forced.finish(&findings, &members, &Snapshot::empty(), "", provenance()).expect("written");
    assert!(names(other.path()).contains(&"thesis.txt".to_owned()));

    let file = other.path().join("thesis.txt");
    assert!(matches!(write(&file, &findings, &members), Err(Error::NotADirectory { .. })));
}

#[test]
fn two_runs_do_not_write_to_one_folder() {
    let root = tempfile::tempdir().expect("a folder");
    let first = RunWriter::create(root.path(), Overwrite::OwnRun).expect("ready");
    assert!(matches!(RunWriter::create(root.path(), Overwrite::OwnRun), Err(Error::Busy { .. })));
    drop(first);
    assert!(names(root.path()).is_empty());
    // What a killed run left behind is no obstacle.
    fs_err::create_dir(root.path().join(".seawall-partial")).expect("made");
    fs_err::write(root.path().join(".seawall-partial/members.csv"), "half").expect("written");
    let findings = fixture::findings();
    write(root.path(), &findings, &[]).expect("written");
}

/// The table says what the rows say, in their order.
#[test]
fn the_table_of_members_is_that_of_their_rows() {
    let root = tempfile::tempdir().expect("a folder");
    let findings = fixture::findings();
    let members = fixture::members(&findings);
    write(root.path(), &findings, &members).expect("written");
    let file = fs_err::File::open(root.path().join(MEMBERS_TABLE)).expect("a file");
    let reader = ParquetRecordBatchReaderBuilder::try_new(file.into_parts().0).expect("Parquet");
    let mut rows = Vec::new();
    for batch in reader.build().expect("readable") {
        let batch = batch.expect("rows");
        let column = |name| batch.column_by_name(name).expect("a column").as_string::<i32>();
        let pairs = column("account").iter().zip(column("campaign").iter());
        rows.extend(pairs.map(|(account, campaign)| {
            (account.expect("one").to_owned(), campaign.expect("one").to_owned())
        }));
    }
    let expected: Vec<(String, String)> =
        members.iter().map(|member| (member.account.clone(), member.campaign.clone())).collect();
    assert_eq!(rows, expected);
}

#[test]
fn a_failed_run_leaves_the_earlier_one_as_it_was() {
    let root = tempfile::tempdir().expect("a folder");
    let findings = fixture::findings();
    let members = fixture::members(&findings);
    write(root.path(), &findings, &members).expect("written");
    let before = contents(root.path());
    // The folder under which files are prepared goes away in the middle: the next file fails.
    let writer = RunWriter::create(root.path(), Overwrite::OwnRun).expect("ready");
    let partial = root.path().join(".seawall-partial");
    let failing = members.iter().inspect(|_| {
        let _ = fs_err::remove_dir_all(&partial);
    });
    let error = writer
        .finish(&findings, failing, &Snapshot::empty(), "<p>", provenance())
        .expect_err("failed");
    let Error::Write { path, bytes_needed, .. } = &error else { panic!("{error:?}") };
    assert!(path.ends_with(MEMBERS_TABLE) || path.ends_with("rejects.ndjson"), "{path:?}");
    assert!(bytes_needed.is_none());
    assert_eq!(contents(root.path()), before);

    let fresh = root.path().join("fresh");
    drop(RunWriter::create(&fresh, Overwrite::OwnRun).expect("ready"));
    assert!(!fresh.try_exists().expect("readable"), "a folder made for a failed run goes with it");
}
