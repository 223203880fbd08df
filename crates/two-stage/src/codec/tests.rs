use proptest::prelude::*;

use super::*;
use crate::{
    features::{Column, Kind, Value},
    options::Options,
    sample::Target,
    scorer::Scorer,
    segment::Segment,
    training::{Observer, Outcome, Progress, train},
};

struct Silent;

impl Observer for Silent {
    fn poll(&mut self, _: &Progress) {}
}

fn sample() -> Sample {
    let options = Options::from_json(r#"{"hidden_layers": [3], "epochs": 10}"#).unwrap();
    let mut sample = Sample::new(options, 1 << 30);
    let column = |name: &str, kind| Column { name: name.into(), kind };
    let columns = vec![column("age", Kind::Number), column("channel", Kind::Category)];
    sample.set_columns(columns, false).unwrap();
    for i in 0..200_u32 {
        let text = ["web", "shop"][(i % 2) as usize];
        let target = Target {
            segment: Some(Segment::ALL[(i % 3) as usize]),
            exposed: Some(true),
            propensity: None,
            weight: Some(f64::from(1 + i % 4)),
        };
        sample.push([Value::Number(i.into()), Value::Category(text)].into_iter(), target).unwrap();
    }
    sample
}

fn model_bytes() -> Vec<u8> {
    match train(&mut sample(), &mut Silent).unwrap() {
        Outcome::Model(model) => encode_model(&model).unwrap(),
        other => panic!("no model: {other:?}"),
    }
}

/// The bytes with another body, and a header that fits it.
fn sealed(mut bytes: Vec<u8>) -> Vec<u8> {
    let length = (bytes.len() - HEADER) as u64;
    let checksum = xxh3_64(&bytes[HEADER..]);
    bytes[8..16].copy_from_slice(&length.to_le_bytes());
    bytes[16..24].copy_from_slice(&checksum.to_le_bytes());
    bytes
}

#[test]
fn a_model_and_a_sample_survive_the_round_trip() {
    let bytes = model_bytes();
    assert_eq!(encode_model(&decode_model(&bytes).unwrap()).unwrap(), bytes);
    let bytes = sample_bytes(&sample());
    let received = Sample::received(decode_sample(&bytes).unwrap(), || ());
    assert_eq!(sample_bytes(&received), bytes);
}

fn sample_bytes(sample: &Sample) -> Vec<u8> {
    let encoded = encode_sample(sample).unwrap();
    let mut bytes = Vec::new();
    encoded.write(|some| bytes.extend_from_slice(some));
    assert_eq!(bytes.len(), encoded.length());
    bytes
}

#[test]
fn a_sample_that_is_cut_short_is_refused() {
    let bytes = sample_bytes(&sample());
    for length in [0, 5, 100, bytes.len() - HEADER - 1] {
        let refused = decode_sample(&sealed(bytes[..HEADER + length].to_vec())).err().unwrap();
        assert!(refused.message.starts_with("invalid partial state: "), "{}", refused.message);
    }
}

#[test]
fn every_field_of_the_header_is_checked() {
    let bytes = model_bytes();
    let refused = |change: &dyn Fn(&mut Vec<u8>)| {
        let mut bytes = bytes.clone();
        change(&mut bytes);
        decode_model(&bytes).unwrap_err().into_content().message
    };
    assert!(refused(&|b| b.truncate(23)).contains("it has 23 bytes"));
    assert!(refused(&|b| b[0] = b'X').contains("first bytes"));
    assert!(refused(&|b| b[4] = 9).contains("format version is 9, not 1"));
    assert!(refused(&|b| b[6] = 2).contains("kind 2, not 1"));
    assert!(refused(&|b| b.push(0)).contains("its header says"));
    assert!(refused(&|b| b[30] ^= 1).contains("checksum"));
    assert!(
        refused(&|b| *b = sealed([&b[..], &[0; 5]].concat())).contains("5 bytes are left over")
    );
    assert!(refused(&|b| *b = sealed(b[..b.len() - 1].to_vec())).starts_with("invalid model: "));
}

#[test]
fn a_model_with_a_weight_that_is_no_number_is_refused() {
    let bytes = model_bytes();
    let weight = decode_model(&bytes).unwrap().segmentation[0].parameters()[0];
    let place = bytes.windows(4).position(|w| w == weight.to_le_bytes()).unwrap();
    let mut bytes = bytes;
    bytes[place..place + 4].copy_from_slice(&f32::NAN.to_le_bytes());
    let error = decode_model(&sealed(bytes)).unwrap_err();
    assert!(error.message.contains("do not fit together"), "{}", error.message);
}

proptest! {
    #[test]
    fn random_bytes_are_refused(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        prop_assert!(decode_model(&bytes).is_err());
    }

    /// With the checksum right, whatever is accepted can be scored.
    #[test]
    fn changed_bytes_never_crash(changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6)) {
        let mut bytes = model_bytes();
        for (place, byte) in changes {
            let place = HEADER + place.index(bytes.len() - HEADER);
            bytes[place] = byte;
        }
        if let Ok(model) = decode_model(&sealed(bytes)) {
            let columns = model.columns().to_vec();
            let values = columns.iter().map(|column| match column.kind {
                Kind::Category => Value::Category("web"),
                _ => Value::Number(1.0),
            });
            let _ = Scorer::new(model).score(values);
        }
    }
}
