//! The rough label frequency of few rows.

use super::*;

fn pooled(model: &TwoStageModel) -> f64 {
    model.label_frequency().unwrap().mean()
}

#[test]
fn few_rows_give_a_rough_label_frequency() {
    let mut sum = 0.0;
    for seed in 0..6 {
        let customers = Campaign { missing_rate: 0.4, exposed_share: 1.0, seed }.customers(0, 1000);
        let model = train_on(&customers, r#"{"epochs": 10}"#);
        let rough = |warning: &String| warning.starts_with("the missing rate is a rough estimate");
        assert!(model.report().warnings.iter().any(rough), "{:?}", model.report().warnings);
        sum += pooled(&model);
        let complete = Campaign { missing_rate: 0.0, exposed_share: 1.0, seed };
        let complete = train_on(&complete.customers(0, 1000), r#"{"epochs": 10}"#);
        assert!(pooled(&complete) > 0.9, "{seed}: {}", pooled(&complete));
    }
    assert!((0.45..0.7).contains(&(sum / 6.0)), "{}", sum / 6.0);
}
