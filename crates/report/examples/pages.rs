//! Writes the page of a model of each kind into a directory, for scripts/test-report and for people to look at.
//!
//! Usage: `cargo run --release -p report --example pages -- DIRECTORY`

use std::{env, error::Error, fs, path::Path};

use report::Subject;
use two_stage::{
    codec::decode_model,
    column::{Column, Kind, Value},
    model::{Origin, TwoStageModel},
    options::Options,
    poll::Poll,
    sample::{Sample, Target},
    simulate::{FEATURES, Simulator},
    training::{Observer, Outcome, Progress, train},
};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// Golden models of the learning system, with a name for the page.
const GOLDEN: [(&str, &str); 6] = [
    ("simple", "newsletter"),
    ("put_off", "dog food"),
    ("no_effect", "summer sale"),
    ("no_effect_on_average", "loyalty points"),
    ("exposure_without_labels", "catalogue"),
    ("grouped_attribution", "push"),
];

/// A name that no page may run or break at. With three more bytes it has the 63 that PostgreSQL allows.
const HOSTILE: &str = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>😀";

struct Quiet;

impl Observer for Quiet {
    fn progress(&mut self, _: &Progress) {}
}

fn main() -> Result<()> {
    let directory = env::args().nth(1).ok_or("name a directory")?;
    let directory = Path::new(&directory);
    fs::create_dir_all(directory)?;
    let write = |file: &str, name: Option<&str>, model: &TwoStageModel| -> Result<()> {
        let page = report::page(&Subject { model, name, version: None }, Poll::NEVER)?;
        Ok(fs::write(directory.join(file).with_extension("html"), page)?)
    };
    for (kind, name) in GOLDEN {
        write(kind, Some(name), &golden(kind)?)?;
    }
    write("exposure", Some("spring"), &trained(20_000, 0, 0.6, &plain)?)?;
    write("one_feature", Some("one feature"), &trained(6_000, -1, 0.6, &plain)?)?;
    write("wide", None, &trained(3_000, 300, 0.6, &plain)?)?;
    let mut hostile = trained(3_000, 0, 0.6, &|place| format!("{place}{HOSTILE}"))?;
    hostile.add_warning(format!("feature \"{HOSTILE}\" is known only after the campaign"));
    write("hostile", Some(&format!("{HOSTILE}&é")), &hostile)
}

fn plain(place: usize) -> String {
    FEATURES.get(place).map_or_else(|| format!("extra_{place}"), |(name, _)| (*name).to_owned())
}

/// A golden model, which is stored as hexadecimal digits.
fn golden(kind: &str) -> Result<TwoStageModel> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../two-stage/golden").join(kind);
    let text = fs::read_to_string(path.with_extension("model"))?;
    let digits: Vec<u8> =
        text.chars().filter_map(|digit| digit.to_digit(16)).map(|digit| digit as u8).collect();
    let bytes: Vec<u8> = digits.chunks_exact(2).map(|pair| pair[0] << 4 | pair[1]).collect();
    Ok(decode_model(&bytes)?)
}

/// A model of simulated customers; `more` features of noise are added, or all but the first left out.
fn trained(
    rows: u64,
    more: i32,
    exposed: f64,
    name: &dyn Fn(usize) -> String,
) -> Result<TwoStageModel> {
    let options = Options::from_json(r#"{"ensemble": 2, "epochs": 12, "hidden_layers": [16]}"#)?;
    let known = if more < 0 { 1 } else { FEATURES.len() };
    let noise = usize::try_from(more).unwrap_or(0);
    let mut columns: Vec<Column> = (0..known + noise)
        .map(|place| Column {
            name: name(place),
            kind: FEATURES.get(place).map_or(Kind::Number, |(_, kind)| *kind),
        })
        .collect();
    columns.push(Column { name: name(known + noise), kind: Kind::Category });
    if more < 0 {
        columns.pop();
    }
    let mut sample = Sample::new(options.seed(), 256 << 20, Poll::NEVER);
    sample.set_columns(columns.clone(), false)?;
    let simulator = Simulator::new(0.4, exposed, 1)?;
    for index in 0..rows {
        let customer = simulator.customer(index);
        let shop = ["web", HOSTILE, "shop"][(index % 3) as usize];
        let values = customer.features[..known].iter().map(|&number| Value::number(number));
        let noise =
            (0..noise as u64).map(|place| Value::number(((index + 7) * (place + 3) % 101) as f64));
        let category = (more >= 0).then_some(Value::Category(shop));
        let target = Target {
            segment: Some(customer.observed),
            exposed: Some(customer.exposed),
            propensity: None,
            weight: None,
            customer: None,
        };
        sample.push(values.chain(noise).chain(category), target)?;
    }
    let Outcome::Model(mut model) = train(&mut sample, &options, &mut Quiet)? else {
        return Err("the rows teach nothing".into());
    };
    let types = columns.iter().map(|column| column.kind.name().to_owned()).collect();
    model.set_origin(Origin {
        version: env!("CARGO_PKG_VERSION").into(),
        types,
        roles: Vec::new(),
    });
    Ok(*model)
}
