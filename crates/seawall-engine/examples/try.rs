//! Scratch.
use seawall_core::selector::Lists;
use seawall_engine::{detect::*, read::Source};
use std::collections::*;
fn main() {
    let args: Vec<String> = std::env::args().collect();
    let truth: HashMap<String, (bool, String, String)> = std::fs::read_to_string(&args[2])
        .unwrap()
        .lines()
        .skip(1)
        .map(|l| {
            let f: Vec<&str> = l.split(',').collect();
            (f[0].to_owned(), (f[1] == "1", f[2].to_owned(), f[4].to_owned()))
        })
        .collect();
    let source = Source::open(&[args[1].clone()], None).unwrap();
    let mut lists = Lists::default();
    if let Some(l) = args.get(3) {
        for f in l.split(':') {
            let t = std::fs::read_to_string(f).unwrap();
            let n = f.rsplit('/').next().unwrap();
            let _ = lists.add(n, &t);
        }
    }
    let t = std::time::Instant::now();
    let mut last = (String::new(), 0.0);
    let d = detect(
        &source,
        &DetectOptions { report_bits: 4.0, threads: 2, reveal: true, lists },
        &mut |_| (),
        &mut |s| {
            let s = match s {
                Step::Reading(_) => "reading".to_owned(),
                Step::Stage(s) => s.to_owned(),
            };
            if s != last.0 {
                let now = t.elapsed().as_secs_f64();
                eprintln!("  {} took {:.2}", last.0, now - last.1);
                last = (s, now);
            }
        },
    )
    .unwrap();
    eprintln!(
        "  {} took {:.2}; total {:.2}",
        last.0,
        t.elapsed().as_secs_f64() - last.1,
        t.elapsed().as_secs_f64()
    );
    println!(
        "{:?} {} accounts {} signups",
        d.findings.run.mode, d.findings.run.accounts, d.findings.run.signups
    );
    println!("{}", d.findings.run.mode_reason);
    let verbose = std::env::var("V").is_ok();
    let mut of: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for m in &d.members {
        of.entry(&m.campaign).or_default().push(&m.account);
    }
    let show = |c: &seawall_core::campaign::findings::Campaign, members: Option<&Vec<&str>>| {
        let mut kinds: BTreeMap<String, u32> = BTreeMap::new();
        if let Some(m) = members {
            for a in m {
                let t = &truth[*a];
                *kinds
                    .entry(if t.0 { format!("{}:{}", t.2, t.1) } else { t.2.clone() })
                    .or_default() += 1;
            }
        } else {
            for s in &c.sample {
                if let Some(t) = truth.get(&s.account) {
                    *kinds.entry(t.2.clone()).or_default() += 1;
                }
            }
        }
        println!(
            "{} n={} bits={:.1} of {:.1} q={:.3} | {} | {:?}",
            c.name,
            c.accounts,
            c.bits,
            c.bits_unexcused,
            c.decoy_q,
            c.families
                .iter()
                .map(|f| format!("{}{}:{:.1}", if f.excused { "~" } else { "" }, f.kind, f.bits))
                .collect::<Vec<_>>()
                .join(" "),
            kinds
        );
        println!("     best: {}", c.explanations[0].name);
    };
    for c in &d.findings.campaigns {
        show(c, of.get(c.campaign.as_str()));
        if verbose {
            for f in &c.families {
                println!("       {}", f.statement);
            }
            for s in c.selectors.iter().take(8) {
                println!(
                    "         {} {} members {} accounts {} peers {}/{} bits {:.1}",
                    s.kind, s.value, s.members, s.accounts, s.peers, s.peers_total, s.bits
                );
            }
        }
    }
    println!("--- excused");
    for c in d.findings.excused.iter().take(25) {
        show(c, None);
        if verbose {
            for f in &c.families {
                println!("       {}", f.statement);
            }
        }
    }
    for b in &d.findings.run.decoys {
        println!("decoy {:?}", b);
    }
    if verbose {
        for k in &d.findings.run.kinds {
            println!(
                "{:20} accounts {} shared {} hot {}",
                k.kind, k.accounts, k.values_shared, k.values_hot
            );
        }
    }
    let flagged: HashSet<&str> = d.members.iter().map(|m| m.account.as_str()).collect();
    let (mut tp, mut fp) = (0, 0);
    let mut per: BTreeMap<&str, (u32, u32)> = BTreeMap::new();
    for (a, t) in &truth {
        let f = flagged.contains(a.as_str());
        let e = per.entry(&t.2).or_default();
        e.0 += 1;
        e.1 += u32::from(f);
        if f {
            if t.0 { tp += 1 } else { fp += 1 }
        }
    }
    let pos = truth.values().filter(|t| t.0).count();
    println!(
        "precision {:.5} recall {:.4} fp {} of {}",
        f64::from(tp) / f64::from((tp + fp).max(1)),
        f64::from(tp) / pos as f64,
        fp,
        truth.len() - pos
    );
    for (k, (n, f)) in per {
        println!("  {k:16} {f}/{n} {:.3}", f64::from(f) / f64::from(n));
    }
}
