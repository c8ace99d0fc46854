//! How fast does a server answer? A server and nothing else, to be measured from outside.
//!
//! `cargo run --release -p seawall-server --example serve -- DATA ADDRESS THREADS [SNAPSHOT [ENTRIES [KAFKA]]]`: makes a token, prints it,
//! serves. `ENTRIES` are those between two checkpoints, `KAFKA` is a file of settings. A `-` is none.
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
        return Err("DATA ADDRESS THREADS [SNAPSHOT [ENTRIES [KAFKA]]]".into());
    };
    let data = PathBuf::from(data);
    let token = Tokens::open(&data)?.add(&data, "bench", &Scope::ALL)?;
    let console = console::Options {
        data: data.clone(),
        runs: data.join("runs"),
        url: None,
        actions: None,
        openid: None,
        models: false,
        cases: None,
        fresh: console::FRESH,
    };
    let options = ServeOptions {
        listen: address.parse()?,
        service: Options {
            data,
            snapshot: rest.first().filter(|word| *word != "-").map(PathBuf::from),
            checkpoint_every: rest
                .get(1)
                .filter(|word| *word != "-")
                .map(|entries| entries.parse())
                .transpose()?,
            ..Options::default()
        },
        threads: threads.parse()?,
        taxii: true,
        console: Some(console),
        #[cfg(feature = "kafka")]
        kafka: rest
            .get(2)
            .map(|path| seawall_server::kafka::Settings::read(path.as_ref()))
            .transpose()?,
    };
    serve(&options, &mut |_, _| {}, &mut |address, started, link| {
        println!("{token} {address} {started:?} {}", link.unwrap_or("-"));
    })?;
    Ok(())
}
