//! How fast does a server answer? A server and nothing else, to be measured from outside.
//!
//! `cargo run --release -p seawall-server --example serve -- DATA ADDRESS THREADS [SNAPSHOT [ENTRIES [KAFKA [ACTIONS]]]]`: makes a token, prints it,
//! serves. `ENTRIES` are those between two checkpoints, `KAFKA` and `ACTIONS` are files of settings. A `-` is none.
#![expect(clippy::print_stdout, reason = "the token is what it is for")]

use std::{env, error::Error, path::PathBuf};

use seawall_server::{
    ServeOptions,
    access::{Scope, Tokens},
    console, serve,
    service::Options,
};

fn main() -> Result<(), Box<dyn Error>> {
    let words: Vec<String> = env::args().skip(1).collect();
    let [data, address, threads, rest @ ..] = words.as_slice() else {
        return Err("DATA ADDRESS THREADS [SNAPSHOT [ENTRIES [KAFKA [ACTIONS]]]]".into());
    };
    let data = PathBuf::from(data);
    let token = Tokens::open(&data)?.add(&data, "bench", &Scope::ALL)?;
    let word = |number: usize| rest.get(number).filter(|word| *word != "-");
    let actions = word(3).map(|path| console::actions::Settings::read(path.as_ref()));
    let console = console::Options {
        data: data.clone(),
        runs: data.join("runs"),
        url: None,
        actions: actions.transpose()?,
        openid: None,
        models: false,
        cases: None,
        fresh: console::FRESH,
    };
    let options = ServeOptions {
        listen: address.parse()?,
        service: Options {
            data,
            snapshot: word(0).map(PathBuf::from),
            checkpoint_every: word(1).map(|entries| entries.parse()).transpose()?,
            ..Options::default()
        },
        threads: threads.parse()?,
        taxii: true,
        console: Some(console),
        #[cfg(feature = "kafka")]
        kafka: word(2)
            .map(|path| seawall_server::kafka::Settings::read(path.as_ref()))
            .transpose()?,
    };
    serve(&options, &mut |_, _| {}, &mut |address, started, link| {
        println!("{token} {address} {started:?} {}", link.unwrap_or("-"));
    })?;
    Ok(())
}
