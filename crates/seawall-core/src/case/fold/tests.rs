//! Does the fold keep four eyes, holds and order, whatever the entries are?

use super::*;
use crate::case::{
    asset::{Alternative, Asset, Attribution, Confidence, Use, tests::domain},
    progress::{Standing, Step},
    record::{AssetChange, CompanionRecord, ScheduleRecord, StageChange},
};

fn id(text: &str) -> Id {
    text.parse().unwrap()
}

fn hash(letter: char) -> ContentHash {
    letter.to_string().repeat(64).parse().unwrap()
}

fn at(text: &str) -> Moment {
    text.parse().unwrap()
}

/// A case that is built entry by entry.
struct Built {
    state: CaseState,
    seq: u64,
}

impl Built {
    fn new() -> Self {
        let mut built = Self { state: CaseState::default(), seq: 0 };
        built.ok("opener", Role::Admin, Change::Open { title: "a case".to_owned() });
        for (name, role) in [
            ("ada", Role::Admin),
            ("ana", Role::Analyst),
            ("lee", Role::Lead),
            ("kim", Role::Custodian),
            ("cora", Role::Counsel),
            ("pia", Role::Privacy),
        ] {
            let person =
                Person { id: id(name), name: name.to_owned(), role, public_key: "key".to_owned() };
            built.ok("ada", Role::Admin, Change::Record(Record::Person(person)));
        }
        built
    }

    fn made(&mut self, who: &str, role: Role, change: Change) -> Made {
        let made = Made {
            seq: self.seq,
            at: at("2023-12-07T12:00:00Z"),
            actor: id(who),
            role,
            reason: "because".to_owned(),
            content_sha256: None,
            approval: None,
            change,
        };
        self.seq += 1;
        made
    }

    fn apply(&mut self, made: &Made) -> Result<(), Misfit> {
        let mut next = self.state.clone();
        next.apply(made)?;
        self.state = next;
        Ok(())
    }

    fn ok(&mut self, who: &str, role: Role, change: Change) -> u64 {
        let made = self.made(who, role, change);
        self.apply(&made).unwrap_or_else(|misfit| panic!("{misfit}: {made:?}"));
        made.seq
    }

    fn refused(&mut self, who: &str, role: Role, change: Change) -> Misfit {
        let made = self.made(who, role, change);
        self.apply(&made).expect_err("refused")
    }

    /// With an approval.
    fn resting(
        &mut self,
        who: &str,
        role: Role,
        change: Change,
        approval: u64,
        of: char,
    ) -> Result<(), Misfit> {
        let made = Made {
            approval: Some(approval),
            content_sha256: Some(hash(of)),
            ..self.made(who, role, change)
        };
        self.apply(&made)
    }

    fn proposed(&mut self, name: &str, power: Power, of: char) {
        let proposal = Proposal {
            id: id(name),
            power,
            content_sha256: hash(of),
            proposer: id("lee"),
            personal_data: false,
        };
        self.ok("lee", Role::Lead, Change::Propose(proposal));
    }

    fn approved(&mut self, name: &str, of: char) -> u64 {
        let change = Change::Approve { proposal: id(name), content_sha256: hash(of) };
        self.ok("cora", Role::Counsel, change)
    }
}

fn item(name: &str, of: char) -> Change {
    Change::Item(ItemFacts {
        id: id(name),
        sha256: hash(of),
        class: ContentClass::OwnRecord,
        personal_data: false,
        privilege: Privilege::None,
        retention: Retention::PurchaseCredentials,
        acquired_at: at("2023-10-01T00:00:00Z"),
        derived: false,
    })
}

#[test]
fn people_act_in_their_own_role_and_strangers_not_at_all() {
    let mut built = Built::new();
    assert!(matches!(
        built.refused("eve", Role::Analyst, item("item-1", 'a')),
        Misfit::Stranger(_)
    ));
    assert!(matches!(
        built.refused("ana", Role::Custodian, item("item-1", 'a')),
        Misfit::OtherRole { .. }
    ));
    assert!(matches!(built.refused("ada", Role::Admin, item("item-1", 'a')), Misfit::Refusal(_)));
    built.ok("ana", Role::Analyst, item("item-1", 'a'));
    assert!(matches!(
        built.refused("ana", Role::Analyst, item("item-1", 'b')),
        Misfit::Again { .. }
    ));
    // A refusal of a stranger is told all the same.
    built.ok("eve", Role::Analyst, Change::Denied);
    assert!(matches!(
        built.refused("ana", Role::Analyst, Change::Open { title: "again".to_owned() }),
        Misfit::Order(_)
    ));
}

#[test]
fn disposal_takes_two_and_a_hold_beats_both() {
    let mut built = Built::new();
    built.ok("ana", Role::Analyst, item("item-1", 'a'));
    let dispose = || Change::Dispose { sha256: hash('a'), required: false };
    assert_eq!(
        built.refused("kim", Role::Custodian, dispose()),
        Misfit::NeedsApproval(Power::Dispose)
    );
    built.proposed("proposal-1", Power::Dispose, 'd');
    let own = Change::Approve { proposal: id("proposal-1"), content_sha256: hash('d') };
    assert_eq!(built.refused("lee", Role::Lead, own), Misfit::Refusal(Refusal::OwnProposal));
    let approval = built.approved("proposal-1", 'd');
    // Another content than the approved one, another entry than the approval.
    assert_eq!(
        built.resting("kim", Role::Custodian, dispose(), approval, 'e'),
        Err(Misfit::OtherApproval(approval))
    );
    assert_eq!(
        built.resting("kim", Role::Custodian, dispose(), 0, 'd'),
        Err(Misfit::OtherApproval(0))
    );

    let hold = Hold {
        id: id("hold-1"),
        items: vec![id("item-1")],
        basis: "suit foreseen".to_owned(),
        from: at("2023-12-01T00:00:00Z"),
        review_by: at("2024-03-01T00:00:00Z"),
    };
    built.ok("kim", Role::Custodian, Change::HoldOn(hold));
    assert!(matches!(
        built.resting("kim", Role::Custodian, dispose(), approval, 'd'),
        Err(Misfit::Kept(_))
    ));
    built.proposed("proposal-2", Power::ReleaseHold, 'f');
    let freed = built.approved("proposal-2", 'f');
    built.resting("lee", Role::Lead, Change::HoldOff(id("hold-1")), freed, 'f').unwrap();

    built.resting("kim", Role::Custodian, dispose(), approval, 'd').unwrap();
    assert_eq!(built.state.items[&id("item-1")].state, ItemState::Disposed);
    // An approval is used once, and what is gone is gone.
    assert!(built.resting("kim", Role::Custodian, dispose(), approval, 'd').is_err());
    assert!(built.state.proposals[&id("proposal-1")].used_by.is_some());
}

#[test]
fn a_person_approves_once_and_strangers_never() {
    let mut built = Built::new();
    built.proposed("proposal-1", Power::Advance, 'a');
    built.approved("proposal-1", 'a');
    let again = Change::Approve { proposal: id("proposal-1"), content_sha256: hash('a') };
    assert!(matches!(built.refused("cora", Role::Counsel, again.clone()), Misfit::Order(_)));
    assert!(matches!(built.refused("ana", Role::Analyst, again), Misfit::Refusal(_)));
    let unknown = Change::Approve { proposal: id("proposal-9"), content_sha256: hash('a') };
    assert!(matches!(built.refused("cora", Role::Counsel, unknown), Misfit::Unknown { .. }));
}

#[test]
fn a_case_goes_on_step_by_step() {
    let mut built = Built::new();
    let to = |to| Change::Record(Record::Stage(StageChange { to }));
    assert!(matches!(built.refused("lee", Role::Lead, to(CaseStage::Filed)), Misfit::Step(_)));
    built.ok("lee", Role::Lead, to(CaseStage::Investigating));
    built.ok("lee", Role::Lead, to(CaseStage::Review));
    assert_eq!(
        built.refused("lee", Role::Lead, to(CaseStage::Approved)),
        Misfit::NeedsApproval(Power::Advance)
    );
    built.proposed("proposal-1", Power::Advance, 'a');
    assert!(built.resting("lee", Role::Lead, to(CaseStage::Approved), 99, 'a').is_err());
    let approval = built.approved("proposal-1", 'a');
    built.resting("lee", Role::Lead, to(CaseStage::Approved), approval, 'a').unwrap();
    assert_eq!(built.state.stage(), CaseStage::Approved);
}

fn alternative(explanation: &str, against: &str) -> Alternative {
    Alternative { explanation: explanation.to_owned(), against: against.to_owned() }
}

#[test]
fn an_asset_is_attributed_by_two_on_evidence() {
    let mut built = Built::new();
    built.ok("ana", Role::Analyst, item("item-1", 'a'));
    let named = |asset| Change::Record(Record::Asset(Box::new(asset)));
    assert!(matches!(
        built.refused("ana", Role::Analyst, named(domain("Shop.example"))),
        Misfit::Order(_)
    ));
    built.ok("ana", Role::Analyst, named(domain("shop.example")));
    let to = |to| {
        Change::Record(Record::AssetState(AssetChange { asset: id("asset-1"), to, item: None }))
    };
    built.proposed("proposal-1", Power::Attribute, 'b');
    let approval = built.approved("proposal-1", 'b');
    // Nothing shows the use yet.
    assert!(matches!(
        built.resting("lee", Role::Lead, to(AssetState::Attributed), approval, 'b'),
        Err(Misfit::Asset(NotAnAsset::NoUse(_)))
    ));
    let mut asset = domain("shop.example");
    let mut use_ = Use { item: id("item-1"), shows: "offers".to_owned(), grade: None };
    let mut try_with = |asset: &Asset, expected: fn(&NotAnAsset) -> bool| {
        built.ok("ana", Role::Analyst, named(asset.clone()));
        let refused = built.resting("lee", Role::Lead, to(AssetState::Attributed), approval, 'b');
        assert!(matches!(&refused, Err(Misfit::Asset(why)) if expected(why)), "{refused:?}");
    };
    asset.used_by_operation = vec![use_.clone()];
    try_with(&asset, |why| matches!(why, NotAnAsset::NotGraded { .. }));
    use_.grade = Some("B2".to_owned().try_into().unwrap());
    asset.used_by_operation = vec![use_];
    try_with(&asset, |why| matches!(why, NotAnAsset::NotWeighed(_)));
    // Nothing else thought of, or nothing against it, is not weighed either.
    for alternatives in [vec![], vec![alternative("a reseller", " ")]] {
        asset.attribution = Some(Attribution { confidence: Confidence::High, alternatives });
        try_with(&asset, |why| matches!(why, NotAnAsset::NotWeighed(_)));
    }
    let alternatives = vec![alternative("a reseller", "it takes the money itself")];
    asset.attribution = Some(Attribution { confidence: Confidence::High, alternatives });
    built.ok("ana", Role::Analyst, named(asset.clone()));
    built.resting("lee", Role::Lead, to(AssetState::Attributed), approval, 'b').unwrap();
    assert!(built.state.items[&id("item-1")].cited);
    // It is asked for as soon as it stands in a schedule, whatever is said of the asset itself.
    let asked_for = |built: &Built| {
        let progress = built.state.progress();
        let schedule = progress.iter().find(|own| own.step == Step::Schedule).unwrap();
        (schedule.done, schedule.of)
    };
    assert_eq!(asked_for(&built), (0, 1));
    let schedule = ScheduleRecord {
        version: 1,
        item: id("item-1"),
        sha256: hash('a'),
        assets: vec![(1, id("asset-1"))],
        made_at: at("2026-03-05T10:00:00Z"),
    };
    built.ok("lee", Role::Lead, Change::Record(Record::Schedule(schedule)));
    assert_eq!(asked_for(&built), (1, 1));
    // What somebody says does not verify it.
    for next in
        [AssetState::Scheduled, AssetState::Ordered, AssetState::Served, AssetState::Executed]
    {
        built.ok("ana", Role::Analyst, to(next));
    }
    assert!(matches!(
        built.refused("ana", Role::Analyst, to(AssetState::Verified)),
        Misfit::NotMeasured(_)
    ));
    asset.identifier = "other.example".to_owned();
    assert!(matches!(built.refused("ana", Role::Analyst, named(asset)), Misfit::Again { .. }));
}

/// A version of `D2`, whose rendering is `item-2` with the hash b.
fn document(version: u64, is_final: bool, profile: Option<Profile>, personal: bool) -> Change {
    Change::Record(Record::Document(DocumentRecord {
        id: id("D2"),
        version,
        model: id("item-1"),
        rendering: id("item-2"),
        sha256: hash('b'),
        is_final,
        personal_data: personal,
        cites: Vec::new(),
        profile,
        redactions: None,
        companions: Vec::new(),
        disclosure: None,
    }))
}

/// The first version of a referral, final, with something in its record.
fn referral(with: impl FnOnce(&mut DocumentRecord)) -> Change {
    let Change::Record(Record::Document(mut record)) =
        document(1, true, Some(Profile::LawEnforcement), false)
    else {
        unreachable!("a document is recorded")
    };
    with(&mut record);
    Change::Record(Record::Document(record))
}

/// A case with a model, a rendering, and an item of that class and privilege.
fn with_item(class: ContentClass, privilege: Privilege) -> Built {
    let mut built = Built::new();
    for (name, of) in [("item-1", 'a'), ("item-2", 'b'), ("item-3", 'c')] {
        let Change::Item(mut facts) = item(name, of) else { unreachable!("an item") };
        if name == "item-3" {
            (facts.class, facts.privilege) = (class, privilege);
        }
        built.ok("ana", Role::Analyst, Change::Item(facts));
    }
    built
}

fn handed_on(ground: Option<Ground>, profile: Profile) -> Disclosure {
    Disclosure {
        recipient: Recipient::LawEnforcementUs,
        ground,
        profile,
        passed: vec![id("item-3")],
        withheld: Vec::new(),
    }
}

#[test]
fn what_people_wrote_goes_to_no_authority_without_a_ground() {
    let mut built = with_item(ContentClass::Content, Privilege::None);
    let bare = handed_on(None, Profile::LawEnforcement);
    let forged = referral(|record| record.disclosure = Some(bare.clone()));
    assert_eq!(
        built.refused("ana", Role::Analyst, forged),
        Misfit::Withheld { item: id("item-3"), why: Withheld::NoGround }
    );
    // Said as it is, it stands; with a warrant, it goes.
    let asked = (Recipient::LawEnforcementUs, None, Profile::LawEnforcement);
    let said = built.state.disclosure(asked, [&id("item-3")]).unwrap();
    let withheld = WithheldItem { item: id("item-3"), why: Withheld::NoGround };
    assert_eq!((&said.passed[..], &said.withheld[..]), (&[][..], &[withheld][..]));
    built.ok("ana", Role::Analyst, referral(|record| record.disclosure = Some(said.clone())));
    let mut built = with_item(ContentClass::Content, Privilege::None);
    let warrant = handed_on(Some(Ground::Warrant), Profile::LawEnforcement);
    let other = Disclosure { profile: Profile::Partner, ..warrant.clone() };
    for wrong in [Disclosure { ground: Some(Ground::Warrant), ..said }, other] {
        let forged = referral(|record| record.disclosure = Some(wrong));
        assert!(matches!(built.refused("ana", Role::Analyst, forged), Misfit::Order(_)));
    }
    built.ok("ana", Role::Analyst, referral(|record| record.disclosure = Some(warrant)));
}

#[test]
fn what_is_privileged_passes_on_no_ground() {
    let mut built = with_item(ContentClass::Public, Privilege::WorkProduct);
    let warrant = handed_on(Some(Ground::Warrant), Profile::LawEnforcement);
    let forged = referral(|record| record.disclosure = Some(warrant));
    assert_eq!(
        built.refused("ana", Role::Analyst, forged),
        Misfit::Withheld { item: id("item-3"), why: Withheld::WorkProduct }
    );
}

#[test]
fn what_goes_with_a_document_is_an_item_and_goes_out_with_it_unchanged() {
    let file = |extension: &str, item: &str, of| CompanionRecord {
        extension: id(extension),
        item: id(item),
        sha256: hash(of),
    };
    let mut built = with_item(ContentClass::OwnRecord, Privilege::None);
    for wrong in [
        vec![file("html", "item-3", 'd')],
        vec![file("xarf.json", "item-3", 'c'), file("html", "item-1", 'a')],
        vec![file("html", "item-3", 'c'), file("html", "item-3", 'c')],
    ] {
        let forged = referral(|record| record.companions = wrong);
        assert!(matches!(built.refused("ana", Role::Analyst, forged), Misfit::Order(_)));
    }
    let with = vec![file("html", "item-3", 'c')];
    built.ok("ana", Role::Analyst, referral(|record| record.companions = with));
    built.proposed("proposal-1", Power::Release, 'b');
    let approval = built.approved("proposal-1", 'b');
    let release = |companions| Change::Release { document: id("D2"), version: 1, companions };
    for wrong in [vec![], vec![(id("html"), hash('d'))], vec![(id("htm"), hash('c'))]] {
        let refused = built.resting("lee", Role::Lead, release(wrong), approval, 'b');
        assert!(matches!(refused, Err(Misfit::Order(_))));
    }
    let right = release(vec![(id("html"), hash('c'))]);
    built.resting("lee", Role::Lead, right, approval, 'b').unwrap();
    assert_eq!(built.state.items[&id("item-3")].state, ItemState::Released);
}

#[test]
fn a_document_is_released_by_two_for_its_recipients_and_never_as_a_draft() {
    let mut built = Built::new();
    built.ok("ana", Role::Analyst, item("item-1", 'a'));
    built.ok("ana", Role::Analyst, item("item-2", 'b'));
    let public = Some(Profile::CourtPublic);
    let ahead = document(2, false, public, false);
    assert!(matches!(built.refused("ana", Role::Analyst, ahead), Misfit::Order(_)));
    built.ok("ana", Role::Analyst, document(1, false, public, false));
    built.ok("ana", Role::Analyst, document(2, true, public, false));
    built.ok("ana", Role::Analyst, document(3, true, None, false));
    built.ok("ana", Role::Analyst, document(4, true, Some(Profile::Internal), false));
    let release = |version| Change::Release { document: id("D2"), version, companions: Vec::new() };
    built.proposed("proposal-1", Power::Release, 'b');
    let approval = built.approved("proposal-1", 'b');
    for version in [1, 3, 4] {
        assert!(matches!(
            built.resting("lee", Role::Lead, release(version), approval, 'b'),
            Err(Misfit::Order(_))
        ));
    }
    assert!(matches!(built.refused("lee", Role::Lead, release(2)), Misfit::NeedsApproval(_)));
    built.resting("lee", Role::Lead, release(2), approval, 'b').unwrap();
    assert!(matches!(
        built.resting("lee", Role::Lead, release(2), approval, 'b'),
        Err(Misfit::Again { .. })
    ));
}

#[test]
fn a_document_that_tells_of_persons_takes_the_word_of_privacy_as_well() {
    let mut built = Built::new();
    built.ok("ana", Role::Analyst, item("item-1", 'a'));
    built.ok("ana", Role::Analyst, item("item-2", 'b'));
    built.ok("ana", Role::Analyst, document(1, true, Some(Profile::CourtSealed), true));
    // Who proposes says that nobody is in it, and is not believed.
    built.proposed("proposal-1", Power::Release, 'b');
    let release = Change::Release { document: id("D2"), version: 1, companions: Vec::new() };
    let approval = built.approved("proposal-1", 'b');
    assert!(matches!(
        built.resting("lee", Role::Lead, release.clone(), approval, 'b'),
        Err(Misfit::MissingApproval(_))
    ));
    let change = Change::Approve { proposal: id("proposal-1"), content_sha256: hash('b') };
    let approval = built.ok("pia", Role::Privacy, change);
    built.resting("lee", Role::Lead, release, approval, 'b').unwrap();
}

#[test]
fn a_list_of_the_case_is_its_item_and_stays() {
    let mut built = Built::new();
    built.ok("ana", Role::Analyst, item("item-1", 'a'));
    let list = |of| KeptList { item: id("item-1"), sha256: hash(of) };
    let deny = |of| Change::Record(Record::DenyList(list(of)));
    assert!(matches!(built.refused("ana", Role::Analyst, deny('b')), Misfit::Order(_)));
    assert!(matches!(built.refused("ada", Role::Admin, deny('a')), Misfit::Refusal(_)));
    built.ok("ana", Role::Analyst, deny('a'));
    built.ok("ana", Role::Analyst, Change::Record(Record::KeyTable(list('a'))));
    assert_eq!(built.state.deny_list, Some(list('a')));
    assert_eq!(built.state.key_tables, [list('a')]);
    assert!(built.state.items[&id("item-1")].cited);
}

#[test]
fn the_state_is_the_same_fold_over_the_same_entries() {
    let mut built = Built::new();
    let made = [
        built.made("ana", Role::Analyst, item("item-1", 'a')),
        built.made("kim", Role::Custodian, Change::Seal { items: vec![id("item-1")] }),
    ];
    for entry in &made {
        built.apply(entry).unwrap();
    }
    assert_eq!(built.state.items[&id("item-1")].state, ItemState::Sealed);
    let opened = Made {
        seq: 0,
        ..built.made("opener", Role::Admin, Change::Open { title: "t".to_owned() })
    };
    let misfit = CaseState::of([opened.clone(), Made { seq: 1, ..opened }]);
    assert!(matches!(misfit, Err((1, Misfit::Order(_)))));
}

#[test]
fn a_document_stands_as_far_as_its_approval_and_its_release() {
    let mut built = with_item(ContentClass::Public, Privilege::None);
    let standing = |built: &Built, version| {
        let record = &built.state.documents[&(id("D2"), version)];
        built.state.standing(record)
    };
    built.ok("ana", Role::Analyst, document(1, false, None, false));
    assert_eq!(standing(&built, 1), Standing::Draft);
    built.ok("ana", Role::Analyst, document(2, true, Some(Profile::CourtPublic), true));
    assert_eq!((standing(&built, 1), standing(&built, 2)), (Standing::Superseded, Standing::Final));
    let counted = |built: &Built, step: Step| {
        let progress = built.state.progress()[step as usize];
        (progress.step, progress.done, progress.of)
    };
    assert_eq!(counted(&built, Step::Exhibits), (Step::Exhibits, 1, 1));
    built.proposed("proposal-1", Power::Release, 'b');
    assert_eq!(standing(&built, 2), Standing::Waiting);
    built.approved("proposal-1", 'b');
    assert_eq!(standing(&built, 2), Standing::Waiting, "it tells of persons: privacy as well");
    assert_eq!(counted(&built, Step::Approvals), (Step::Approvals, 0, 1));
    let approve = Change::Approve { proposal: id("proposal-1"), content_sha256: hash('b') };
    let last = built.ok("pia", Role::Privacy, approve);
    assert_eq!(standing(&built, 2), Standing::Approved);
    let release = Change::Release { document: id("D2"), version: 2, companions: Vec::new() };
    built.resting("lee", Role::Lead, release, last, 'b').unwrap();
    assert_eq!(standing(&built, 2), Standing::Released);
    assert_eq!(counted(&built, Step::Approvals), (Step::Approvals, 1, 1));
    // Three items came in from outside, and none is under a seal; what was released of them is out as it is.
    assert_eq!(counted(&built, Step::Evidence), (Step::Evidence, 2, 3));
}
