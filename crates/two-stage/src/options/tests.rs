//! Options are read, refused and listed as declared.

use super::*;

#[test]
fn nothing_given_is_the_defaults() {
    assert_eq!(Options::from_json("{}").unwrap(), Options::default());
    assert_eq!(Options::from_json(r#"{"seed": null}"#).unwrap(), Options::default());
}

#[test]
fn every_option_of_the_table_changes_the_options() {
    let given = [
        ("missing_rate", "0.4"),
        ("attribution_by", r#""app_user""#),
        ("exposure_rate", "0.5"),
        ("correction", r#""none""#),
        ("hidden_layers", "[8]"),
        ("epochs", "12"),
        ("learning_rate", "0.01"),
        ("batch_size", "64"),
        ("patience", "2"),
        ("validation_fraction", "0.3"),
        ("weight_decay", "0"),
        ("ensemble", "5"),
        ("distil", "false"),
        ("on_failure", r#""null""#),
        ("seed", "7"),
        ("segment_rule", r#""most_probable""#),
        ("propensity", r#""estimate""#),
        ("customer", r#""customer_id""#),
    ];
    assert_eq!(given.map(|(name, _)| name).to_vec(), names(), "a new option needs its line here");
    for (name, value) in given {
        let options = Options::from_json(&format!("{{\"{name}\": {value}}}")).unwrap();
        assert_ne!(options, Options::default(), "{name}");
        assert_eq!(Options::from_json(&options.to_json()).unwrap(), options);
    }
}

fn names() -> Vec<&'static str> {
    table().into_iter().map(|info| info.name).collect()
}

#[test]
fn all_rows_have_the_same_options() {
    let other = Options::from_json(r#"{"seed": 1}"#).unwrap();
    assert!(other.require_same(&other.clone()).is_ok());
    let refused = other.require_same(&Options::default()).unwrap_err();
    assert_eq!(refused.message, "options differ between the rows of one model");
}

#[test]
fn what_is_not_allowed_says_what_is() {
    let refused = |json: &str| Options::from_json(json).unwrap_err();
    assert_eq!(refused("[]").message, "options must be a JSON object");
    let unknown = refused(r#"{"sed": 1}"#);
    assert_eq!(unknown.message, "unknown option \"sed\"");
    assert!(unknown.into_content().hint.unwrap().contains("on_failure, seed"));
    let range = refused(r#"{"missing_rate": 0.99}"#);
    assert_eq!(range.message, "value 0.99 is out of bounds for option \"missing_rate\"");
    assert_eq!(range.into_content().detail.unwrap(), "Valid values are between 0 and 0.98.");
    let name = refused(r#"{"correction": "maybe"}"#);
    assert_eq!(name.message, "invalid value for option \"correction\": \"maybe\"");
    assert_eq!(name.into_content().detail.unwrap(), "Valid values are posterior, splc or none.");
    assert!(refused(r#"{"epochs": 9}"#).message.contains("needs at least 10"));
    assert!(Options::from_json(r#"{"epochs": 9, "correction": "none"}"#).is_ok());
    for json in [
        r#"{"epochs": 10.5}"#,
        r#"{"seed": -1}"#,
        r#"{"hidden_layers": [0]}"#,
        r#"{"hidden_layers": [1,1,1,1,1]}"#,
        r#"{"correction": "maybe"}"#,
        r#"{"learning_rate": "fast"}"#,
    ] {
        assert_eq!(refused(json).kind, ErrorKind::InvalidParameter, "{json}");
    }
}
