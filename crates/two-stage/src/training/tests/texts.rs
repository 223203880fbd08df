//! Texts that are numbers or dates.

use super::*;
use crate::column::Kind;

#[test]
fn texts_that_are_numbers_ask_for_a_cast() {
    let customers = Campaign { missing_rate: 0.4, exposed_share: 0.6, seed: 5 }.customers(0, 2000);
    let train = |texts: usize, odd: &str| {
        let kinds = [("age", Kind::Category), ("day", Kind::Category), ("tier", Kind::Number)];
        let columns = kinds.map(|(name, kind)| testing::column(name, kind));
        let mut sample = testing::sample(&columns);
        for (row, customer) in customers.iter().enumerate() {
            let age = if row % 25 == 0 { odd.into() } else { (row % texts).to_string() };
            let day = format!("2026-01-{:02}", row % texts + 1);
            let values =
                [Value::Category(&age), Value::Category(&day), Value::Number(customer.features[1])];
            sample.push(values.into_iter(), target(customer)).unwrap();
        }
        train(
            &mut sample,
            &Options::from_json(r#"{"epochs": 10, "hidden_layers": [4], "ensemble": 1}"#).unwrap(),
            &mut { QUIET },
        )
    };
    let warning = "features \"age\" and \"day\" are text, but their values are numbers or dates: cast NULLIF(\"age\", ' ')::numeric, \"day\"::date";
    let warnings =
        |outcome: Result<Outcome>| testing::model(outcome.unwrap()).report().warnings.clone();
    assert_eq!(warnings(train(60, " ")), [warning]);
    assert!(warnings(train(12, " ")).is_empty(), "each has an input");
    // As a key it is an error.
    let error = train(2000, "?").unwrap_err();
    assert_eq!(
        error.message,
        "features \"age\" and \"day\" are text, but their values are numbers or dates"
    );
    let hint = "Cast: NULLIF(\"age\", '?')::numeric, \"day\"::date.";
    assert_eq!(error.into_content().hint.as_deref(), Some(hint));
}
