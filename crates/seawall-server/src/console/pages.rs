//! Which pages are there? One file each; [`super::routes`] says who sees them.

use std::sync::Arc;

use super::{Console, Trouble, access::guard::Visitor, act::Act, live::News, state::State};

pub(super) mod account;
pub(super) mod actions;
pub(super) mod actors;
pub(super) mod campaign;
pub(super) mod campaigns;
pub(super) mod case;
pub(super) mod cases;
mod files;
pub(super) mod intel;
pub(super) mod join;
pub(super) mod login;
pub(super) mod overview;
pub(super) mod policies;
pub(super) mod queue;
pub(super) mod search;
pub(super) mod settings;

/// Decides what somebody does from the state of that moment, keeps it, and waits until it is on the disk.
async fn act<T: Send + 'static>(
    console: &Arc<Console>,
    by: &str,
    decide: impl FnOnce(&State, i64) -> Result<(Vec<Act>, T), Trouble> + Send + 'static,
) -> Result<T, Trouble> {
    let (console, by) = (Arc::clone(console), by.to_owned());
    let done = tokio::task::spawn_blocking(move || {
        let mut news = Vec::new();
        let told = console.book.act(&by, |state, now| {
            let (acts, told) = decide(state, now)?;
            news.extend(acts.iter().filter_map(|act| match act {
                Act::Reviewed(entry) => Some(News::Review(entry.campaign.clone())),
                Act::Acted(entry) => Some(News::Action(entry.action.clone())),
                _ => None,
            }));
            Ok::<_, Trouble>((acts, told))
        })?;
        for own in news {
            console.tell(own);
        }
        Ok(told)
    });
    done.await.map_err(|_| Trouble::Broken("it was given up".to_owned()))?
}

/// Does what takes long away from the threads that answer.
async fn away<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Trouble> + Send + 'static,
) -> Result<T, Trouble> {
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|_| Trouble::Broken("it was given up".to_owned()))?
}

/// A file of a run that cannot be read.
fn unreadable(_: seawall_engine::output::Error) -> Trouble {
    Trouble::Broken("the files of the run cannot be read".to_owned())
}

/// Name of somebody, for others.
fn person(state: &State, id: &str) -> String {
    state.people.by_id(id).map_or_else(|| id.to_owned(), |person| person.name.clone())
}

/// An address of this console to go back to; the overview where it is none.
fn back(given: &str, usual: &str) -> String {
    let ours = given.starts_with('/')
        && !given.starts_with("//")
        && given.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    if ours { given.to_owned() } else { usual.to_owned() }
}

/// A visitor's word, cut to a length.
fn words(text: &str, characters_max: usize) -> String {
    text.trim().chars().take(characters_max).collect()
}

/// The id of whoever asks.
fn who(visitor: &Visitor) -> String {
    visitor.person.id.clone()
}
