//! May each role see exactly what it should, on every route?

use seawall_core::campaign::findings::fixture;
use seawall_server::console::{
    access::capability::{Capability, Role},
    routes::{Needs, Route, routes},
};

use super::{
    desk::{Browser, Desk, Page},
    kept_cases::ID,
};

/// An address of a route, with things that there are.
fn address(route: &Route, campaign: &str) -> String {
    let path = route.path.replace("{file}", "graph.csv").replace("{name}", "none");
    let path = path.replace("{secret}", "none").replace("{step}", "start");
    let path = path.replace("{proposal}", "proposal-1").replace("{bundle}", "7.tar");
    if path.starts_with("/cases") {
        path.replace("{id}", ID)
    } else if path.starts_with("/settings") {
        path.replace("{id}", "p-none")
    } else {
        path.replace("{id}", campaign)
    }
}

fn ask(browser: &Browser, route: &Route, campaign: &str) -> Page {
    let address = address(route, campaign);
    match route.method {
        "GET" => browser.get(&address),
        _ => browser.post(&address, &[]),
    }
}

#[test]
fn every_role_gets_what_its_capabilities_say_and_nothing_else() {
    let findings = fixture::findings();
    let campaign = findings.campaigns[0].campaign.clone();
    let desk = Desk::start(&findings);
    let first = desk.first();
    let mut all = routes();
    // Whoever signs out sees nothing any more.
    all.sort_by_key(|route| route.path == "/logout");
    for role in Role::ALL {
        let browser = desk.person(&first, role.as_str(), &[role.as_str()]);
        for route in &all {
            let page = ask(&browser, route, &campaign);
            let allowed = match route.needs {
                Needs::Nobody | Needs::Person => true,
                Needs::Capability(own) => role.capabilities().contains(&own),
            };
            let told = format!("{} {} as {role:?}: {}", route.method, route.path, page.status);
            assert_eq!(page.status != 403, allowed, "{told}");
            assert_ne!(page.status, 401, "{told}");
            assert!(page.status < 500, "{told}\n{}", page.text);
        }
    }
}

#[test]
fn who_is_not_signed_in_is_sent_to_sign_in() {
    let findings = fixture::findings();
    let campaign = findings.campaigns[0].campaign.clone();
    let desk = Desk::start(&findings);
    let nobody = desk.browser();
    let mut forged = desk.browser();
    forged.cookie = "seawall=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA".to_owned();
    for route in routes() {
        for browser in [&nobody, &forged] {
            let page = ask(browser, &route, &campaign);
            let told = format!("{} {}: {}", route.method, route.path, page.status);
            if route.needs == Needs::Nobody {
                assert!(!page.header("location").starts_with("/login?"), "{told}");
            } else {
                assert_eq!(page.status, 303, "{told}");
                assert!(page.header("location").starts_with("/login?next="), "{told}");
            }
        }
    }
}

#[test]
fn nobody_needs_a_right_that_no_role_gives() {
    for route in routes() {
        if let Needs::Capability(needed) = route.needs {
            let given = |role: &Role| role.capabilities().contains(&needed);
            assert!(Role::ALL.iter().any(given), "{}", route.path);
        }
    }
    // Those who manage people decide nothing, and those who audit change nothing.
    for role in [Role::Admin, Role::Auditor] {
        for changes in
            [Capability::Label, Capability::Review, Capability::Disrupt, Capability::Policies]
        {
            assert!(!role.capabilities().contains(&changes), "{role:?}");
        }
    }
}
