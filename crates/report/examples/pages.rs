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
    let all = Table { simulated: FEATURES.len(), noise: 0, has_shop: false, name: &plain };
    write("exposure", Some("spring"), &all.model(20_000)?)?;
    write("one_feature", Some("one feature"), &Table { simulated: 1, ..all }.model(6_000)?)?;
    write("wide", None, &Table { noise: 300, ..all }.model(3_000)?)?;
    let hostile = Table { has_shop: true, name: &|place| format!("{place}{HOSTILE}"), ..all };
    let mut hostile = hostile.model(3_000)?;
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

/// Customers with features of the simulation, features of noise, and perhaps a shop.
struct Table<'n> {
    simulated: usize,
    noise: usize,
    has_shop: bool,
    name: &'n dyn Fn(usize) -> String,
}

impl Table<'_> {
    fn columns(&self) -> Vec<Column> {
        let kinds = FEATURES[..self.simulated].iter().map(|(_, kind)| *kind);
        let noise = std::iter::repeat_n(Kind::Number, self.noise);
        let kinds = kinds.chain(noise).chain(self.has_shop.then_some(Kind::Category));
        kinds.enumerate().map(|(place, kind)| Column { name: (self.name)(place), kind }).collect()
    }

    fn sample(&self, rows: u64) -> Result<Sample> {
        let mut sample = Sample::new(0, 256 << 20, Poll::NEVER);
        sample.set_columns(self.columns(), false)?;
        let simulator = Simulator::new(0.4, 0.6, 1)?;
        for index in 0..rows {
            let customer = simulator.customer(index);
            let simulated = customer.features[..self.simulated].iter().copied();
            let noise =
                (0..self.noise as u64).map(|place| ((index + 7) * (place + 3) % 101) as f64);
            let shop = ["web", HOSTILE, "shop"][(index % 3) as usize];
            let shop = self.has_shop.then_some(Value::Category(shop));
            let target = Target {
                segment: Some(customer.observed),
                exposed: Some(customer.exposed),
                propensity: None,
                weight: None,
                customer: None,
            };
            sample.push(simulated.chain(noise).map(Value::number).chain(shop), target)?;
        }
        Ok(sample)
    }

    fn model(&self, rows: u64) -> Result<TwoStageModel> {
        let options =
            Options::from_json(r#"{"ensemble": 2, "epochs": 12, "hidden_layers": [16]}"#)?;
        let Outcome::Model(mut model) = train(&mut self.sample(rows)?, &options, &mut Quiet)?
        else {
            return Err("the rows teach nothing".into());
        };
        let types = self.columns().iter().map(|column| column.kind.name().to_owned()).collect();
        let version = env!("CARGO_PKG_VERSION").to_owned();
        model.set_origin(Origin { version, types, roles: Vec::new() });
        Ok(*model)
    }
}
