//! Which paths are there, and what must one be allowed to see them? The one table.

use std::sync::Arc;

use axum::routing::{MethodRouter, get, post};

use super::{Console, access::capability::Capability, assets, live, pages};

/// What one must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needs {
    /// Anybody at all.
    Nobody,
    /// Somebody who is signed in.
    Person,
    /// Somebody whose roles have a capability.
    Capability(Capability),
}

/// A path with a method. `{id}` stands for an id.
#[derive(Clone, Copy, Debug)]
pub struct Route {
    /// `GET` or `POST`.
    pub method: &'static str,
    /// As axum writes it.
    pub path: &'static str,
    /// What one must be.
    pub needs: Needs,
    /// Who answers.
    pub(super) handler: fn() -> MethodRouter<Arc<Console>>,
}

macro_rules! route {
    ($method:ident $path:literal, $needs:expr, $handler:path) => {
        Route {
            method: stringify!($method),
            path: $path,
            needs: $needs,
            handler: || route!(@$method $handler),
        }
    };
    (@GET $handler:path) => { get($handler) };
    (@POST $handler:path) => { post($handler) };
}

/// All of them.
pub fn routes() -> Vec<Route> {
    [entrance(), findings(), knowledge(), settings()].concat()
}

/// Getting in, and what is on every page.
fn entrance() -> Vec<Route> {
    use Capability::Look;
    use Needs::{Capability as May, Nobody, Person};
    vec![
        route!(GET "/assets/{name}", Nobody, assets::file),
        route!(GET "/login", Nobody, pages::login::form),
        route!(POST "/login", Nobody, pages::login::sign_in),
        route!(GET "/login/openid", Nobody, pages::login::openid::begin),
        route!(GET "/login/openid/back", Nobody, pages::login::openid::back),
        route!(POST "/login/passkey", Nobody, pages::login::passkey::sign_in),
        route!(POST "/login/passkey/options", Nobody, pages::login::passkey::options),
        route!(GET "/join/{secret}", Nobody, pages::join::form),
        route!(POST "/join/{secret}", Nobody, pages::join::join),
        route!(POST "/logout", Person, pages::login::sign_out),
        route!(GET "/live", May(Look), live::stream),
        route!(GET "/", May(Look), pages::overview::page),
        route!(GET "/search", May(Look), pages::search::page),
    ]
}

/// What a detection found, and what people decide and do about it.
fn findings() -> Vec<Route> {
    use Capability::{Disrupt, Export, Label, Look, Reveal, Review};
    use Needs::Capability as May;
    vec![
        route!(GET "/campaigns", May(Look), pages::campaigns::page),
        route!(GET "/campaigns/{id}", May(Look), pages::campaign::page),
        route!(GET "/campaigns/{id}/accounts.csv", May(Export), pages::campaign::files::accounts),
        route!(GET "/campaigns/{id}/act", May(Disrupt), pages::campaign::act::page),
        route!(POST "/campaigns/{id}/act", May(Disrupt), pages::campaign::act::propose),
        route!(GET "/campaigns/{id}/{file}", May(Look), pages::campaign::files::file),
        route!(POST "/campaigns/{id}/decision", May(Review), pages::campaign::acts::decide),
        route!(POST "/campaigns/{id}/merge", May(Review), pages::campaign::acts::merge),
        route!(POST "/campaigns/{id}/split", May(Review), pages::campaign::acts::split),
        route!(POST "/campaigns/{id}/name", May(Label), pages::campaign::acts::name),
        route!(POST "/campaigns/{id}/note", May(Label), pages::campaign::acts::note),
        route!(POST "/campaigns/{id}/member", May(Label), pages::campaign::acts::member),
        route!(POST "/campaigns/{id}/undo", May(Label), pages::campaign::acts::undo),
        route!(POST "/campaigns/{id}/reveal", May(Reveal), pages::campaign::acts::reveal),
        route!(GET "/accounts", May(Look), pages::account::list),
        route!(GET "/accounts/{id}", May(Look), pages::account::page),
        route!(GET "/accounts/{id}/{file}", May(Look), pages::account::file),
        route!(GET "/queue", May(Label), pages::queue::page),
        route!(GET "/queue/reviews.ndjson", May(Export), pages::queue::export),
        route!(POST "/queue/next", May(Review), pages::queue::next),
        route!(POST "/queue/skip/{id}", May(Review), pages::queue::skip),
        route!(POST "/queue/bulk", May(Review), pages::queue::bulk),
        route!(GET "/actions", May(Look), pages::actions::list),
        route!(GET "/actions/{id}", May(Look), pages::actions::page::page),
        route!(GET "/actions/{id}/accounts.csv", May(Export), pages::actions::page::csv),
        route!(POST "/actions/{id}/{step}", May(Disrupt), pages::actions::steps::take),
    ]
}

/// What is known of operations, what is done against them, and how signups are decided.
fn knowledge() -> Vec<Route> {
    use Capability::{Cases, ChangeCases, Look};
    use Needs::Capability as May;
    vec![
        route!(GET "/actors", May(Look), pages::actors::list),
        route!(GET "/actors/{id}", May(Look), pages::actors::page),
        route!(GET "/actors/{id}/{file}", May(Look), pages::actors::file),
        route!(GET "/cases", May(Cases), pages::cases::list),
        route!(POST "/cases", May(ChangeCases), pages::cases::open),
        route!(GET "/cases.csv", May(Cases), pages::cases::csv),
        route!(GET "/cases/{id}", May(Cases), pages::case::page),
        route!(GET "/cases/{id}/{file}", May(Cases), pages::case::files::file),
        route!(POST "/cases/{id}/verify", May(Cases), pages::case::acts::verify),
        route!(POST "/cases/{id}/look", May(Cases), pages::case::acts::look),
        route!(POST "/cases/{id}/propose", May(ChangeCases), pages::case::acts::propose),
        route!(POST "/cases/{id}/approve", May(ChangeCases), pages::case::acts::approve),
        route!(GET "/cases/{id}/sign/{proposal}", May(ChangeCases), pages::case::acts::to_sign),
        route!(POST "/cases/{id}/bundles", May(ChangeCases), pages::case::bundles::export),
        route!(GET "/cases/{id}/bundles/{bundle}", May(ChangeCases), pages::case::bundles::take),
        route!(GET "/intel", May(Look), pages::intel::page),
        route!(POST "/intel/search", May(Look), pages::intel::look),
        route!(GET "/policies", May(Look), pages::policies::page),
        route!(GET "/policies/decisions/{id}", May(Look), pages::policies::decision::page),
        route!(POST "/policies/replay", May(Look), pages::policies::try_draft),
    ]
}

/// People, tokens and the audit log.
fn settings() -> Vec<Route> {
    use Capability::{Audit, People};
    use Needs::{Capability as May, Person};
    vec![
        route!(GET "/settings", Person, pages::settings::page),
        route!(GET "/settings/own-tokens", Person, pages::settings::own::page),
        route!(POST "/settings/own-tokens", Person, pages::settings::own::make),
        route!(POST "/settings/own-tokens/revoke", Person, pages::settings::own::revoke_own),
        route!(GET "/settings/passkeys", Person, pages::settings::passkeys::page),
        route!(POST "/settings/passkeys", Person, pages::settings::passkeys::add),
        route!(POST "/settings/passkeys/options", Person, pages::settings::passkeys::options),
        route!(POST "/settings/passkeys/remove", Person, pages::settings::passkeys::remove),
        route!(GET "/settings/people", May(People), pages::settings::people::page),
        route!(POST "/settings/people", May(People), pages::settings::people::invite),
        route!(POST "/settings/people/{id}/roles", May(People), pages::settings::people::roles),
        route!(POST "/settings/people/{id}/disable", May(People), pages::settings::people::disable),
        route!(POST "/settings/people/{id}/enable", May(People), pages::settings::people::enable),
        route!(POST "/settings/people/{id}/invite", May(People), pages::settings::people::invite_again),
        route!(POST "/settings/people/{id}/tokens/revoke", May(People), pages::settings::own::revoke_of),
        route!(POST "/settings/people/{id}/case-name", May(People), pages::settings::people::case_name),
        route!(GET "/settings/tokens", May(People), pages::settings::tokens::page),
        route!(POST "/settings/tokens", May(People), pages::settings::tokens::make),
        route!(POST "/settings/tokens/revoke", May(People), pages::settings::tokens::revoke),
        route!(GET "/settings/audit", May(Audit), pages::settings::audit::page),
        route!(POST "/settings/audit/verify", May(Audit), pages::settings::audit::verify),
    ]
}
