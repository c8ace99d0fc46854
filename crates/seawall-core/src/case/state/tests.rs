//! Are the machines sound, and do refusals tell what is allowed?

use super::*;

/// Every state can be reached, no arrow stands twice, names differ.
fn sound<S: Machine>() {
    let mut reached = vec![S::START];
    let mut at = 0;
    while let Some(state) = reached.get(at).copied() {
        for arrow in S::ARROWS.iter().filter(|arrow| arrow.from == state) {
            if !reached.contains(&arrow.to) {
                reached.push(arrow.to);
            }
        }
        at += 1;
    }
    for state in S::ALL {
        assert!(reached.contains(state), "{}: {} is out of reach", S::NOUN, state.name());
    }
    for (index, arrow) in S::ARROWS.iter().enumerate() {
        assert!(arrow.from != arrow.to);
        let again = S::ARROWS[index + 1..]
            .iter()
            .any(|other| (other.from, other.to) == (arrow.from, arrow.to));
        assert!(!again, "{} -> {} stands twice", arrow.from.name(), arrow.to.name());
    }
    let mut names: Vec<_> = S::ALL.iter().map(|state| state.name()).collect();
    names.sort_unstable();
    assert!(names.windows(2).all(|pair| pair[0] != pair[1]));
}

#[test]
fn machines_are_sound() {
    sound::<CaseStage>();
    sound::<ItemState>();
    sound::<FigureState>();
    sound::<ExhibitState>();
    sound::<DocumentState>();
    sound::<AssetState>();
    sound::<ActionState>();
    sound::<HoldState>();
}

#[test]
fn only_a_measurement_verifies_an_asset() {
    let into: Vec<_> =
        AssetState::ARROWS.iter().filter(|arrow| arrow.to == AssetState::Verified).collect();
    assert_eq!(into.len(), 1);
    assert_eq!((into[0].from, into[0].needs), (AssetState::Executed, Needs::Measurement));
}

/// What goes out, destroys, names or gives back takes two.
#[test]
fn grave_steps_take_two() {
    fn all_of<S: Machine>(to: &[S]) {
        for arrow in S::ARROWS.iter().filter(|arrow| to.contains(&arrow.to)) {
            assert_eq!(arrow.needs, Needs::SecondPerson, "{:?} -> {:?}", arrow.from, arrow.to);
        }
    }
    all_of(&[CaseStage::Approved, CaseStage::Closed, CaseStage::Reopened]);
    all_of(&[ItemState::Released, ItemState::Disposed]);
    all_of(&[DocumentState::Approved]);
    all_of(&[ExhibitState::Reviewed, ExhibitState::Released]);
    all_of(&[AssetState::Attributed, AssetState::Returned, AssetState::WithdrawnInError]);
    all_of(&[ActionState::Approved]);
    all_of(&[HoldState::Released]);
}

#[test]
fn a_refusal_says_what_is_allowed() {
    assert_eq!(step(CaseStage::Draft, CaseStage::Investigating), Ok(Needs::Nothing));
    assert_eq!(
        step(CaseStage::Draft, CaseStage::Filed).unwrap_err().to_string(),
        "the case is draft: it cannot become filed\nhint: next may be investigating"
    );
    assert_eq!(
        step(ItemState::Disposed, ItemState::Sealed).unwrap_err().to_string(),
        "the item is disposed: it cannot become sealed\nhint: nothing follows on that"
    );
}
