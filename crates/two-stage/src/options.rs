//! The training options: one table says their names, defaults, ranges and meanings, and checked
//! options are the only ones that a training takes.

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use crate::{
    Error, ErrorKind, Result,
    network::{MOST_LAYERS, WIDEST_LAYER},
};

/// What stage 2 does with labels that attribution missed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Correction {
    /// The posterior of the current network, self-paced (the default).
    Posterior,
    /// A fixed threshold with a focal loss (Zhang et al. 2021), for comparison.
    Splc,
    /// The observed labels as they stand.
    None,
}

/// What becomes of a model whose rows cannot be learned from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnFailure {
    Error,
    /// The model is NULL, with a warning: other groups keep theirs.
    Null,
}

/// Checked options.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Options {
    pub missing_rate: Option<f64>,
    pub attribution_by: Option<String>,
    pub exposure_rate: Option<f64>,
    pub correction: Correction,
    pub hidden_layers: Vec<usize>,
    pub epochs: usize,
    pub learning_rate: f64,
    pub batch_size: usize,
    pub patience: usize,
    pub validation_fraction: f64,
    pub weight_decay: f64,
    /// None = it follows from the number of rows.
    pub ensemble: Option<u8>,
    pub distil: bool,
    pub on_failure: OnFailure,
    pub seed: u64,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            missing_rate: None,
            attribution_by: None,
            exposure_rate: None,
            correction: Correction::Posterior,
            hidden_layers: vec![64, 32],
            epochs: 40,
            learning_rate: 1e-3,
            batch_size: 256,
            patience: 6,
            validation_fraction: 0.15,
            weight_decay: 5e-3,
            ensemble: None,
            distil: true,
            on_failure: OnFailure::Error,
            seed: 0,
        }
    }
}

/// One line of `train_options()`, and how its value is read.
pub struct OptionInfo {
    pub name: &'static str,
    pub default: &'static str,
    pub range: &'static str,
    pub meaning: &'static str,
    /// Takes the value; None where it is not one of `range`.
    set: fn(&mut Options, &Json) -> Option<()>,
}

impl Correction {
    /// Epochs before the first one that can be validated, and that one.
    fn least_epochs(self) -> usize {
        match self {
            Self::Posterior => 10,
            Self::Splc => 2,
            Self::None => 1,
        }
    }
}

const TABLE: &[OptionInfo] = &[
    OptionInfo {
        name: "missing_rate",
        default: "estimated",
        range: "0 to 0.98",
        meaning: "share of campaign-driven customers that attribution recorded as organic",
        set: |o, v| put(&mut o.missing_rate, number(v, 0.0, 0.98).map(Some)),
    },
    OptionInfo {
        name: "attribution_by",
        default: "none",
        range: "the name of a feature with at most 32 distinct values",
        meaning: "estimate the missing rate within each value of this feature (without exposure)",
        set: |o, v| put(&mut o.attribution_by, v.as_str().map(|name| Some(name.to_owned()))),
    },
    OptionInfo {
        name: "exposure_rate",
        default: "the observed share of exposed rows",
        range: "0.02 to 0.98",
        meaning: "share of customers that were exposed to the campaign, where no propensity is given",
        set: |o, v| put(&mut o.exposure_rate, number(v, 0.02, 0.98).map(Some)),
    },
    OptionInfo {
        name: "correction",
        default: "posterior",
        range: "posterior, splc or none",
        meaning: "how stage 2 corrects labels: by its posterior, by a fixed threshold (Zhang et al. 2021), or not at all",
        set: |o, v| put(&mut o.correction, correction(v)),
    },
    OptionInfo {
        name: "hidden_layers",
        default: "[64, 32]",
        range: "an array of at most 4 sizes from 1 to 1024",
        meaning: "sizes of both networks' hidden layers; [] is a linear model",
        set: |o, v| put(&mut o.hidden_layers, layers(v)),
    },
    OptionInfo {
        name: "epochs",
        default: "40",
        range: "1 to 1000; at least 10 with correction = posterior, 2 with splc",
        meaning: "passes over the rows at most, for each stage",
        set: |o, v| put(&mut o.epochs, integer(v, 1, 1000).map(|n| n as usize)),
    },
    OptionInfo {
        name: "learning_rate",
        default: "0.001",
        range: "0.000001 to 1",
        meaning: "step size of Adam",
        set: |o, v| put(&mut o.learning_rate, number(v, 1e-6, 1.0)),
    },
    OptionInfo {
        name: "batch_size",
        default: "256",
        range: "1 to 65536",
        meaning: "rows in one gradient step",
        set: |o, v| put(&mut o.batch_size, integer(v, 1, 65_536).map(|n| n as usize)),
    },
    OptionInfo {
        name: "patience",
        default: "6",
        range: "1 to 1000",
        meaning: "epochs without a better validation loss before a stage stops",
        set: |o, v| put(&mut o.patience, integer(v, 1, 1000).map(|n| n as usize)),
    },
    OptionInfo {
        name: "validation_fraction",
        default: "0.15",
        range: "0.01 to 0.5",
        meaning: "share of the rows held out to choose the best epoch, by 50,000 of them at most",
        set: |o, v| put(&mut o.validation_fraction, number(v, 0.01, 0.5)),
    },
    OptionInfo {
        name: "weight_decay",
        default: "0.005",
        range: "0 to 1",
        meaning: "L2 penalty on the dense weights; the linear skip has a fifth of it, the correction of labels two fifths",
        set: |o, v| put(&mut o.weight_decay, number(v, 0.0, 1.0)),
    },
    OptionInfo {
        name: "ensemble",
        default: "5 below 50000 rows, else 1",
        range: "1 to 20",
        meaning: "networks of a committee, each with a fold of the rows held out: better figures, that many times the training",
        set: |o, v| put(&mut o.ensemble, integer(v, 1, 20).map(|n| Some(n as u8))),
    },
    OptionInfo {
        name: "distil",
        default: "true",
        range: "true or false",
        meaning: "fit one network to the committee, so that scoring costs no more than without one",
        set: |o, v| put(&mut o.distil, v.as_bool()),
    },
    OptionInfo {
        name: "on_failure",
        default: "error",
        range: "error or null",
        meaning: "whether rows that cannot be learned from are an error, or a NULL model and a warning",
        set: |o, v| put(&mut o.on_failure, on_failure(v)),
    },
    OptionInfo {
        name: "seed",
        default: "0",
        range: "0 to 9007199254740991",
        meaning: "start of every random choice: split, initial weights, shuffles, sampling",
        set: |o, v| put(&mut o.seed, integer(v, 0, (1 << 53) - 1)),
    },
];

/// Every option, as `train_options()` lists them.
pub fn table() -> &'static [OptionInfo] {
    TABLE
}

impl Options {
    /// Reads a JSON object; an unknown key or a value out of range is an error that says what is
    /// allowed, JSON null is the default.
    pub fn from_json(json: &str) -> Result<Self> {
        let parsed = serde_json::from_str(json);
        let Ok(Json::Object(given)) = parsed else {
            return Err(invalid("options must be a JSON object")
                .with_hint("Write them as '{\"seed\": 1}', or '{}' for the defaults."));
        };
        let mut options = Self::default();
        for (name, value) in &given {
            let info = TABLE.iter().find(|info| info.name == name).ok_or_else(|| {
                let names: Vec<_> = TABLE.iter().map(|info| info.name).collect();
                invalid(format!("unknown option \"{name}\""))
                    .with_hint(format!("Use one of {}.", names.join(", ")))
            })?;
            if !value.is_null() {
                (info.set)(&mut options, value).ok_or_else(|| {
                    invalid(format!("option \"{name}\" cannot be {value}"))
                        .with_hint(format!("Give {}.", info.range))
                })?;
            }
        }
        options.check_together()
    }

    /// Every option with its value, as `from_json` reads it.
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    fn check_together(self) -> Result<Self> {
        let least = self.correction.least_epochs();
        if self.epochs < least {
            return Err(invalid(format!(
                "option \"epochs\" is {}, but this correction needs at least {least}",
                self.epochs
            ))
            .with_hint(format!("Give {least} or more epochs, or correction = none.")));
        }
        Ok(self)
    }
}

fn invalid(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::InvalidParameter, message)
}

/// Sets an option to a value that is allowed.
fn put<T>(option: &mut T, value: Option<T>) -> Option<()> {
    *option = value?;
    Some(())
}

fn number(value: &Json, low: f64, high: f64) -> Option<f64> {
    value.as_f64().filter(|n| (low..=high).contains(n))
}

/// A whole number, also where JSON writes it as 1e3 or 5.0.
fn integer(value: &Json, low: u64, high: u64) -> Option<u64> {
    let whole = || value.as_f64().filter(|n| n.fract() == 0.0 && *n >= 0.0).map(|n| n as u64);
    value.as_u64().or_else(whole).filter(|n| (low..=high).contains(n))
}

fn layers(value: &Json) -> Option<Vec<usize>> {
    let sizes = value.as_array().filter(|sizes| sizes.len() <= MOST_LAYERS)?;
    sizes.iter().map(|size| integer(size, 1, WIDEST_LAYER as u64).map(|n| n as usize)).collect()
}

fn correction(value: &Json) -> Option<Correction> {
    match value.as_str()? {
        "posterior" => Some(Correction::Posterior),
        "splc" => Some(Correction::Splc),
        "none" => Some(Correction::None),
        _ => None,
    }
}

fn on_failure(value: &Json) -> Option<OnFailure> {
    match value.as_str()? {
        "error" => Some(OnFailure::Error),
        "null" => Some(OnFailure::Null),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_given_is_the_defaults() {
        assert_eq!(Options::from_json("{}").unwrap(), Options::default());
        assert_eq!(Options::from_json(r#"{"seed": null}"#).unwrap(), Options::default());
    }

    #[test]
    fn every_option_of_the_table_changes_the_options() {
        let given = [
            ("missing_rate", "0.4"),
            ("attribution_by", r#""app_user""#),
            ("exposure_rate", "0.5"),
            ("correction", r#""none""#),
            ("hidden_layers", "[8]"),
            ("epochs", "12"),
            ("learning_rate", "0.01"),
            ("batch_size", "64"),
            ("patience", "2"),
            ("validation_fraction", "0.3"),
            ("weight_decay", "0"),
            ("ensemble", "5"),
            ("distil", "false"),
            ("on_failure", r#""null""#),
            ("seed", "7"),
        ];
        assert_eq!(
            given.map(|(name, _)| name).to_vec(),
            names(),
            "a new option needs its line here"
        );
        for (name, value) in given {
            let options = Options::from_json(&format!("{{\"{name}\": {value}}}")).unwrap();
            assert_ne!(options, Options::default(), "{name}");
            assert_eq!(Options::from_json(&options.to_json()).unwrap(), options);
        }
    }

    fn names() -> Vec<&'static str> {
        table().iter().map(|info| info.name).collect()
    }

    #[test]
    fn what_is_not_allowed_says_what_is() {
        let refused = |json: &str| Options::from_json(json).unwrap_err();
        assert_eq!(refused("[]").message, "options must be a JSON object");
        let unknown = refused(r#"{"sed": 1}"#);
        assert_eq!(unknown.message, "unknown option \"sed\"");
        assert!(unknown.into_content().hint.unwrap().contains("on_failure, seed"));
        let range = refused(r#"{"missing_rate": 0.99}"#);
        assert_eq!(range.message, "option \"missing_rate\" cannot be 0.99");
        assert_eq!(range.into_content().hint.unwrap(), "Give 0 to 0.98.");
        assert!(refused(r#"{"epochs": 9}"#).message.contains("needs at least 10"));
        assert!(Options::from_json(r#"{"epochs": 9, "correction": "none"}"#).is_ok());
        for json in [
            r#"{"epochs": 10.5}"#,
            r#"{"seed": -1}"#,
            r#"{"hidden_layers": [0]}"#,
            r#"{"hidden_layers": [1,1,1,1,1]}"#,
            r#"{"correction": "maybe"}"#,
            r#"{"learning_rate": "fast"}"#,
        ] {
            assert_eq!(refused(json).kind, ErrorKind::InvalidParameter, "{json}");
        }
    }
}
