//! The required sections: what a score, a segment or a corrected label depends on.

use super::{
    encoder::Encoder,
    features::{Column, Features},
    networks::{CorrectionNetwork, LabelCorrection, LabelFrequency, Network, Segmentation},
    rules::{Intent, Offsets},
    sections::{Section, Sections, append},
    uplift::Uplift,
};
use crate::{Result, model::ScoringModel};

/// The tags of the required sections.
pub(super) const TAGS: [u16; 7] = [
    Features::TAG,
    Encoder::TAG,
    Segmentation::TAG,
    LabelCorrection::TAG,
    Intent::TAG,
    Offsets::TAG,
    Uplift::TAG,
];

/// Appends the required sections, in the order of their tags.
pub(super) fn write(model: &ScoringModel, body: &mut Vec<u8>) -> Result<()> {
    let columns = model.columns.iter().map(Column::from).collect();
    append(&Features { positional: model.positional, columns }, body)?;
    append(&Encoder::from(&model.encoder), body)?;
    let networks = model.segmentation.iter().cloned().map(Network::from).collect();
    append(&Segmentation { networks }, body)?;
    let networks = model.correction.iter().map(CorrectionNetwork::from).collect();
    let label_frequency = model.label_frequency.as_ref().map(LabelFrequency::from);
    let by_threshold = model.corrects_by_threshold;
    append(&LabelCorrection { networks, label_frequency, by_threshold }, body)?;
    append(&Intent::from(model.intent), body)?;
    append(&Offsets::from(&model.offsets), body)?;
    match &model.uplift {
        Some(uplift) => append(&Uplift::from(uplift), body),
        None => Ok(()),
    }
}

/// Decodes the required sections; the result is still to be checked.
pub(super) fn read(sections: &Sections) -> Result<ScoringModel> {
    let Features { positional, columns } = sections.require()?;
    let Segmentation { networks } = sections.require()?;
    let correction: LabelCorrection = sections.require()?;
    Ok(ScoringModel {
        columns: columns.into_iter().map(Into::into).collect(),
        positional,
        encoder: sections.require::<Encoder>()?.into(),
        segmentation: networks.into_iter().map(Into::into).collect(),
        correction: correction.networks.into_iter().map(Into::into).collect(),
        label_frequency: correction.label_frequency.map(Into::into),
        corrects_by_threshold: correction.by_threshold,
        intent: sections.require::<Intent>()?.into(),
        offsets: sections.require::<Offsets>()?.into(),
        uplift: sections.get::<Uplift>()?.map(Into::into),
    })
}
