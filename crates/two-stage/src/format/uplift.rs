//! The sections of the signed uplift: the networks that a score needs, and the findings.

use serde::{Deserialize, Serialize};

use super::{
    frozen::{frozen_enum, frozen_struct},
    networks::Network,
    sections::Section,
};
use crate::model;

/// The uplift networks, in a model whose score needs them.
#[derive(Serialize, Deserialize)]
pub(super) struct Uplift {
    networks: Vec<Network>,
    slope: SignedSlope,
    role: UpliftRole,
    puts_off: bool,
}

impl Section for Uplift {
    const TAG: u16 = 7;
    const REQUIRED: bool = true;
}

frozen_struct! {
    SignedSlope of model::SignedSlope {
        exposed_share: f64, shift: f64, intercept: f64, slope: f64, center: f64, ratio: f64, error: f64,
    }
}

frozen_enum! { UpliftRole of model::UpliftRole { Half, Alone, PutOffOnly } }

/// The findings of the uplift networks, in a model that had any.
#[derive(Serialize, Deserialize)]
pub(super) struct UpliftFindings {
    slope: SignedSlope,
    put_off_ratio: Option<f64>,
    puts_off: bool,
    rows_put_off: f64,
    intent_slope: Option<Slope>,
}

impl Section for UpliftFindings {
    const TAG: u16 = 109;
    const REQUIRED: bool = false;
}

frozen_struct! { Slope of model::Slope { intercept: f64, slope: f64, center: f64, ratio: f64 } }

impl From<&model::UpliftNetworks> for Uplift {
    fn from(uplift: &model::UpliftNetworks) -> Self {
        Self {
            networks: uplift.networks.iter().cloned().map(Network::from).collect(),
            slope: (&uplift.slope).into(),
            role: uplift.role.into(),
            puts_off: uplift.puts_off,
        }
    }
}

impl From<Uplift> for model::UpliftNetworks {
    fn from(uplift: Uplift) -> Self {
        Self {
            networks: uplift.networks.into_iter().map(Into::into).collect(),
            slope: uplift.slope.into(),
            role: uplift.role.into(),
            puts_off: uplift.puts_off,
        }
    }
}

impl From<&model::UpliftFindings> for UpliftFindings {
    fn from(findings: &model::UpliftFindings) -> Self {
        Self {
            slope: (&findings.slope).into(),
            put_off_ratio: findings.put_off_ratio,
            puts_off: findings.puts_off,
            rows_put_off: findings.rows_put_off,
            intent_slope: findings.intent_slope.as_ref().map(Into::into),
        }
    }
}

impl From<UpliftFindings> for model::UpliftFindings {
    fn from(findings: UpliftFindings) -> Self {
        Self {
            slope: findings.slope.into(),
            put_off_ratio: findings.put_off_ratio,
            puts_off: findings.puts_off,
            rows_put_off: findings.rows_put_off,
            intent_slope: findings.intent_slope.map(Into::into),
        }
    }
}
