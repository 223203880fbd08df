//! The training options: each is declared once, with its field, default, domain and meaning, and
//! only checked options exist.

mod domain;

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use crate::{Error, ErrorKind, Result, probability::COMPARABLE_EXPOSURE};
use domain::{Domain, FeatureName, Layers, Noted, OneOf, Optional, Real, Whole};

/// The treatment of labels that attribution missed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Correction {
    /// It corrects them by the posterior of the current network, self-paced (the default).
    Posterior,
    /// It corrects them by a fixed threshold with a focal loss (Zhang et al. 2021), for comparison.
    Splc,
    /// It leaves the observed labels as they are.
    None,
}

/// The outcome of a training whose rows teach nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnFailure {
    /// It is an error.
    Error,
    /// The model is NULL, with a warning, so that other groups keep theirs.
    Null,
}

/// The rule by which probabilities become a segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SegmentRule {
    /// Each segment has as many customers as its probabilities add up to (the default).
    ExpectedSize,
    /// The most probable segment is named.
    MostProbable,
    /// The segment is named whose probability is highest against the segment's mean.
    OverRepresented,
}

/// A propensity that the rows do not give.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Propensity {
    /// It is estimated from the features.
    Estimate,
}

/// A row of `train_options()`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OptionInfo {
    /// The key in JSON.
    pub name: &'static str,
    /// The default, in words.
    pub default: String,
    /// The valid values, in words.
    pub range: String,
    /// The meaning.
    pub meaning: &'static str,
}

/// Sets an option to a JSON value; the error is the sentence that tells the valid ones.
type Set = fn(&mut Options, &Json) -> std::result::Result<(), String>;

/// Declares the fields of [`Options`], their defaults, getters and descriptions. The order of the
/// fields is that of a partial state.
macro_rules! options {
    ($($name:ident: $type:ty = $default:expr, $domain:expr, $meaning:literal;)*) => {
        /// Checked options of a training.
        #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
        pub struct Options { $($name: $type,)* }

        impl Default for Options {
            fn default() -> Self {
                Self { $($name: $default,)* }
            }
        }

        impl Options {
            $(#[doc = concat!("Option `", stringify!($name), "`: ", $meaning, ".")]
            pub fn $name(&self) -> $type {
                self.$name.to_owned()
            })*
        }

        const SETTERS: &[(&str, Set)] = &[$((stringify!($name), |options, value| {
            options.$name = $domain.read(value).ok_or_else(|| Domain::<$type>::valid(&$domain))?;
            Ok(())
        })),*];

        /// Every option, as `train_options()` lists them.
        pub fn table() -> Vec<OptionInfo> {
            let defaults = Options::default();
            vec![$(OptionInfo {
                name: stringify!($name),
                default: $domain.show(&defaults.$name),
                range: Domain::<$type>::range(&$domain),
                meaning: $meaning,
            }),*]
        }
    };
}

options! {
    missing_rate: Option<f64> = None,
        Optional(Real(0.0, 0.98), "estimated"),
        "share of campaign-driven customers that attribution recorded as organic";
    attribution_by: Option<String> = None,
        Optional(FeatureName("the name of a feature with at most 32 distinct values"), "none"),
        "estimate the missing rate within each value of this feature (without exposure)";
    exposure_rate: Option<f64> = None,
        Optional(
            Real(*COMPARABLE_EXPOSURE.start(), *COMPARABLE_EXPOSURE.end()),
            "the observed share of exposed rows"
        ),
        "share of customers that were exposed to the campaign, where no propensity is given";
    correction: Correction = Correction::Posterior,
        OneOf(&[
            ("posterior", Correction::Posterior),
            ("splc", Correction::Splc),
            ("none", Correction::None),
        ]),
        "how stage 2 corrects labels: by its posterior, by a fixed threshold (Zhang et al. 2021), or not at all";
    hidden_layers: Vec<usize> = vec![64, 32],
        Layers,
        "sizes of both networks' hidden layers; [] is a linear model";
    epochs: usize = 40,
        Noted(Whole(1, 1000), "at least 10 with correction = posterior, 2 with splc"),
        "passes over the rows at most, for each stage";
    learning_rate: f64 = 1e-3,
        Real(1e-6, 1.0),
        "step size of Adam";
    batch_size: usize = 256,
        Whole(1, 65_536),
        "rows in one gradient step";
    patience: usize = 6,
        Whole(1, 1000),
        "epochs without a better validation loss before a stage stops";
    validation_fraction: f64 = 0.15,
        Real(0.01, 0.5),
        "share of the rows held out to choose the best epoch, by 50,000 of them at most";
    weight_decay: f64 = 5e-3,
        Real(0.0, 1.0),
        "L2 penalty on the dense weights; the linear skip has a fifth of it, the correction of labels two fifths";
    ensemble: Option<u8> = None,
        Optional(Whole(1, 20), "5 below 50000 rows, else 1"),
        "networks of a committee, each with a fold of the rows held out: better figures, that many times the training";
    distil: bool = true,
        OneOf(&[("true", true), ("false", false)]),
        "fit one network to the committee, so that scoring costs no more than without one";
    on_failure: OnFailure = OnFailure::Error,
        OneOf(&[("error", OnFailure::Error), ("null", OnFailure::Null)]),
        "whether rows that cannot be learned from are an error, or a NULL model and a warning";
    seed: u64 = 0,
        Whole(0, (1 << 53) - 1),
        "start of every random choice: split, initial weights, shuffles, sampling";
    segment_rule: SegmentRule = SegmentRule::ExpectedSize,
        OneOf(&[
            ("expected_size", SegmentRule::ExpectedSize),
            ("most_probable", SegmentRule::MostProbable),
            ("over_represented", SegmentRule::OverRepresented),
        ]),
        "how a customer's segment follows from the probabilities: so that each segment has its expected size, the most probable, or the most over-represented against the average customer";
    propensity: Option<Propensity> = None,
        Optional(OneOf(&[("estimate", Propensity::Estimate)]), "none"),
        "estimate each customer's chance of exposure from the features, where exposure was not random";
    customer: Option<String> = None,
        Optional(FeatureName("the name of a column, which is then no feature; f1, f2 and so on for arrays"), "each row is a customer of its own"),
        "whose row it is: a customer's rows are sampled, held out and counted together";
}

impl Correction {
    /// The fewest epochs: those before the first one that is validated, and that one.
    pub(crate) const fn min_epochs(self) -> usize {
        match self {
            Self::Posterior => 10,
            Self::Splc => 2,
            Self::None => 1,
        }
    }
}

impl Options {
    /// Reads a JSON object. JSON null stands for the default; an unknown key or a value out of range
    /// is an error that tells the valid ones.
    pub fn from_json(json: &str) -> Result<Self> {
        let parsed = serde_json::from_str(json);
        let Ok(Json::Object(given)) = parsed else {
            return Err(invalid("options must be a JSON object")
                .with_hint("Write them as '{\"seed\": 1}', or '{}' for the defaults."));
        };
        let mut options = Self::default();
        for (name, value) in given.iter().filter(|(_, value)| !value.is_null()) {
            let (_, set) = SETTERS.iter().find(|(known, _)| known == name).ok_or_else(|| {
                let names: Vec<_> = SETTERS.iter().map(|(name, _)| *name).collect();
                invalid(format!("unknown option \"{name}\""))
                    .with_hint(format!("Use one of {}.", names.join(", ")))
            })?;
            set(&mut options, value).map_err(|valid| not_valid(name, value).with_detail(valid))?;
        }
        options.check_together()
    }

    /// Reads the options that a model stores, without those of a newer version.
    pub(crate) fn from_stored_json(json: &str) -> Result<Self> {
        let mut stored: serde_json::Map<String, Json> =
            serde_json::from_str(json).map_err(|_| invalid("options are not a JSON object"))?;
        stored.retain(|name, _| SETTERS.iter().any(|(known, _)| known == name));
        Self::from_json(&Json::Object(stored).to_string())
    }

    /// Every option with its value, as [`Options::from_json`] reads it.
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Refuses other options than these: all rows of a model are trained with the same.
    pub fn require_same(&self, other: &Self) -> Result<()> {
        if self == other {
            return Ok(());
        }
        Err(invalid("options differ between the rows of one model")
            .with_hint("Pass the same options for all rows, such as a constant."))
    }

    fn check_together(self) -> Result<Self> {
        if self.propensity.is_some() && self.exposure_rate.is_some() {
            return Err(invalid(
                "option \"propensity\" is estimate, but \"exposure_rate\" is given",
            )
            .with_hint("Leave out one of the two options."));
        }
        let least = self.correction.min_epochs();
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

/// The error for a value that is not one of the option's, in the words of PostgreSQL's reloptions.
fn not_valid(name: &str, value: &Json) -> Error {
    invalid(match value {
        Json::Number(number) => format!("value {number} is out of bounds for option \"{name}\""),
        other => format!("invalid value for option \"{name}\": {other}"),
    })
}

fn invalid(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::InvalidParameter, message)
}

#[cfg(test)]
mod tests;
