//! Models and partial states survive the round trip, and damaged bytes are refused.

use proptest::prelude::*;

use super::*;
use crate::{
    column::{Kind, Value},
    model::{Origin, RoleColumn},
    poll::Poll,
    sample::Target,
    scorer::Scorer,
    segment::Segment,
    testing::{self, column, target, trained},
};

const OPTIONS: &str = r#"{"hidden_layers": [3], "epochs": 10}"#;

fn sample() -> Sample {
    let mut sample =
        testing::sample(&[column("age", Kind::Number), column("channel", Kind::Category)]);
    for i in 0..200_u32 {
        let text = ["web", "shop"][(i % 2) as usize];
        let weight = Some(f64::from(1 + i % 4));
        let target = Target { weight, ..target(Segment::ALL[(i % 3) as usize]) };
        sample.push([Value::Number(i.into()), Value::Category(text)].into_iter(), target).unwrap();
    }
    sample
}

pub(super) fn model_bytes() -> Vec<u8> {
    let mut model = trained(sample(), OPTIONS);
    model.set_origin(origin());
    encode_model(&model).unwrap()
}

fn origin() -> Origin {
    let roles = [("engaged", "engaged"), ("customer", "id")];
    let role =
        |(role, column): (&str, &str)| RoleColumn { role: role.into(), column: column.into() };
    Origin {
        version: "0.1.0".into(),
        types: vec!["numeric".into(), "public.channel".into()],
        roles: roles.map(role).into(),
    }
}

#[test]
fn the_origin_survives_the_round_trip_and_must_fit() {
    let model = decode_model(&model_bytes()).unwrap();
    assert_eq!(model.report().origin, Some(origin()));
    let refused = |origin: Origin| {
        let mut model = model.clone();
        model.set_origin(origin);
        decode_model(&encode_model(&model).unwrap()).unwrap_err().into_content().message
    };
    let expected = "invalid model: its parts do not fit together";
    assert_eq!(refused(Origin { types: vec!["numeric".into()], ..origin() }), expected);
    assert_eq!(refused(Origin { version: "0\0".into(), ..origin() }), expected);
}

/// The bytes with another body, and a header that fits it.
pub(super) fn sealed(mut bytes: Vec<u8>) -> Vec<u8> {
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
    let (options, partial) = decode_state(&bytes).unwrap();
    assert_eq!(options, Options::from_json(OPTIONS).unwrap());
    assert_eq!(sample_bytes(&Sample::received(partial, Poll::NEVER)), bytes);
}

fn sample_bytes(sample: &Sample) -> Vec<u8> {
    let options = Options::from_json(OPTIONS).unwrap();
    let encoded = encode_state(&options, sample).unwrap();
    let mut bytes = Vec::new();
    encoded.write(|some| bytes.extend_from_slice(some));
    assert_eq!(bytes.len(), encoded.length());
    bytes
}

#[test]
fn a_sample_that_is_cut_short_is_refused() {
    let bytes = sample_bytes(&sample());
    for length in [0, 5, 100, bytes.len() - HEADER - 1] {
        let refused = decode_state(&sealed(bytes[..HEADER + length].to_vec())).err().unwrap();
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
    assert!(refused(&|b| *b = sealed([&b[..], &[0; 5]].concat())).contains("section is cut short"));
    assert!(refused(&|b| *b = sealed(b[..b.len() - 1].to_vec())).starts_with("invalid model: "));
}

#[test]
fn a_model_with_a_weight_that_is_no_number_is_refused() {
    let bytes = model_bytes();
    let weight = decode_scoring(&bytes).unwrap().segmentation[0].parameters()[0];
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
        let bytes = sealed(bytes);
        let _ = decode_model(&bytes);
        if let Ok(model) = decode_scoring(&bytes) {
            let columns = model.columns().to_vec();
            let values = columns.iter().map(|column| match column.kind {
                Kind::Category => Value::Category("web"),
                _ => Value::Number(1.0),
            });
            let _ = Scorer::new(model).score(values);
        }
    }
}
