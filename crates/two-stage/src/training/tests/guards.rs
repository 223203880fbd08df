//! Each guard fires where it must, and is silent where it must be.

use super::*;

fn customers(missing_rate: f64, exposed_share: f64, count: u64) -> Vec<Customer> {
    Campaign { missing_rate, exposed_share, seed: 21 }.customers(0, count)
}

fn warns(model: &TwoStageModel, of: &str) -> bool {
    model.report().warnings.iter().any(|warning| warning.contains(of))
}

fn refused(customers: &[Customer]) -> String {
    Training::on(customers, "{}").run().unwrap_err().into_content().message
}

#[test]
fn implausibly_many_corrections_are_named() {
    // Exposure says that four in five labels are missing, the option that hardly any is.
    let customers = customers(0.8, 0.6, 6000);
    let wrong = train_on(&customers, r#"{"missing_rate": 0.1}"#);
    assert!(warns(&wrong, "plausible"), "{}", wrong.report().corrected_total);
    let right = train_on(&customers, r#"{"missing_rate": 0.8}"#);
    assert!(!warns(&right, "plausible"), "{:?}", right.report().warnings);
}

#[test]
fn a_low_label_frequency_asks_for_more() {
    let low = train_on(&customers(0.95, 1.0, 20_000), "{}");
    assert!(warns(&low, "below 0.1"), "{:?}", low.label_frequency());
    assert!(!warns(&train_on(&customers(0.4, 1.0, 6000), "{}"), "below 0.1"));
}

#[test]
fn too_few_rows_correct_nothing_in_simple_mode() {
    let few = train_on(&customers(0.4, 1.0, 600), "{}");
    assert!(warns(&few, "too few to estimate the missing rate"));
    assert_eq!(few.report().corrected, 0);
    assert!(!warns(&train_on(&customers(0.4, 1.0, 6000), "{}"), "too few"));
}

#[test]
fn uneven_attribution_names_the_feature() {
    let uneven = train_on(&escaping_by_app(31, 1.0, 0.6, 20_000), "{}");
    assert!(warns(&uneven, "attribution_by = \"app_"), "{:?}", uneven.report().warnings);
    let declared =
        train_on(&escaping_by_app(31, 1.0, 0.6, 20_000), r#"{"attribution_by": "app_user"}"#);
    assert!(!warns(&declared, "unevenly"));
    for missing in [0.0, 0.4, 0.8] {
        let even = train_on(&customers(missing, 1.0, 20_000), "{}");
        assert!(!warns(&even, "unevenly"), "{missing}: {:?}", even.report().warnings);
    }
}

#[test]
fn attribution_by_without_effect_says_so() {
    let customers = customers(0.4, 0.6, 2000);
    let with_exposure = train_on(&customers, r#"{"attribution_by": "app_user"}"#);
    assert!(warns(&with_exposure, "no effect, because exposure is known"));
    let given = train_on(&customers, r#"{"attribution_by": "app_user", "missing_rate": 0.4}"#);
    assert!(warns(&given, "no effect, because missing_rate is given"));
    let error = Training::on(&customers, r#"{"attribution_by": "shoe_size"}"#).run().unwrap_err();
    assert_eq!(error.message, "attribution_by names \"shoe_size\", which is not a feature");
    let many = self::customers(0.4, 1.0, 6000);
    let error = Training::on(&many, r#"{"attribution_by": "monetary"}"#).run().unwrap_err();
    assert!(error.message.contains("more than 32 distinct values"));
}

#[test]
fn a_wrong_exposure_rate_is_contradicted() {
    let customers = customers(0.4, 0.6, 9000);
    assert!(warns(&train_on(&customers, r#"{"exposure_rate": 0.5}"#), "share of exposed rows"));
    let right = train_on(&customers, r#"{"exposure_rate": 0.6}"#);
    assert!(!warns(&right, "share of exposed rows"), "{:?}", right.report().warnings);
}

#[test]
fn hardly_anybody_unexposed_is_simple_mode() {
    let mostly = train_on(&customers(0.4, 0.99, 3000), "{}");
    assert_eq!(mostly.report().mode, Mode::Simple);
    assert!(warns(&mostly, "are left out"));
    assert!(mostly.report().rows < 3000);
    assert_eq!(train_on(&customers(0.4, 0.6, 3000), "{}").report().mode, Mode::Exposure);
}

#[test]
fn a_campaign_that_moves_nobody_corrects_nobody() {
    for missing_rate in [0.4, 1.0] {
        let customers: Vec<Customer> = customers(missing_rate, 0.6, 20_000)
            .into_iter()
            .map(|customer| match customer.kind {
                Segment::CampaignDriven => Customer {
                    truth: Segment::LowEngagement,
                    observed: Segment::LowEngagement,
                    ..customer
                },
                _ => customer,
            })
            .collect();
        let model = train_on(&customers, "{}");
        assert!(warns(&model, "no effect on engagement"), "{:?}", model.report().warnings);
        assert_eq!(model.report().corrected, 0);
        let score = Scorer::new(model).score(values(&customers[0])).unwrap();
        assert_eq!(score.intent(), 0.0);
    }
    let effect = train_on(&customers(0.4, 0.6, 6000), "{}");
    assert!(!warns(&effect, "no effect"));
}

#[test]
fn an_intent_that_does_not_differ_is_flat() {
    // Nothing but noise is known of these customers.
    let noise: Vec<Customer> = Campaign { missing_rate: 1.0, exposed_share: 0.6, seed: 500 }
        .customers(0, 6000)
        .into_iter()
        .map(|customer| {
            let mut features = [0.0; 30];
            features[28..].copy_from_slice(&customer.features[28..]);
            Customer { features, ..customer }
        })
        .collect();
    let model = train_on(&noise, r#"{"ensemble": 3}"#);
    assert!(warns(&model, "does not differ between customers"), "{:?}", model.intent());
    let clear = train_on(&customers(1.0, 0.6, 6000), r#"{"ensemble": 3}"#);
    assert!(!warns(&clear, "does not differ"), "{:?}", clear.intent());
}

#[test]
fn rows_that_cannot_be_learned_from_are_refused() {
    let customers = customers(0.4, 1.0, 500);
    let only = |keep: fn(&Customer) -> bool| -> Vec<Customer> {
        customers.iter().filter(|c| keep(c)).cloned().collect()
    };
    assert!(refused(&only(|c| c.observed.engaged())).contains("no low_engagement customer"));
    assert!(refused(&only(|c| !c.observed.engaged())).contains("no engaged customer"));
    assert_eq!(refused(&customers[..49]), "49 rows can be used for training, but 50 are needed");
    let unexposed: Vec<Customer> =
        customers.iter().map(|c| Customer { exposed: false, ..c.clone() }).collect();
    assert_eq!(refused(&unexposed), "none of the 500 rows was exposed to the campaign");
    assert!(matches!(Training::on(&[], "{}").run(), Ok(Outcome::NoRows)));
}

#[test]
fn one_kind_of_engagement_is_a_constant_intent() {
    let relabelled = |to: Segment| -> Vec<Customer> {
        let relabel = |c: Customer| {
            let observed = if c.observed.engaged() { to } else { c.observed };
            Customer { observed, ..c }
        };
        customers(0.4, 1.0, 1000).into_iter().map(relabel).collect()
    };
    for (segment, intent) in [(Segment::Organic, 0.0), (Segment::CampaignDriven, 1.0)] {
        let customers = relabelled(segment);
        let model = train_on(&customers, r#"{"epochs": 10}"#);
        assert!(warns(&model, &format!("campaign_intent is {intent} for everybody")));
        let score = Scorer::new(model).score(values(&customers[0])).unwrap();
        assert_eq!(score.intent(), intent);
    }
}

#[test]
fn unexposed_rows_labelled_campaign_driven_count_as_organic() {
    let customers: Vec<Customer> = customers(0.4, 0.6, 2000)
        .into_iter()
        .map(|c| match (c.exposed, c.observed) {
            (false, Segment::Organic) => Customer { observed: Segment::CampaignDriven, ..c },
            _ => c,
        })
        .collect();
    let wrong = customers.iter().filter(|c| !c.exposed && c.observed.engaged()).count();
    let model = train_on(&customers, r#"{"epochs": 10}"#);
    assert!(warns(&model, &format!("{wrong} unexposed rows are labelled campaign_driven")));
}

#[test]
fn unknown_exposure_is_counted_in_a_warning() {
    let customers = customers(0.4, 0.6, 2000);
    let mut sample = testing::sample(&columns());
    for (i, customer) in customers.iter().enumerate() {
        let known = target(customer);
        let exposed = known.exposed.filter(|_| i % 20 > 0);
        sample.push(values(customer), Target { exposed, ..known }).unwrap();
    }
    let model = testing::trained(sample, r#"{"epochs": 10, "ensemble": 1}"#);
    assert!(warns(&model, "exposed is NULL in 100 of 2000 rows (5.0 %)"));
    let known = train_on(&customers, r#"{"epochs": 10}"#);
    assert!(!warns(&known, "exposed is NULL"), "{:?}", known.report().warnings);
}

#[test]
fn a_model_without_effect_says_so_and_has_no_label_frequency() {
    let mut none = customers(0.4, 0.6, 2000);
    none.iter_mut().for_each(|customer| {
        customer.observed = match customer.observed {
            Segment::CampaignDriven => Segment::Organic,
            other => other,
        };
    });
    let unlabelled = train_on(&none, r#"{"epochs": 10}"#);
    assert!(!unlabelled.report().shows_no_effect() && !unlabelled.has_equal_uplift());
    assert_eq!(unlabelled.mean_label_frequency(), None);
    // Exposure that was drawn without regard to the customers.
    (0_u32..).zip(&mut none).for_each(|(i, customer)| customer.exposed = i % 2 == 0);
    let none = train_on(&none, r#"{"epochs": 10}"#);
    assert!(none.report().shows_no_effect() && none.has_equal_uplift());
    let effect = train_on(&customers(0.4, 0.6, 2000), r#"{"epochs": 10}"#);
    assert!(!effect.report().shows_no_effect() && !effect.has_equal_uplift());
    assert!(effect.mean_label_frequency().is_some());
}
