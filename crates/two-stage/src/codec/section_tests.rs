//! The sections of a model's body: unknown optional ones are skipped, everything else that is not as it
//! should be is refused.

use super::{
    tests::{model_bytes, sealed},
    *,
};
use crate::{column::Value, scorer::Scorer};

/// A section: tag, flags, bytes.
type Raw = (u16, u16, Vec<u8>);

const REQUIRED: u16 = 1;

fn sections(bytes: &[u8]) -> Vec<Raw> {
    let mut rest = &bytes[HEADER..];
    let mut sections = Vec::new();
    while let Some((head, behind)) = rest.split_first_chunk::<8>() {
        let number = |at: usize| u16::from_le_bytes([head[at], head[at + 1]]);
        let length = u32::from_le_bytes([head[4], head[5], head[6], head[7]]) as usize;
        sections.push((number(0), number(2), behind[..length].to_vec()));
        rest = &behind[length..];
    }
    sections
}

fn joined(sections: &[Raw]) -> Vec<u8> {
    let mut bytes = model_bytes()[..HEADER].to_vec();
    for (tag, flags, content) in sections {
        bytes.extend(tag.to_le_bytes());
        bytes.extend(flags.to_le_bytes());
        bytes.extend((content.len() as u32).to_le_bytes());
        bytes.extend(content);
    }
    sealed(bytes)
}

/// The model of the tests, with sections that `change` changed.
fn changed(change: impl FnOnce(&mut Vec<Raw>)) -> Vec<u8> {
    let mut sections = sections(&model_bytes());
    change(&mut sections);
    joined(&sections)
}

fn scores(model: ScoringModel) -> Vec<[f64; 3]> {
    let mut scorer = Scorer::new(model);
    let customers = [(3.0, "web"), (120.0, "shop"), (-7.0, "elsewhere")];
    let score = |(age, channel)| {
        let values = [Value::Number(age), Value::Category(channel)];
        let score = scorer.score(values.into_iter()).unwrap();
        [score.low_engagement, score.organic, score.campaign_driven]
    };
    customers.map(score).to_vec()
}

fn refusal(bytes: &[u8]) -> String {
    let message = decode_scoring(bytes).unwrap_err().into_content().message;
    assert_eq!(check_model(bytes).unwrap_err().message, message);
    assert_eq!(decode_model(bytes).unwrap_err().message, message);
    message
}

#[test]
fn a_model_is_its_sections() {
    assert_eq!(changed(|_| ()), model_bytes());
}

#[test]
fn an_unknown_optional_section_is_skipped() {
    let known = model_bytes();
    for tag in [0, 99, 40_000] {
        let newer = changed(|sections| {
            sections.push((tag, 0, vec![0xff; 7]));
            sections.sort();
        });
        assert!(newer.len() > known.len());
        check_model(&newer).unwrap();
        assert_eq!(decode_model(&newer).unwrap(), decode_model(&known).unwrap());
        let [newer, known] = [&newer, &known].map(|bytes| scores(decode_scoring(bytes).unwrap()));
        assert_eq!(newer, known);
    }
}

#[test]
fn an_unknown_required_section_needs_a_newer_version() {
    for tag in [0, 99, 40_000] {
        let newer = changed(|sections| {
            sections.push((tag, REQUIRED, Vec::new()));
            sections.sort();
        });
        let error = decode_scoring(&newer).unwrap_err();
        assert_eq!(error.kind, ErrorKind::TooNew);
        assert_eq!(error.hint.as_deref(), Some("Update the extension."));
        let expected = format!(
            "the model needs a newer pg_intent: this version does not know its section {tag}"
        );
        assert_eq!(refusal(&newer), expected);
    }
}

#[test]
fn scoring_reads_required_sections_alone() {
    let expected = scores(decode_scoring(&model_bytes()).unwrap());
    let bare = changed(|sections| sections.retain(|(_, flags, _)| *flags == REQUIRED));
    assert!(bare.len() < model_bytes().len());
    check_model(&bare).unwrap();
    assert_eq!(scores(decode_scoring(&bare).unwrap()), expected);
    assert!(decode_model(&bare).unwrap_err().message.contains("it has no section 101"));

    let damaged = changed(|sections| {
        let optional = sections.iter_mut().filter(|(_, flags, _)| *flags == 0);
        optional.for_each(|(_, _, content)| content.iter_mut().for_each(|byte| *byte = 0xff));
    });
    assert_eq!(scores(decode_scoring(&damaged).unwrap()), expected);
    check_model(&damaged).unwrap_err();
    decode_model(&damaged).unwrap_err();
}

#[test]
fn every_required_section_is_needed() {
    let required = sections(&model_bytes()).into_iter().filter(|(_, flags, _)| *flags == REQUIRED);
    for (tag, ..) in required {
        let without = changed(|sections| sections.retain(|section| section.0 != tag));
        assert_eq!(refusal(&without), format!("invalid model: it has no section {tag}"));
        let optional = changed(|sections| {
            sections.iter_mut().filter(|section| section.0 == tag).for_each(|s| s.1 = 0);
        });
        assert!(refusal(&optional).contains(&format!("flags of its section {tag} are wrong")));
    }
}

#[test]
fn sections_that_are_not_in_order_are_refused() {
    let twice = changed(|sections| sections.insert(0, sections[0].clone()));
    assert!(refusal(&twice).contains("its section 1 stands behind section 1"));
    let swapped = changed(|sections| sections.swap(0, 1));
    assert!(refusal(&swapped).contains("its section 1 stands behind section 2"));
}

#[test]
fn other_flags_and_lengths_are_refused() {
    let flags = changed(|sections| sections[2].1 = 3);
    assert!(refusal(&flags).contains("the flags of its section 3 are 3"));
    let left_over = changed(|sections| sections[0].2.extend([0; 5]));
    assert!(refusal(&left_over).contains("5 bytes are left over"));
    let mut too_long = model_bytes();
    too_long[HEADER + 7] = 0xff;
    assert!(refusal(&sealed(too_long)).contains("its last section is cut short"));
}
