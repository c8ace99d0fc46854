//! What does the report look like? Prints that of the fixture: `cargo run -p seawall-documents
//! --example fixture_report [many NUMBER | hostile] > report.html`.
#![expect(clippy::print_stdout, reason = "an example for the terminal")]

use seawall_core::campaign::findings::fixture;

fn main() {
    let mut arguments = std::env::args().skip(1);
    let findings = match arguments.next().as_deref() {
        Some("many") => {
            let number = arguments.next().and_then(|text| text.parse().ok()).unwrap_or(240);
            fixture::many(number)
        }
        Some("hostile") => fixture::hostile(
            &"</td></table><script>alert(1)</script><img src=x onerror=alert(1)>\u{202e}gnp.exe\u{0} ".repeat(64),
        ),
        _ => fixture::findings(),
    };
    println!("{}", seawall_documents::report_html(&findings));
}
