//! From events to accounts: the first reading of the input.

use seawall_core::{
    campaign::review::Reviews,
    event::{Event, EventType, Reject, Time},
    selector::{
        Activity, ActivityStep, Derive, Deriver, KindId, KindSet, Lists, account_hash, value_hash,
    },
};

use crate::{
    Error,
    accounts::{
        AccountTable, Accounts, Batch, Budget, Details, Observation, Pieces, SECONDS_1990, Settled,
        Values,
    },
    places::Places,
    read::{Progress, ReadSummary, Sink, Source, Spare, read, read_on},
    resume::Resume,
    spill::Block,
};

/// What the user knows beyond the log.
#[derive(Debug, Default)]
pub struct Knowledge {
    /// Throw-away mail domains, rented networks, known hubs.
    pub lists: Lists,
    /// Countries and networks of addresses.
    pub places: Places,
    /// What people said of campaigns of earlier runs.
    pub reviews: Reviews,
}

/// What the events of a piece of the input say.
pub(crate) struct Extract<'a> {
    knowledge: &'a Knowledge,
    settled: &'a Settled,
    deriver: Deriver,
    batch: Batch,
    values: Vec<Option<Values>>,
}

impl Sink for Extract<'_> {
    fn event(&mut self, event: &Event<'_>) {
        let event = &self.knowledge.places.complete(event);
        let seconds = (event.time.seconds() - SECONDS_1990) as u32;
        let step = match event.event_type {
            EventType::Login => 1,
            _ => value_hash(2, event.action.unwrap_or_default()),
        };
        let account = account_hash(event.account);
        let signup = event.event_type == EventType::Signup;
        let wanted =
            if signup { KindSet::ALL } else { KindSet::ALL.without(self.settled.kinds(account)) };
        let Self { batch, deriver, .. } = self;
        let (event_type, trusted) = (event.event_type, event.trusted);
        batch.push(Observation { account, seconds, event_type, trusted, step });
        deriver.derive_wanted(event, &self.knowledge.lists, wanted, |kind, value| {
            batch.push_value(kind, value);
        });
        if signup {
            self.settled.note(account, batch.last_kinds());
        }
    }

    fn end(&mut self) {
        self.values = self.batch.take_values();
    }
}

impl Extract<'_> {
    /// Folds what was taken in into the accounts, and is empty again; how many events that were.
    pub(crate) fn add_to(&mut self, table: &mut AccountTable) -> Result<u64, Error> {
        self.add_with(table, None)
    }

    fn add_with(
        &mut self,
        table: &mut AccountTable,
        blocks: Option<&[Block]>,
    ) -> Result<u64, Error> {
        let events = self.batch.observations().len() as u64;
        table.add(self.batch.observations(), std::mem::take(&mut self.values), blocks)?;
        self.batch.clear();
        Ok(events)
    }
}

/// Extracts for all pieces of an input: those that have been emptied are filled again.
pub(crate) struct Extracts<'a> {
    knowledge: &'a Knowledge,
    settled: Settled,
    spare: Spare<Emptied>,
}

/// What an extract keeps for the next piece.
type Emptied = (Deriver, Batch);

impl<'a> Extracts<'a> {
    pub(crate) fn new(knowledge: &'a Knowledge) -> Self {
        Self { knowledge, settled: Settled::default(), spare: Spare::default() }
    }

    /// One with nothing in it.
    pub(crate) fn take(&self) -> Extract<'_> {
        let (deriver, batch) = self.spare.take().unwrap_or_default();
        let Self { knowledge, settled, .. } = self;
        Extract { knowledge, settled, deriver, batch, values: Vec::new() }
    }

    /// Takes back one that has been emptied.
    pub(crate) fn put(&self, extract: Extract<'_>) {
        self.spare.put((extract.deriver, extract.batch));
    }
}

/// What was read of all accounts.
pub(crate) struct Ingested {
    pub(crate) accounts: Accounts,
    pub(crate) details: Details,
    /// What the events said of them.
    pub(crate) pieces: Pieces,
    /// For each kind that looks at all that an account did, the hash of each account's value, 0 where absent.
    pub(crate) activity: Vec<(KindId, Vec<u64>)>,
    pub(crate) summary: ReadSummary,
}

impl Ingested {
    /// Ends the folding.
    pub(crate) fn new(table: AccountTable, summary: ReadSummary) -> Self {
        let (accounts, details, pieces) = table.finish();
        let activity = derive_activity(&accounts, &details);
        Self { accounts, details, pieces, activity, summary }
    }
}

/// Reads all events into accounts, from where `resume` has it that an earlier reading stopped. `reject` gets what could
/// not be taken, in the order of the input.
pub(crate) fn ingest(
    source: &Source,
    knowledge: &Knowledge,
    budget: Budget,
    threads: usize,
    resume: Option<&mut Resume>,
    reject: &mut dyn FnMut(Reject),
    progress: &mut dyn FnMut(Progress),
) -> Result<Ingested, Error> {
    let spill_bytes = budget.spill_bytes;
    let mut table = AccountTable::new(budget);
    let Some(resume) = resume else {
        let summary = read_into(&mut table, source, knowledge, threads, reject, progress)?;
        return Ok(Ingested::new(table, summary));
    };
    let mut log = resume.log(source, spill_bytes)?;
    let earlier = log.take_up(&mut table, reject, progress)?;
    resume.note(&log);
    let extracts = Extracts::new(knowledge);
    let summary = read_on(
        source,
        threads,
        earlier,
        &|| extracts.take(),
        &mut |mut sink, told| {
            let blocks = log.add(&told, sink.batch.observations(), &sink.values)?;
            sink.add_with(&mut table, Some(&blocks))?;
            extracts.put(sink);
            told.rejects.into_iter().for_each(&mut *reject);
            Ok(())
        },
        progress,
    )?;
    drop(extracts);
    table.lie_in(log.finish()?);
    Ok(Ingested::new(table, summary))
}

/// Folds all events into a table.
pub(crate) fn read_into(
    table: &mut AccountTable,
    source: &Source,
    knowledge: &Knowledge,
    threads: usize,
    reject: &mut dyn FnMut(Reject),
    progress: &mut dyn FnMut(Progress),
) -> Result<ReadSummary, Error> {
    let extracts = Extracts::new(knowledge);
    read(
        source,
        threads,
        &|| extracts.take(),
        &mut |mut sink, rejects| {
            sink.add_to(table)?;
            extracts.put(sink);
            rejects.into_iter().for_each(&mut *reject);
            Ok(())
        },
        progress,
    )
}

fn time(seconds: u32) -> Time {
    Time::from_milliseconds((i64::from(seconds) + SECONDS_1990) * 1000)
        .expect("it was accepted within 1990 to 2100 when read")
}

/// Calls back with what each of these accounts did over the whole input; details are of them alone, in their order.
pub(crate) fn for_each_activity(
    accounts: &Accounts,
    rows: impl Iterator<Item = usize>,
    details: &Details,
    mut each: impl FnMut(usize, &Activity<'_>),
) {
    let input_has_activity = accounts.deeds > 0;
    let mut first_steps: Vec<ActivityStep> = Vec::new();
    let mut steps = details.steps.iter().peekable();
    for (at, row) in rows.enumerate() {
        first_steps.clear();
        while let Some(step) = steps.next_if(|step| step.row as usize == at) {
            first_steps.push(ActivityStep { time: time(step.seconds), action_hash: step.value });
        }
        let signup = accounts.signed_up.has(row);
        let activity = Activity {
            signup: signup.then(|| time(details.signup_at[at])),
            first_seen: time(accounts.first_seen[row]),
            last_seen: time(details.last_seen[at]),
            input_end: time(accounts.last_seen),
            input_has_activity,
            logins: details.logins[at],
            actions: details.actions[at],
            active_days: details.active_days[at].count_ones(),
            first_steps: &first_steps,
        };
        each(row, &activity);
    }
}

/// The values of kinds that look at all that an account did.
fn derive_activity(accounts: &Accounts, details: &Details) -> Vec<(KindId, Vec<u64>)> {
    let rows = accounts.len();
    let mut deriver = Deriver::new();
    let mut found: Vec<(KindId, Vec<u64>)> = KindId::all()
        .filter(|kind| matches!(kind.kind().derive, Derive::Activity(_)))
        .map(|kind| (kind, vec![0; rows]))
        .collect();
    for_each_activity(accounts, 0..rows, details, |row, activity| {
        deriver.derive_activity(activity, |kind, value| {
            if let Some((_, values)) = found.iter_mut().find(|entry| entry.0 == kind) {
                values[row] = value;
            }
        });
    });
    found
}
