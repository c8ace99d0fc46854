//! What does each record do to the case?

use super::{CaseAsset, CaseState, Made, Misfit, apply::may};
use crate::case::{
    Record,
    asset::{self, Asset, Observation},
    people::Power,
    record::{
        AssetChange, Disclosure, DocumentRecord, FigureRecord, KeptList, ScheduleRecord,
        StageChange,
    },
    state::{AssetState, CaseStage, Machine as _, Needs, step},
};

impl CaseState {
    pub(super) fn take_record(&mut self, made: &Made, record: &Record) -> Result<(), Misfit> {
        match record {
            Record::Profile(profile) => {
                // Who opens the case says what it is, before there is anybody in it.
                if !self.is_new() {
                    may(made, Power::Prepare)?;
                    self.person(&profile.responsible)?;
                }
                self.profile = Some(profile.clone());
            }
            Record::Stage(change) => self.advance(made, *change)?,
            Record::Person(person) => {
                if !self.is_new() {
                    may(made, Power::ManagePeople)?;
                }
                self.people.insert(person.id.clone(), person.clone());
            }
            Record::Asset(asset) => self.name_asset(made, asset)?,
            Record::AssetState(change) => self.advance_asset(made, change)?,
            Record::Observation(observation) => self.observe(made, observation)?,
            Record::Dataset(dataset) => {
                may(made, Power::AddEvidence)?;
                if self.datasets.contains_key(&dataset.id) {
                    return Err(Misfit::Again { what: "dataset", id: dataset.id.to_string() });
                }
                for item in dataset.files.iter().chain([&dataset.manifest, &dataset.salt_key]) {
                    self.item(item)?;
                }
                self.datasets.insert(dataset.id.clone(), dataset.clone());
            }
            Record::Run(run) => {
                may(made, Power::AddEvidence)?;
                if self.runs.contains_key(&run.id) {
                    return Err(Misfit::Again { what: "run", id: run.id.to_string() });
                }
                for item in run.inputs.iter().chain(&run.outputs).chain([&run.manifest]) {
                    self.item(item)?;
                }
                self.runs.insert(run.id.clone(), run.clone());
            }
            Record::Figure(figure) => self.state_figure(made, figure)?,
            Record::Document(document) => self.write(made, document)?,
            Record::Schedule(schedule) => self.schedule(made, schedule)?,
            Record::Deadline(deadline) => {
                may(made, Power::AddEvidence)?;
                self.person(&deadline.owner)?;
                self.deadlines.insert(deadline.id.clone(), deadline.clone());
            }
            Record::Ground(ground) => {
                may(made, Power::Prepare)?;
                self.ground.clone_from(ground);
            }
            Record::DenyList(list) => {
                may(made, Power::AddEvidence)?;
                self.keep(list)?;
                self.deny_list = Some(list.clone());
            }
            Record::KeyTable(list) => {
                may(made, Power::Prepare)?;
                self.keep(list)?;
                self.key_tables.push(list.clone());
            }
        }
        Ok(())
    }

    /// A list holds as long as its item does: it is cited, so that it stays.
    fn keep(&mut self, list: &KeptList) -> Result<(), Misfit> {
        if self.item(&list.item)?.facts.sha256 != list.sha256 {
            return Err(Misfit::Order("the list has another hash than its item"));
        }
        self.cite(std::slice::from_ref(&list.item))
    }

    fn advance(&mut self, made: &Made, change: StageChange) -> Result<(), Misfit> {
        match step(self.stage(), change.to)? {
            Needs::Nothing => may(made, Power::Prepare)?,
            _ => self.two(made, Power::Advance)?,
        }
        self.stage = Some(change.to);
        self.closed_at = (change.to == CaseStage::Closed).then_some(made.at);
        Ok(())
    }

    fn name_asset(&mut self, made: &Made, asset: &Asset) -> Result<(), Misfit> {
        may(made, Power::AddEvidence)?;
        // What is written down is in its one form already.
        if asset.clone().checked()? != *asset {
            return Err(Misfit::Order("the identifier of the asset is not in its one form"));
        }
        let shown: Vec<_> =
            asset.used_by_operation.iter().map(|shown| shown.item.clone()).collect();
        self.cite(&shown)?;
        if let Some(before) = &asset.successor_of {
            self.asset(before)?;
        }
        match self.assets.get_mut(&asset.id) {
            Some(known) if known.asset.identifier != asset.identifier => {
                return Err(Misfit::Again { what: "asset", id: asset.id.to_string() });
            }
            Some(known) => known.asset = asset.clone(),
            None => {
                let known =
                    CaseAsset { asset: asset.clone(), state: AssetState::START, verified_by: None };
                self.assets.insert(asset.id.clone(), known);
            }
        }
        Ok(())
    }

    fn advance_asset(&mut self, made: &Made, change: &AssetChange) -> Result<(), Misfit> {
        let known = self.asset(&change.asset)?.clone();
        if let Some(item) = &change.item {
            self.cite(std::slice::from_ref(item))?;
        }
        let mut verified_by = known.verified_by.clone();
        match step(known.state, change.to)? {
            Needs::Nothing => may(made, Power::AddEvidence)?,
            Needs::SecondPerson => {
                if change.to == AssetState::Attributed {
                    known.asset.attributable()?;
                }
                self.two(made, Power::Attribute)?;
            }
            Needs::Measurement => {
                may(made, Power::AddEvidence)?;
                let wanted = known.asset.end_state.clone().unwrap_or_default();
                let seen = self.observations_of(&change.asset);
                verified_by = Some(asset::verified(&wanted, &seen)?);
            }
        }
        if let Some(known) = self.assets.get_mut(&change.asset) {
            known.state = change.to;
            known.verified_by = verified_by;
        }
        Ok(())
    }

    fn observe(&mut self, made: &Made, observation: &Observation) -> Result<(), Misfit> {
        may(made, Power::AddEvidence)?;
        self.asset(&observation.asset)?;
        let item = self.item(&observation.item)?;
        if item.facts.sha256 != observation.raw_sha256 {
            return Err(Misfit::Order("the observation is of other bytes than its item"));
        }
        if observation.at > made.at {
            return Err(Misfit::Order("the observation lies in the future"));
        }
        self.observations.push(observation.clone());
        Ok(())
    }

    fn state_figure(&mut self, made: &Made, figure: &FigureRecord) -> Result<(), Misfit> {
        may(made, Power::Prepare)?;
        self.item(&figure.item)?;
        if let Some(before) = self.figures.get(&figure.id)
            && before.state != figure.state
        {
            step(before.state, figure.state)?;
        }
        let mut rests_on = vec![figure.item.clone()];
        for query in &figure.queries {
            rests_on.extend(std::iter::once(query.item.clone()).chain(query.aggregate.clone()));
        }
        self.cite(&rests_on)?;
        self.figures.insert(figure.id.clone(), figure.clone());
        Ok(())
    }

    fn write(&mut self, made: &Made, document: &DocumentRecord) -> Result<(), Misfit> {
        may(made, Power::Prepare)?;
        let rendering = self.item(&document.rendering)?;
        if rendering.facts.sha256 != document.sha256 {
            return Err(Misfit::Order("the document has another hash than its rendering"));
        }
        self.item(&document.model)?;
        if let Some(redactions) = &document.redactions {
            self.cite(std::slice::from_ref(redactions))?;
        }
        let next = self.latest_document(&document.id).map_or(1, |latest| latest.version + 1);
        if document.version != next {
            return Err(Misfit::Order("versions of a document count from 1, one by one"));
        }
        self.cite(&document.cites)?;
        self.companions(document)?;
        if let Some(disclosure) = &document.disclosure {
            self.disclose(disclosure, document)?;
        }
        self.documents.insert((document.id.clone(), document.version), document.clone());
        Ok(())
    }

    /// The files that go with a document are items of the case, each with a name of its own.
    fn companions(&mut self, document: &DocumentRecord) -> Result<(), Misfit> {
        let companions = &document.companions;
        if !companions.is_sorted_by(|one, next| one.extension < next.extension) {
            return Err(Misfit::Order("files that go with a document are sorted by their names"));
        }
        for companion in companions {
            if self.item(&companion.item)?.facts.sha256 != companion.sha256 {
                return Err(Misfit::Order(
                    "a file that goes with the document has another hash than its item",
                ));
            }
            self.cite(std::slice::from_ref(&companion.item))?;
        }
        Ok(())
    }

    /// What is said to have passed the disclosure gate did, and what is withheld does not, for that reason: the gate
    /// is asked again, by whoever reads the log.
    fn disclose(&self, said: &Disclosure, document: &DocumentRecord) -> Result<(), Misfit> {
        if document.profile.is_some_and(|profile| profile != said.profile) {
            return Err(Misfit::Order(
                "the gate was asked for another profile than the document's",
            ));
        }
        let asked = (said.recipient, said.ground, said.profile);
        let items = said.passed.iter().chain(said.withheld.iter().map(|withheld| &withheld.item));
        let found = self.disclosure(asked, items)?;
        if let Some(withheld) = found.withheld.iter().find(|it| said.passed.contains(&it.item)) {
            return Err(Misfit::Withheld { item: withheld.item.clone(), why: withheld.why });
        }
        if found != *said {
            return Err(Misfit::Order("the disclosure gate says otherwise"));
        }
        Ok(())
    }

    fn schedule(&mut self, made: &Made, schedule: &ScheduleRecord) -> Result<(), Misfit> {
        may(made, Power::Prepare)?;
        self.item(&schedule.item)?;
        if schedule.version != self.schedules.len() as u64 + 1 {
            return Err(Misfit::Order("versions of a schedule count from 1, one by one"));
        }
        for (_, id) in &schedule.assets {
            let state = self.asset(id)?.state;
            if matches!(
                state,
                AssetState::Identified | AssetState::OutOfReach | AssetState::WithdrawnInError
            ) {
                return Err(Misfit::Order(
                    "only what was attributed to the operation is asked for",
                ));
            }
        }
        self.cite(std::slice::from_ref(&schedule.item))?;
        self.schedules.push(schedule.clone());
        Ok(())
    }
}
