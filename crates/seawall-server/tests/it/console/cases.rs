//! Does a page of a case say what the case holds, and does it do nothing that the case would not let happen?

use std::sync::Arc;

use seawall_core::{campaign::findings::fixture, case::state::AssetState};
use seawall_server::console::cases::{Case, CaseError};

use super::{
    desk::{Browser, Desk},
    kept_cases::{ID, Kept, ending},
};

const TABS: [&str; 8] =
    ["evidence", "documents", "schedule", "approvals", "assets", "timeline", "bundles", "activity"];

/// A console with that case, and somebody who may do everything in the console and is nobody in the case.
fn opened(kept: Kept) -> (Desk, Browser, Arc<Kept>) {
    let kept = Arc::new(kept);
    let findings = fixture::findings();
    let desk =
        Desk::start_keeping(&findings, &fixture::members(&findings), Arc::<Kept>::clone(&kept));
    let first = desk.first();
    (desk, first, kept)
}

/// Somebody of the legal department who stands for a person of the case.
fn standing_for(desk: &Desk, manager: &Browser, name: &str) -> Browser {
    let browser = desk.person(manager, &format!("{name} of legal"), &["legal"]);
    let people = manager.get("/settings/people").text;
    let row = people.find(&format!("{name} of legal")).expect("a row");
    let from = people[row..].find("/settings/people/p-").expect("an address") + row;
    let address: String = people[from..].chars().take_while(|own| *own != '"').collect();
    let address = format!("{}/case-name", address.rsplit_once('/').expect("a path").0);
    assert_eq!(manager.post(&address, &[("case_name", name)]).status, 303);
    browser
}

#[test]
fn each_part_of_a_case_is_a_page_and_a_table() {
    let (_desk, first, _) = opened(Kept::of("Storm"));
    let list = first.get("/cases").text;
    for told in ["Storm", "review", "evidence: 1 of 2", "executed: 1 of 3"] {
        assert!(list.contains(told), "{told}");
    }
    for (tab, told) in [
        ("evidence", "custody events"),
        ("documents", "Storm-0000001 to Storm-0000003"),
        ("documents", "item-2 is disputed"),
        ("schedule", "registrar"),
        ("schedule", "It does not go out as it is"),
        ("schedule", "restraining order lapses"),
        ("approvals", "waits for counsel"),
        ("approvals", "approved, not carried out"),
        ("approvals", "Signed by"),
        ("assets", "Asked for"),
        ("timeline", "First evidence was taken in"),
        ("bundles", "bundle-0123456789abcdef"),
        ("activity", "was refused"),
    ] {
        let page = first.get(&format!("/cases/{ID}?tab={tab}"));
        assert_eq!(page.status, 200, "{tab}");
        assert!(page.text.contains(told), "{tab}: {told}\n{}", page.text);
    }
    for tab in TABS {
        let csv = first.get(&format!("/cases/{ID}/{tab}.csv"));
        assert_eq!((csv.status, csv.header("content-type")), (200, "text/csv; charset=utf-8"));
        assert!(csv.text.lines().count() > 1, "{tab}: {}", csv.text);
    }
    assert_eq!(first.get("/cases.csv").text.lines().count(), 2);
    assert_eq!(first.get(&format!("/cases/{ID}/none.csv")).status, 404);
    assert_eq!(first.get("/cases/none").status, 404);
    let none = first.get(&format!("/cases/{ID}?q=nothing+of+the+sort")).text;
    assert!(none.contains("Clear filters"));
    let of_item = first.get(&format!("/cases/{ID}?tab=activity&object=item-1")).text;
    assert!(of_item.contains("1 of 1</span>") || of_item.contains("–1 of 1"), "{of_item}");
}

#[test]
fn a_timeline_has_the_turning_points_that_are_known_and_no_others() {
    use AssetState::{Attributed, Executed, Noticed, Verified};
    let campaign = fixture::findings().campaigns[0].clone();
    let text = format!("Storm of campaign {}", campaign.campaign);
    let mut ended = ending(ID, &text, "shop.example", &[Attributed, Noticed, Executed, Verified]);
    let timeline = |case: Case| {
        let (_desk, first, _) = opened(Kept { case: Ok(case), ..Kept::of("Storm") });
        let [page, csv, svg] = ["?tab=timeline", "/timeline.csv", "/timeline.svg"]
            .map(|part| first.get(&format!("/cases/{ID}{part}")));
        assert_eq!((page.status, svg.status), (200, 200));
        assert_eq!(svg.header("content-type"), "image/svg+xml");
        let own = csv.text.lines().filter(|line| line.contains(",turning point,"));
        (page.text, own.map(str::to_owned).collect::<Vec<_>>(), svg.text)
    };
    // Three more assets are not measured to have ended.
    let (page, points, _) = timeline(ended.clone());
    let told = |points: &[String]| -> Vec<String> {
        points.iter().map(|line| line.split(',').nth(2).expect("what").to_owned()).collect()
    };
    // The log of this case is older than the campaign of the fixture.
    assert_eq!(told(&points), ["First response", "First activity"]);
    assert!(page.contains("not known, or not yet: it was measured that all of it ended"));
    let day = &campaign.first_seen[..10];
    assert!(points[1].starts_with(day) && page.contains(&format!("<strong>{day}</strong>")));
    ended.state.assets.retain(|id, _| id.as_str() == "asset-4");
    let (page, points, svg) = timeline(ended);
    assert_eq!(told(&points), ["First response", "Containment", "First activity"]);
    for told in ["Turning points", "Enforcement", "First asset noticed", "Containment"] {
        assert!(svg.contains(told) && page.contains(told), "{told}");
    }
}

#[test]
fn what_tells_of_persons_is_shown_on_no_page_and_in_no_table() {
    let (_desk, first, _) = opened(Kept::of("Storm"));
    let addresses = TABS
        .iter()
        .flat_map(|tab| [format!("/cases/{ID}?tab={tab}"), format!("/cases/{ID}/{tab}.csv")]);
    for address in addresses {
        let text = first.get(&address).text;
        // Two items have a source; one of them tells of persons.
        assert!(text.matches("source Storm").count() <= 1, "{address}");
        for told in ["jane.doe", "0123"] {
            let hash = text.replace("0123456789abcdef", "");
            assert!(!hash.replace("0000001", "").contains(told), "{address}: {told}");
        }
    }
    let board = first.get(&format!("/cases/{ID}?tab=assets")).text;
    assert!(board.contains("•••@mail.example") && board.contains("•••67"));
}

#[test]
fn who_is_nobody_in_the_case_looks_and_does_nothing() {
    let (_desk, first, kept) = opened(Kept::of("Storm"));
    let case = format!("/cases/{ID}");
    let page = first.get(&format!("{case}?tab=documents"));
    assert!(page.text.contains("You are none of its people") && !page.text.contains("/look\""));
    let look = [("document", "D2"), ("version", "1")];
    assert_eq!(first.post(&format!("{case}/look"), &look).status, 409);
    let approve = [("proposal", "proposal-1"), ("note", "x")];
    assert_eq!(first.post(&format!("{case}/approve"), &approve).status, 409);
    assert_eq!(first.get(&format!("{case}/sign/proposal-1")).status, 409);
    let export = [("to", "court"), ("profile", "court_sealed")];
    assert_eq!(first.post(&format!("{case}/bundles"), &export).status, 409);
    assert_eq!(first.get(&format!("{case}/bundles/7.tar")).status, 409);
    assert!(kept.told().is_empty(), "{:?}", kept.told());
    // Whether it holds, anybody may ask who sees it.
    let verified = first.post(&format!("{case}/verify"), &[]);
    assert!(verified.text.contains("All of it is what it was"), "{}", verified.text);
    assert!(verified.text.contains("the custody log does not"));
    assert_eq!(kept.told(), ["verify None"]);
}

#[test]
fn who_stands_for_a_person_of_the_case_does_what_its_rules_allow() {
    let (desk, first, kept) = opened(Kept::of("Storm"));
    let case = format!("/cases/{ID}");
    let cora = standing_for(&desk, &first, "cora");
    let page = cora.get(&format!("{case}?tab=approvals")).text;
    assert!(page.contains("You act as") && page.contains("seawall case sign approval.txt"));
    assert!(page.contains("&quot;to&quot;:&quot;approved&quot;"), "what is proposed: {page}");
    let text = cora.get(&format!("{case}/sign/proposal-1"));
    assert_eq!(text.text, "seawall-approval/v1\ncora proposal-1\n");
    assert!(text.header("content-disposition").starts_with("attachment"));
    let approve = |note: &str| {
        cora.post(&format!("{case}/approve"), &[("proposal", "proposal-1"), ("note", note)])
    };
    assert_eq!(approve("forged").status, 422);
    let done = format!("{case}?tab=approvals&done=proposal-");
    assert_eq!(approve("signed").header("location"), format!("{done}1"));
    // It says so of what the case has, and not of what an address claims.
    assert!(cora.get(&format!("{done}2")).text.contains("Nothing is missing"));
    assert!(!cora.get(&format!("{done}1")).text.contains("Your approval is kept"));
    let look = |document: &str, purpose: &str| {
        let fields = [("document", document), ("version", "1"), ("purpose", purpose)];
        cora.post(&format!("{case}/look"), &fields)
    };
    let pdf = look("D2", "");
    assert_eq!((pdf.status, pdf.header("content-type")), (200, "application/pdf"));
    assert_eq!(look("D9-key", "why").status, 422, "it tells of persons");
    assert_eq!(look("D9-key", "to check a name").status, 200);
    assert_eq!(look("D8", "").status, 404);
    assert_eq!(kept.told().last().expect("asked"), "look cora D9-key 1 to check a name");
    // What the case refuses is refused here, in its words.
    let ana = standing_for(&desk, &first, "ana");
    let refused = ana.post(&format!("{case}/propose"), &[("document", "D2"), ("sha256", "x")]);
    assert_eq!(refused.status, 403);
    assert!(refused.text.contains("analyst may not propose that"));
    // All of it stands in the audit log.
    let audit = first.get("/settings/audit").text;
    for told in ["looked at D9-key version 1: to check a name", "approved proposal-1"] {
        assert!(audit.contains(told), "{told}");
    }
    assert!(!audit.contains("proposed to release"), "a refusal is told by the custody log");
}

#[test]
fn nobody_acts_as_a_person_of_the_case_by_choosing_their_name() {
    let (desk, first, kept) = opened(Kept::of("Storm"));
    let named = desk.person(&first, "cora", &["legal"]);
    let approve = [("proposal", "proposal-1"), ("note", "x")];
    assert_eq!(named.post(&format!("/cases/{ID}/approve"), &approve).status, 409);
    standing_for(&desk, &first, "cora");
    let people = first.get("/settings/people").text;
    let from = people.find("/settings/people/p-first/").expect("a form");
    let address = format!("{}case-name", &people[from..from + "/settings/people/p-first/".len()]);
    assert_eq!(first.post(&address, &[("case_name", "cora")]).status, 422, "one each");
    assert_eq!(first.post(&address, &[("case_name", "../x")]).status, 422);
    assert_eq!(first.post(&address, &[("case_name", "")]).status, 303);
    assert!(kept.told().is_empty());
}

#[test]
fn what_is_damaged_says_so() {
    let why = "entry 3 is not the one that was logged";
    let (_desk, first, _) =
        opened(Kept { case: Err(CaseError::Damaged(why.to_owned())), ..Kept::of("Storm") });
    let list = first.get("/cases");
    assert!(list.status == 200 && list.text.contains(why), "{}", list.text);
    assert!(first.get("/cases.csv").text.contains(why));
    let page = first.get(&format!("/cases/{ID}"));
    assert!(page.status == 500 && page.text.contains(why), "{}", page.text);
    assert!(page.text.contains("role=\"alert\"") && page.text.contains("Try again"));
    let problems = vec!["object ab was changed".to_owned()];
    let (_desk, first, _) = opened(Kept { problems, ..Kept::of("Storm") });
    let verified = first.post(&format!("/cases/{ID}/verify"), &[]);
    assert!(
        verified.text.contains("1 thing is not what they were")
            || verified.text.contains("not what")
    );
    assert!(verified.text.contains("object ab was changed"));
}

#[test]
fn a_case_is_opened_with_a_key_that_was_made_elsewhere() {
    let (desk, first, kept) = opened(Kept::of("Storm"));
    let cora = standing_for(&desk, &first, "cora");
    assert!(
        cora.get("/cases?campaign=c-0123456789ab&title=Wave").text.contains("case-0123456789ab")
    );
    let open = |key: &str, id: &str| {
        let fields = [
            ("id", id),
            ("title", "Wave"),
            ("origin", "example.org/wave"),
            ("kind", "civil"),
            ("public_key", key),
            ("campaign", "c-0123456789ab"),
        ];
        cora.post("/cases", &fields)
    };
    assert_eq!(open("lee+1a2b3c4d+x", "wave").status, 422, "a key of somebody else");
    assert_eq!(open("cora+1a2b3c4d+x", "../wave").status, 422);
    let opened = open("cora+1a2b3c4d+x", "wave");
    assert_eq!((opened.status, opened.header("location")), (303, "/cases/wave"));
    assert_eq!(
        kept.told(),
        ["open wave cora+1a2b3c4d+x the case is opened, of campaign c-0123456789ab"]
    );
    let findings = fixture::findings();
    let campaign = cora.get(&format!("/campaigns/{}", findings.campaigns[0].campaign)).text;
    assert!(campaign.contains("Open takedown case"));
}

#[test]
fn a_bundle_is_handed_out_whole() {
    let folder = tempfile::tempdir().expect("a folder");
    fs_err::create_dir(folder.path().join("data")).expect("made");
    let large = vec![7_u8; 300_000];
    fs_err::write(folder.path().join("bagit.txt"), "BagIt-Version: 1.0\n").expect("written");
    fs_err::write(folder.path().join("data/large.bin"), &large).expect("written");
    let (desk, first, kept) =
        opened(Kept { bundle: folder.path().to_owned(), ..Kept::of("Storm") });
    let cora = standing_for(&desk, &first, "cora");
    let case = format!("/cases/{ID}");
    let export = [("to", "court"), ("profile", "court_sealed"), ("ground", "")];
    assert_eq!(cora.post(&format!("{case}/bundles"), &export).status, 303);
    assert_eq!(kept.told(), ["export cora Court CourtSealed"]);
    assert_eq!(cora.post(&format!("{case}/bundles"), &[("to", "x"), ("profile", "y")]).status, 422);
    assert!(cora.get(&format!("{case}?tab=bundles")).text.contains("/bundles/7.tar"));
    let bytes = cora.bytes(&format!("{case}/bundles/7.tar"));
    let mut archive = tar::Archive::new(&*bytes);
    let mut files: Vec<(String, usize)> = Vec::new();
    for entry in archive.entries().expect("an archive") {
        let mut entry = entry.expect("a file");
        let name = entry.path().expect("a name").to_string_lossy().into_owned();
        let mut content = Vec::new();
        std::io::copy(&mut entry, &mut content).expect("content");
        files.push((name, content.len()));
    }
    let within = |name: &str| format!("bundle-0123456789abcdef/{name}");
    assert_eq!(files, [(within("bagit.txt"), 19), (within("data/large.bin"), large.len())]);
    assert_eq!(cora.get(&format!("{case}/bundles/8.tar")).status, 404);
}
