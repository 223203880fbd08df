//! The numbers of customers, the shares, and the errors.

use proptest::prelude::*;

use super::*;

fn lottery<'c>(
    recommended: Option<&'c str>,
    campaigns: &[&'c str],
    shares: [f64; 2],
) -> Lottery<'c> {
    let [holdout, explore] = shares;
    Lottery::new(recommended, campaigns.iter().copied(), holdout, explore).unwrap()
}

fn refusal(recommended: Option<&str>, campaigns: &[&str], shares: [f64; 2]) -> [String; 2] {
    let [holdout, explore] = shares;
    let refused = Lottery::new(recommended, campaigns.iter().copied(), holdout, explore);
    let content = refused.unwrap_err().into_content();
    [content.message, content.hint.unwrap()]
}

#[test]
fn numbers_are_stable() {
    // By Python's xxhash: (xxh3_64_intdigest(salt + "\x1f" + id) >> 11) / 2^53.
    let known: [(&str, &str, f64); 4] = [
        ("1", "spring", 0.618577530011687),
        ("17", "summer", 0.1470860168483733),
        ("", "x", 0.752153784661022),
        ("Müller-日本", "größe", 0.14786796827436444),
    ];
    for (id, salt, number) in known {
        assert_eq!(draw(id, salt), number, "{id} {salt}");
    }
}

#[test]
fn numbers_are_uniform_and_independent_between_salts() {
    let (mut below, mut below_both) = (0.0, 0.0);
    for id in (0..100_000).map(|id: u32| id.to_string()) {
        let first = draw(&id, "spring") < 0.1;
        below += f64::from(u8::from(first));
        below_both += f64::from(u8::from(first && draw(&id, "summer") < 0.1));
    }
    assert!((below - 10_000.0_f64).abs() < 4.0 * 95.0, "{below}");
    assert!((below_both - 1_000.0_f64).abs() < 4.0 * 32.0, "{below_both}");
}

#[test]
fn a_larger_share_only_adds_customers() {
    for id in (0..2_000).map(|id: u32| id.to_string()) {
        if is_held_out(&id, 0.1, "s").unwrap() {
            assert!(is_held_out(&id, 0.2, "s").unwrap());
        }
    }
}

#[test]
fn shares_are_cut_in_the_order_of_the_page() {
    let three = lottery(Some("b"), &["c", "b", "a"], [0.1, 0.05]);
    let given = |draw| three.assign(draw).campaign;
    assert_eq!([0.0, 0.0999].map(given), [None, None]);
    assert_eq!([0.1, 0.1499].map(given), [Some("a"), Some("a")]);
    assert_eq!([0.1501, 0.1999].map(given), [Some("c"), Some("c")]);
    assert_eq!([0.2001, 0.9999].map(given), [Some("b"), Some("b")]);
    let recommended = three.assign(0.5);
    assert!((recommended.probability - 0.8).abs() < 1e-12);
    assert!((recommended.propensity.unwrap() - 0.8 / 0.9).abs() < 1e-12);
    assert_eq!(three.assign(0.0).probability, 0.1);
    assert_eq!(three.assign(0.0).propensity, None);
    let other = three.assign(0.1);
    assert!((other.propensity.unwrap() - 0.05 / 0.15).abs() < 1e-12);
}

#[test]
fn where_nobody_is_recommended_most_get_nothing() {
    let nobody = lottery(None, &["a", "b"], [0.1, 0.05]);
    assert_eq!(
        [0.05, 0.12, 0.17, 0.25].map(|draw| nobody.assign(draw).campaign),
        [None, Some("a"), Some("b"), None]
    );
    assert!((nobody.assign(0.5).probability - 0.9).abs() < 1e-12);
    assert!((nobody.propensity("a") - 0.05 / 0.95).abs() < 1e-12);
    let none = lottery(None, &[], [0.1, 0.05]).assign(0.5);
    assert_eq!(none, Assigned { campaign: None, probability: 1.0, propensity: None });
}

#[test]
fn a_single_campaign_has_a_propensity_also_where_nothing_is_sent() {
    let one = lottery(Some("a"), &["a"], [0.1, 0.05]);
    assert_eq!(one.assign(0.01).propensity, Some(0.9));
}

#[test]
fn what_no_training_can_use_is_refused() {
    let [message, hint] = refusal(Some("a"), &["a", "b", "c", "d"], [0.2, 0.15]);
    let left = "leaves the recommended \"a\" 0.3500, less than 0.5";
    assert_eq!(message, format!("explore 0.15 for each of 3 campaigns {left}"));
    assert_eq!(hint, "Use an explore of at most 0.1.");
    let many: Vec<String> = (0..26).map(|k| format!("c{k:02}")).collect();
    let names: Vec<&str> = many.iter().map(String::as_str).collect();
    lottery(Some("c00"), &names[..25], [0.02, 0.02]);
    lottery(None, &names[..25], [0.02, 0.02]);
    let [_, hint] = refusal(Some("c00"), &names, [0.02, 0.02]);
    assert_eq!(hint, "Pass at most 25 campaigns.");
    let [message, hint] = refusal(Some("x"), &["a"], [0.1, 0.1]);
    assert_eq!(message, "the recommended \"x\" is not among the campaigns");
    assert_eq!(hint, "Add it to the campaigns, or recommend NULL.");
    assert_eq!(refusal(None, &["a", "a"], [0.1, 0.1])[0], "campaign \"a\" is given twice");
    assert_eq!(refusal(None, &[], [0.6, 0.1])[0], "holdout is 0.6, outside 0.02 to 0.5");
    assert_eq!(refusal(None, &[], [0.1, f64::NAN])[0], "explore is NaN, outside 0.02 to 0.5");
}

proptest! {
    #[test]
    fn the_chances_of_an_accepted_lottery_are_those_of_its_cuts(
        count in 1_usize..8, recommended: bool, holdout in 0.02..0.5, explore in 0.02..0.5
    ) {
        let names = ["a", "b", "c", "d", "e", "f", "g", "h"];
        let recommended = recommended.then_some("b").filter(|_| count > 1);
        let campaigns = names[..count].iter().copied();
        if let Ok(lottery) = Lottery::new(recommended, campaigns, holdout, explore) {
            let steps = 100_000;
            let mut counts = [0_u32; 9];
            for step in 0..steps {
                let assigned = lottery.assign((f64::from(step) + 0.5) / f64::from(steps));
                let place = assigned.campaign.map_or(8, |name| names.iter().position(|n| *n == name).unwrap());
                counts[place] += 1;
                if let Some(name) = assigned.campaign {
                    let propensity = assigned.propensity.unwrap();
                    prop_assert_eq!(propensity, lottery.propensity(name));
                    prop_assert!((0.02 - 1e-9..=0.98 + 1e-9).contains(&propensity));
                }
            }
            for (place, name) in names[..count].iter().enumerate() {
                let share = f64::from(counts[place]) / f64::from(steps);
                prop_assert!((share - lottery.chance(name)).abs() < 1e-4);
            }
            prop_assert!((f64::from(counts[8]) / f64::from(steps) - lottery.nothing()).abs() < 1e-4);
        }
    }
}
