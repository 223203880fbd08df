//! Contributions add up, agree with gradients, and name what matters.

use proptest::prelude::*;
use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};
use rand_distr::{Distribution, StandardNormal};

use super::*;
use crate::{
    column::Kind,
    model::{SignedSlope, Slope, TwoStageModel, UpliftNetworks, UpliftRole},
    network::{Network, Shape},
    sample::Target,
    scorer::Scorer,
    testing::{self, column, target, trained},
};

const INPUTS: usize = 5;

fn network(hidden: &[usize], outputs: usize, rng: &mut ChaCha8Rng) -> Network {
    let shape = Shape { inputs: INPUTS, hidden: hidden.to_vec(), outputs };
    let parameters = (0..shape.parameters().unwrap()).map(|_| normal(rng)).collect();
    Network::from_parameters(shape, parameters)
}

fn normal(rng: &mut ChaCha8Rng) -> f32 {
    let value: f64 = StandardNormal.sample(rng);
    value as f32
}

/// Networks, what rescales them, and a customer.
#[derive(Debug)]
struct Example {
    networks: Vec<Network>,
    intent: Intent,
    uplift: Option<UpliftNetworks>,
    inputs: Vec<f32>,
}

impl Example {
    fn explained(&self) -> Explained<'_> {
        let Self { networks, intent, uplift, .. } = self;
        let uplift = uplift.as_ref();
        Explained(Networks { segmentation: networks, intent: *intent, uplift })
    }

    fn difference(&self) -> f64 {
        let inputs: Vec<f64> = self.inputs.iter().copied().map(f64::from).collect();
        self.explained().of(&inputs) - self.explained().of(&[0.0; INPUTS])
    }
}

fn plain(networks: &[Network], intent: Intent) -> Explained<'_> {
    Explained(Networks { segmentation: networks, intent, uplift: None })
}

fn intents() -> impl Strategy<Value = Intent> {
    let slope = Slope { intercept: 0.3, slope: 0.6, center: -0.2, ratio: 4.0 };
    prop::sample::select(vec![Intent::Learned, Intent::Rescaled(slope)])
}

/// The ways in which a score is made.
#[derive(Debug, Clone, Copy)]
enum Parts {
    Segments,
    PutOff,
    WithUplift(UpliftRole),
}

fn kinds() -> impl Strategy<Value = Parts> {
    prop::sample::select(vec![
        Parts::Segments,
        Parts::PutOff,
        Parts::WithUplift(UpliftRole::Half),
        Parts::WithUplift(UpliftRole::Alone),
        Parts::WithUplift(UpliftRole::PutOffOnly),
    ])
}

fn examples() -> impl Strategy<Value = Example> {
    let hidden = prop::collection::vec(1_usize..6, 0..3);
    (1_usize..4, hidden, intents(), kinds(), any::<u64>()).prop_map(
        |(members, hidden, intent, kind, seed)| {
            let mut rng = ChaCha8Rng::seed_from_u64(seed);
            let mut some = |count: usize, outputs: usize| -> Vec<Network> {
                (0..count).map(|_| network(&hidden, outputs, &mut rng)).collect()
            };
            let (networks, uplift) = match kind {
                Parts::Segments => (some(members, 3), None),
                Parts::PutOff => (some(1, 4), None),
                Parts::WithUplift(role) => (some(members, 3), Some((some(members, 2), role))),
            };
            let uplift = uplift.map(|(networks, role)| UpliftNetworks {
                networks,
                slope: SLOPE,
                role,
                puts_off: true,
            });
            let inputs = (0..INPUTS).map(|_| normal(&mut rng)).collect();
            Example { networks, intent, uplift, inputs }
        },
    )
}

const SLOPE: SignedSlope = SignedSlope {
    exposed_share: 0.6,
    shift: 0.1,
    intercept: 0.3,
    slope: 0.8,
    center: 0.2,
    ratio: 4.0,
    error: 0.2,
};

proptest! {
    #[test]
    fn contributions_add_up(example in examples()) {
        let sum: f64 = example.explained().contributions(&example.inputs, Poll::NEVER).iter().sum();
        let difference = example.difference();
        prop_assert!((sum - difference).abs() < 1e-3, "{sum} {difference}");
    }

    #[test]
    fn the_gradient_is_that_of_finite_differences(example in examples()) {
        const STEP: f64 = 1e-6;
        let inputs: Vec<f64> = example.inputs.iter().copied().map(f64::from).collect();
        let moved = |place: usize, by: f64| {
            let mut inputs = inputs.clone();
            inputs[place] += by;
            example.explained().of(&inputs)
        };
        for (place, &gradient) in example.explained().gradient(&inputs).iter().enumerate() {
            let (up, down) = (moved(place, STEP), moved(place, -STEP));
            let here = example.explained().of(&inputs);
            // A kink of a ReLU within the step has no gradient.
            prop_assume!((up + down - 2.0 * here).abs() < 1e-9);
            let expected = (up - down) / (2.0 * STEP);
            prop_assert!((gradient - expected).abs() < 1e-6 * (1.0 + expected.abs()), "{gradient} {expected}");
        }
    }

    #[test]
    fn an_ignored_input_contributes_nothing(mut example in examples(), ignored in 0..INPUTS) {
        let uplift = example.uplift.iter_mut().flat_map(|uplift| &mut uplift.networks);
        for network in example.networks.iter_mut().chain(uplift) {
            let outputs = network.shape().outputs;
            let shape = network.shape().clone();
            let mut parameters = network.parameters().to_vec();
            let first = shape.layers().next().unwrap();
            let row = first.weights + ignored * first.outputs;
            parameters[row..row + first.outputs].fill(0.0);
            let skip = parameters.len() - (INPUTS - ignored) * outputs;
            parameters[skip..skip + outputs].fill(0.0);
            *network = Network::from_parameters(shape, parameters);
        }
        prop_assert_eq!(example.explained().contributions(&example.inputs, Poll::NEVER)[ignored], 0.0);
    }
}

#[test]
fn without_hidden_layers_a_contribution_is_weight_times_input() {
    let mut rng = ChaCha8Rng::seed_from_u64(3);
    let networks = vec![network(&[], 3, &mut rng)];
    let inputs: Vec<f32> = (0..INPUTS).map(|_| normal(&mut rng)).collect();
    let logit = plain(&networks, Intent::Learned);
    let parameters = networks[0].parameters();
    let (dense, skip) = (&parameters[..3 * INPUTS], &parameters[3 * INPUTS + 3..]);
    for (place, contribution) in logit.contributions(&inputs, Poll::NEVER).into_iter().enumerate() {
        let weight = |k: usize| f64::from(dense[3 * place + k]) + f64::from(skip[3 * place + k]);
        let expected = (weight(2) - weight(1)) * f64::from(inputs[place]);
        assert!((contribution - expected).abs() < 1e-6, "{contribution} {expected}");
    }
}

#[test]
fn an_intent_that_is_the_same_for_everybody_has_no_reasons() {
    let mut rng = ChaCha8Rng::seed_from_u64(4);
    let networks = vec![network(&[4], 3, &mut rng)];
    let logit = plain(&networks, Intent::Constant(0.4));
    assert_eq!(logit.contributions(&[1.0; INPUTS], Poll::NEVER), [0.0; INPUTS]);
}

/// Trained on a number and a category that matter, a number that does not, and a constant.
fn model(options: &str) -> TwoStageModel {
    let columns = [
        column("noise", Kind::Number),
        column("mail", Kind::Number),
        column("channel", Kind::Category),
        column("constant", Kind::Number),
    ];
    let mut sample = testing::sample(&columns);
    for i in 0..1200_u32 {
        let (mail, web) = (i % 3 == 0, i % 2 == 0);
        let segment = match (i % 5 < 3, mail != web) {
            (false, _) => Segment::LowEngagement,
            (true, false) => Segment::Organic,
            (true, true) => Segment::CampaignDriven,
        };
        let values = [
            Value::Number(f64::from(i * 7919 % 101)),
            Value::Number(f64::from(u8::from(mail)) + f64::from(i % 7) / 50.0),
            Value::Category(if web { "web" } else { "store" }),
            Value::Number(1.0),
        ];
        let target = Target { exposed: None, ..target(segment) };
        sample.push(values.into_iter(), target).unwrap();
    }
    trained(sample, options)
}

#[test]
fn a_customer_s_contributions_are_those_of_the_scored_intent() {
    for options in
        [r#"{"epochs": 15, "ensemble": 1}"#, r#"{"epochs": 15, "ensemble": 3, "distil": false}"#]
    {
        let model = model(options);
        let mut scorer = Scorer::new(model.clone());
        let mut logit = |values: [Value; 4]| {
            let intent = scorer.score(values.into_iter()).unwrap().intent();
            (intent / (1.0 - intent)).ln()
        };
        let of = |mail: f64, channel| {
            [Value::Number(3.0), Value::Number(mail), Value::Category(channel), Value::Number(1.0)]
        };
        let explain =
            |values: [Value; 4]| model.scoring.explain(values.into_iter(), Poll::NEVER).unwrap();
        let (one, other) = (of(1.1, "web"), of(0.1, "store"));
        let difference: f64 = explain(one).iter().sum::<f64>() - explain(other).iter().sum::<f64>();
        let expected = logit(one) - logit(other);
        assert!((difference - expected).abs() < 1e-3, "{difference} {expected}");
        assert_eq!(explain(one)[3], 0.0);
    }
}

#[test]
fn the_importance_of_what_matters_is_large() {
    let importance =
        model(r#"{"epochs": 15, "ensemble": 1, "missing_rate": 0}"#).report().importance.clone();
    let [noise, mail, channel, constant] = importance[..] else { panic!("{importance:?}") };
    assert!((noise + mail + channel + constant - 1.0).abs() < 1e-12);
    assert!(mail > 3.0 * noise && channel > 3.0 * noise, "{importance:?}");
    assert_eq!(constant, 0.0);
}
