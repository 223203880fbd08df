//! Plans break no bound, and come near to the best possible.

use proptest::prelude::*;
use two_stage::poll::Poll;

use super::*;

const NO_LIMIT: usize = 1 << 30;

pub type Customer = (Vec<Option<f64>>, Vec<Option<f64>>, usize);

pub fn gathered(rows: &[Customer], options: &str, limit: usize) -> Customers {
    let mut customers = Customers::new(Options::from_json(options).unwrap(), limit, Poll::NEVER);
    for (benefits, costs, group) in rows {
        customers.push(benefits, costs, ["a", "b", "none"].get(*group).copied()).unwrap();
    }
    customers
}

fn planned(rows: &[Customer], options: &str) -> two_stage::Result<Option<Plan>> {
    solve(&mut gathered(rows, options, NO_LIMIT), Poll::NEVER)
}

/// Chooses row by row, and returns the contacts of each campaign and group, the cost and the value.
pub fn applied(rows: &[Customer], plan: &Plan) -> (Vec<u64>, [f64; 2], f64, f64) {
    let mut contacts = vec![0; plan.campaigns.len()];
    let (mut groups, mut total, mut value) = ([0.0; 2], 0.0, 0.0);
    for (benefits, costs, group) in rows {
        let pairs = || benefits.iter().zip(costs);
        let net: Vec<f64> = pairs().map(|pair| benefit(pair).unwrap()).collect();
        let spent: Vec<f64> = pairs().map(|pair| cost(pair).unwrap()).collect();
        let name = ["a", "b", "none"][*group];
        let subsidy = plan.prices.subsidy(plan.groups.iter().position(|known| known == name));
        if let Some(choice) = plan.prices.choose(&net, &spent, subsidy) {
            contacts[choice.campaign] += 1;
            if let Some(contacted) = groups.get_mut(*group) {
                *contacted += 1.0;
            }
            total += spent[choice.campaign];
            value += net[choice.campaign];
        }
    }
    (contacts, groups, total, value)
}

/// Customers with few distinct benefits and costs, so that many are tied.
fn tied() -> impl Strategy<Value = Vec<Customer>> {
    let benefit =
        prop_oneof![1 => Just(None), 6 => (-2..5_i32).prop_map(|b| Some(f64::from(b) / 2.0))];
    let cost = prop::sample::select(vec![Some(0.0), Some(0.1), Some(0.25), Some(1.0), Some(3.0)]);
    let numbers = (prop::collection::vec(benefit, 3), prop::collection::vec(cost, 3));
    let customer = (numbers, 0..3_usize).prop_map(|((b, c), group)| (b, c, group));
    prop::collection::vec(customer, 1..80)
}

/// Customers whose benefits and costs are all different.
fn distinct() -> impl Strategy<Value = Vec<Customer>> {
    let number = |range: std::ops::Range<f64>| prop::collection::vec(range.prop_map(Some), 3);
    prop::collection::vec((number(-1.0..5.0), number(0.0..2.0), 0..3_usize), 1..80)
}

fn bounds() -> impl Strategy<Value = (Option<f64>, Option<u64>, Option<u64>, f64)> {
    use prop::option::of;
    (of(0.0..40.0_f64), of(0..30_u64), of(0..30_u64), prop_oneof![Just(0.0), 0.0..0.6_f64])
}

fn options((budget, one, three, floor): (Option<f64>, Option<u64>, Option<u64>, f64)) -> String {
    let mut caps = serde_json::Map::new();
    let given = [("1", one), ("3", three)];
    caps.extend(given.iter().filter_map(|(name, cap)| Some(((*name).into(), (*cap)?.into()))));
    serde_json::json!({"budget": budget, "caps": caps, "floors": {"a": floor}}).to_string()
}

fn check(
    rows: &[Customer],
    bounds: (Option<f64>, Option<u64>, Option<u64>, f64),
) -> Result<(), TestCaseError> {
    // Floors that cannot be met are an error.
    let Ok(Some(plan)) = planned(rows, &options(bounds)) else {
        prop_assert!(bounds.3 > 0.0);
        return Ok(());
    };
    let (contacts, groups, cost, value) = applied(rows, &plan);
    prop_assert_eq!(&contacts, &plan.contacts);
    let near = |a: f64, b: f64| (a - b).abs() <= 1e-11 * a.max(100.0);
    prop_assert!(near(cost, plan.cost) && near(value, plan.value), "{} {}", value, plan.value);
    prop_assert!(cost <= bounds.0.unwrap_or(f64::INFINITY), "{} of {:?}", cost, bounds.0);
    prop_assert!(bounds.1.is_none_or(|cap| contacts[0] <= cap));
    prop_assert!(bounds.2.is_none_or(|cap| contacts[2] <= cap));
    let customers = rows.iter().filter(|row| row.2 == 0).count() as f64;
    prop_assert!(customers == 0.0 || groups[0] / customers >= bounds.3);
    prop_assert!(plan.value <= plan.value_bound);
    Ok(())
}

proptest! {
    #[test]
    fn no_bound_is_broken_where_many_are_tied(rows in tied(), bounds in bounds()) {
        check(&rows, bounds)?;
    }

    #[test]
    fn no_bound_is_broken_where_all_differ(rows in distinct(), bounds in bounds()) {
        check(&rows, bounds)?;
    }

    #[test]
    fn every_order_and_every_split_makes_the_same_plan(
        rows in tied(), bounds in bounds(), split in 0..80_usize, limit in prop::sample::select(vec![1, NO_LIMIT])
    ) {
        let options = options(bounds);
        let many: Vec<_> = (0..3).flat_map(|_| rows.clone()).collect();
        let (first, last) = many.split_at(split.min(many.len()));
        let mut parts = gathered(last, &options, limit);
        parts.merge(gathered(first, &options, limit)).unwrap();
        let written = |customers: &mut Customers| format!("{:?}", solve(customers, Poll::NEVER));
        let mut whole = gathered(&many, &options, limit);
        prop_assert_eq!(written(&mut parts), written(&mut whole));
        prop_assert_eq!(written(&mut whole), written(&mut whole), "planned twice");
    }
}

/// Customers by a formula, so that another program can make the same ones: all benefits differ.
fn frozen(customers: u32) -> Vec<Customer> {
    let part = |x: f64| x - x.floor();
    let customer = |i: u32| {
        let x = f64::from(i + 1);
        let benefits = [2.0_f64.sqrt(), 3.0_f64.sqrt(), 7.0_f64.sqrt()]
            .map(|root| Some(part(x * root) * 4.0 - 1.0));
        (benefits.to_vec(), vec![Some(0.4), Some(0.08), Some(1.6)], i as usize % 2)
    };
    (0..customers).map(customer).collect()
}

/// Options, and the value of the best possible choice.
const FROZEN: [(&str, f64); 5] = [
    (r#"{"budget": 3000}"#, 31752.460502398),
    (r#"{"caps": {"1": 3000, "2": 2500, "3": 2000}}"#, 20391.283761839),
    (r#"{"budget": 4000, "caps": {"2": 4000, "3": 500}}"#, 28554.650470473),
    (r#"{"budget": 1200, "floors": {"a": 0.45, "b": 0.5}}"#, 23319.826693570),
    (
        r#"{"budget": 2000, "caps": {"1": 2000, "3": 400}, "floors": {"a": 0.4, "b": 0.6}}"#,
        27481.480736954,
    ),
];

#[test]
fn distinct_benefits_come_near_to_the_optimum() {
    let rows = frozen(20_000);
    // Optima by scipy.optimize.milp (HiGHS).
    for (options, optimum) in FROZEN {
        let plan = planned(&rows, options).unwrap().unwrap();
        assert!(plan.value >= 0.9995 * optimum, "{options}: {} of {optimum}", plan.value);
        assert!(plan.value <= optimum * (1.0 + 1e-9) && optimum <= plan.value_bound * (1.0 + 1e-9));
    }
}

#[test]
fn a_sample_is_scaled_to_all_rows() {
    let rows = frozen(2000);
    let whole = planned(&rows, r#"{"budget": 300}"#).unwrap().unwrap();
    let mut customers = gathered(&rows, r#"{"budget": 300}"#, 1 << 17);
    let sampled = solve(&mut customers, Poll::NEVER).unwrap().unwrap();
    assert!((100..2000).contains(&sampled.rows_used), "{}", sampled.rows_used);
    assert_eq!((sampled.rows, whole.rows_used), (2000, 2000));
    assert!(sampled.cost <= 300.0 && sampled.cost > 295.0, "{}", sampled.cost);
    assert!((sampled.value / whole.value - 1.0).abs() < 0.1);
}

#[test]
fn floors_that_cannot_be_met_name_the_group_and_the_possible() {
    let rows = frozen(2000);
    let message = |options: &str| planned(&rows, options).unwrap_err().message.clone();
    assert_eq!(
        message(r#"{"budget": 24, "floors": {"a": 0.5, "b": 0.1}}"#),
        "the floor of group \"a\" is 0.5, but only 200 of its 1000 customers can be contacted within the budget"
    );
    let mut some = rows.clone();
    some.iter_mut().filter(|row| row.2 == 0).take(400).for_each(|row| row.0 = vec![None; 3]);
    assert_eq!(
        planned(&some, r#"{"floors": {"a": 0.7}}"#).unwrap_err().message,
        "the floor of group \"a\" is 0.7, but only 600 of its 1000 customers are eligible"
    );
}

#[test]
fn what_is_possible_without_money_is_a_number() {
    let row = |cost: f64| (vec![Some(1.0)], vec![Some(cost)], 0);
    let message =
        |rows: &[Customer], options: &str| planned(rows, options).unwrap_err().message.clone();
    assert_eq!(
        message(&[row(0.0), row(1.0)], r#"{"budget": 0, "floors": {"a": 1}}"#),
        "the floor of group \"a\" is 1, but only 1 of its 2 customers can be contacted within the budget"
    );
    let dear = |group| (vec![Some(1.0)], vec![Some(3.0)], group);
    assert_eq!(
        message(&[row(0.0), dear(0), dear(1)], r#"{"budget": 2, "floors": {"a": 1, "b": 1}}"#),
        "the floor of group \"a\" is 1, but only 1 of its 2 customers can be contacted within the budget"
    );
    assert_eq!(
        message(&[row(1.0), row(1.0)], r#"{"budget": 1, "floors": {"a": 0.5}}"#),
        "the floor of group \"a\" is 0.5, but the plan reaches only 0 of its 2 customers within the other bounds"
    );
}

#[test]
fn costs_that_no_price_reaches_leave_what_costs_nothing() {
    let row = |first: f64| (vec![Some(first), Some(9.0)], vec![Some(0.0), Some(5e-324)], 2);
    let rows = [row(1.0), row(2.0)];
    let plan = planned(&rows, r#"{"budget": 0}"#).unwrap().unwrap();
    assert_eq!((plan.contacts, plan.cost, plan.value), (vec![2, 0], 0.0, 3.0));
}

#[test]
fn prices_of_huge_benefits_are_finite() {
    let row = |benefits: [Option<f64>; 2]| (benefits.to_vec(), vec![Some(1.0); 2], 0);
    let huge = 1.7e308;
    let rows =
        [row([Some(-huge), None]), row([Some(1.0), Some(huge)]), row([Some(1.0), Some(1.6e308)])];
    let plan = planned(&rows, r#"{"caps": {"2": 1}, "floors": {"a": 1}}"#).unwrap().unwrap();
    let prices = plan.prices.campaigns.iter().chain(&plan.prices.groups);
    assert!(prices.chain([&plan.prices.budget]).all(|price| price.is_finite()), "{plan:?}");
}

#[test]
fn a_budget_of_nothing_leaves_what_costs_nothing() {
    let rows = [(vec![Some(1.0), Some(2.0)], vec![Some(0.0), Some(1.0)], 2)];
    let plan = planned(&rows, r#"{"budget": 0}"#).unwrap().unwrap();
    assert_eq!((plan.contacts, plan.cost, plan.value), (vec![1, 0], 0.0, 1.0));
}

#[test]
fn nothing_eligible_is_a_plan_without_contacts() {
    let rows = [(vec![None, None], vec![None, Some(1.0)], 2)];
    let plan = planned(&rows, "{}").unwrap().unwrap();
    assert_eq!((plan.contacts, plan.rows), (vec![0, 0], 1));
    assert!(planned(&[], "{}").unwrap().is_none());
}

#[test]
fn sixty_four_campaigns_are_planned() {
    let customer = |i: usize| {
        let benefits = (0..64).map(|k| Some(((i * 7 + k * 13) % 97) as f64 + 1.0 / (i + 1) as f64));
        (benefits.collect(), vec![Some(1.0); 64], 2)
    };
    let rows: Vec<Customer> = (0..500).map(customer).collect();
    let caps: serde_json::Map<String, serde_json::Value> =
        (1..=64).map(|k| (k.to_string(), 5.into())).collect();
    let options = serde_json::json!({"budget": 200, "caps": caps}).to_string();
    let plan = planned(&rows, &options).unwrap().unwrap();
    assert!(plan.contacts.iter().all(|&contacts| contacts <= 5) && plan.cost <= 200.0);
    assert!(plan.value >= 0.99 * plan.value_bound, "{} {}", plan.value, plan.value_bound);
}

#[test]
fn many_customers_are_planned_by_the_few_near_to_another_choice() {
    let rows = frozen(70_000);
    let bounds = (Some(7000.0), Some(7000), Some(1400), 0.4);
    check(&rows, bounds).unwrap();
    let plan = planned(&rows, &options(bounds)).unwrap().unwrap();
    assert!(plan.value >= 0.9998 * plan.value_bound, "{} {}", plan.value, plan.value_bound);
}

thread_local! {
    static POLLS: std::cell::Cell<usize> = const { std::cell::Cell::new(0) };
}

#[test]
fn a_thousand_campaigns_are_planned_with_a_poll_for_each_customer() {
    let customer = |i: usize| {
        let numbers = |factor: usize| (0..1000).map(move |k| Some(((i + k) * factor % 997) as f64));
        (numbers(7).collect(), numbers(11).collect(), 2)
    };
    let rows: Vec<Customer> = (0..100).map(customer).collect();
    let mut customers = gathered(&rows, r#"{"budget": 5000}"#, NO_LIMIT);
    solve(&mut customers, Poll::new(|| POLLS.set(POLLS.get() + 1))).unwrap();
    // One step of the budget's price goes through them.
    assert!(POLLS.get() > 200, "{}", POLLS.get());
}
