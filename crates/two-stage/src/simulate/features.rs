//! The features of a simulated customer, drawn from five latent traits.
//!
//! The order of the draws decides the customer: a new feature is drawn last.

use rand::{Rng, RngExt};
use rand_chacha::ChaCha8Rng;
use rand_distr::{Beta, Distribution, Exp1, Gamma, Poisson, StandardNormal};

use super::drivers::Drivers;
use crate::{Error, ErrorKind, Result, column::Kind, probability::sigmoid};

/// The features of a customer, in the order of [`Customer::features`].
///
/// - `recency`: days since the last purchase, at most 365.
/// - `frequency`: orders in the past year.
/// - `monetary`: spending in the past year, in currency units: `aov` × `frequency`.
/// - `tenure`: days since the first purchase, 10 to 4,000.
/// - `aov`: value of an average order, in currency units.
/// - `discount_share`: share of purchases made at a discount, 0 to 1.
/// - `coupons`: coupons redeemed.
/// - `email_opens`: marketing e-mails opened.
/// - `email_clicks`: opened e-mails that were clicked.
/// - `app_sessions`: sessions in the app; 0 without the app.
/// - `web_visits`: visits to the web shop.
/// - `app_user`: uses the app.
/// - `ch_store`, `ch_web`: buys mostly in stores, on the web; neither means another channel.
/// - `returns_rate`: share of purchases returned, 0 to 1.
/// - `basket`: items in an average order.
/// - `cat1` to `cat5`: share of spending in each of five categories; they add up to 1.
/// - `weekend_share`, `night_share`: share of purchases made at weekends, at night, 0 to 1.
/// - `tier`: loyalty tier, 0 to 3.
/// - `push_optin`: allows push notifications.
/// - `days_since_mail`: days since the last e-mail.
/// - `support`: support tickets.
/// - `age_band`: six bands, 0 to 5.
/// - `noise1`, `noise2`: standard normal numbers that mean nothing.
pub const FEATURES: [(&str, Kind); 30] = [
    ("recency", Kind::Number),
    ("frequency", Kind::Number),
    ("monetary", Kind::Number),
    ("tenure", Kind::Number),
    ("aov", Kind::Number),
    ("discount_share", Kind::Number),
    ("coupons", Kind::Number),
    ("email_opens", Kind::Number),
    ("email_clicks", Kind::Number),
    ("app_sessions", Kind::Number),
    ("web_visits", Kind::Number),
    ("app_user", Kind::Boolean),
    ("ch_store", Kind::Boolean),
    ("ch_web", Kind::Boolean),
    ("returns_rate", Kind::Number),
    ("basket", Kind::Number),
    ("cat1", Kind::Number),
    ("cat2", Kind::Number),
    ("cat3", Kind::Number),
    ("cat4", Kind::Number),
    ("cat5", Kind::Number),
    ("weekend_share", Kind::Number),
    ("night_share", Kind::Number),
    ("tier", Kind::Number),
    ("push_optin", Kind::Boolean),
    ("days_since_mail", Kind::Number),
    ("support", Kind::Number),
    ("age_band", Kind::Number),
    ("noise1", Kind::Number),
    ("noise2", Kind::Number),
];

/// The distributions of the features.
#[derive(Debug, Clone)]
pub(super) struct Distributions {
    activity_spread: Gamma<f64>,
    tenure: Gamma<f64>,
    weekend: Beta<f64>,
    weekend_of_category: Beta<f64>,
    night: Beta<f64>,
}

impl Distributions {
    pub fn new() -> Result<Self> {
        Ok(Self {
            activity_spread: Gamma::new(2.0, 0.5).map_err(internal)?,
            tenure: Gamma::new(1.6, 400.0).map_err(internal)?,
            weekend: Beta::new(2.0, 3.0).map_err(internal)?,
            weekend_of_category: Beta::new(3.0, 3.0).map_err(internal)?,
            night: Beta::new(1.5, 6.0).map_err(internal)?,
        })
    }

    /// Draws a customer's features, in the order of [`FEATURES`].
    pub fn draw(&self, random: &mut ChaCha8Rng) -> ([f64; 30], Drivers) {
        let traits = Traits::draw(random);
        let purchases = Purchases::draw(random, &traits, self);
        let contacts = Contacts::draw(random, &traits);
        let habits = Habits::draw(random, &traits, self);
        let drivers = Drivers {
            recency: purchases.recency,
            frequency: purchases.frequency,
            discount_share: purchases.discount_share,
            email_opens: contacts.email_opens,
            email_clicks: contacts.email_clicks,
            app_user: contacts.app_user,
            cat1: habits.categories[0],
            night_share: habits.night_share,
            tier: habits.tier,
            push_optin: habits.push_optin,
            category_taste: traits.category_taste,
        };
        (in_order(&purchases, &contacts, &habits), drivers)
    }
}

/// The latent traits.
struct Traits {
    value: f64,
    activity: f64,
    deal_seeking: f64,
    digital: f64,
    category_taste: f64,
}

impl Traits {
    fn draw(random: &mut ChaCha8Rng) -> Self {
        let value = normal(random);
        let activity = 0.5 * value + 0.87 * normal(random);
        let deal_seeking = -0.3 * value + 0.95 * normal(random);
        let digital = 0.25 * activity + 0.97 * normal(random);
        let category_taste = normal(random);
        Self { value, activity, deal_seeking, digital, category_taste }
    }
}

struct Purchases {
    recency: f64,
    frequency: f64,
    aov: f64,
    tenure: f64,
    discount_share: f64,
    coupons: f64,
}

impl Purchases {
    fn draw(random: &mut ChaCha8Rng, traits: &Traits, of: &Distributions) -> Self {
        let &Traits { value, activity, deal_seeking, .. } = traits;
        let recency = ((3.2 - 0.6 * activity).exp() * exponential(random)).clamp(0.0, 365.0);
        let orders = (1.1 + 0.7 * activity).exp().clamp(0.0, 60.0);
        let orders = orders * of.activity_spread.sample(random);
        let frequency = poisson(random, orders);
        let aov = (3.4 + 0.45 * value - 0.15 * deal_seeking + 0.35 * normal(random)).exp();
        let tenure = of.tenure.sample(random).clamp(10.0, 4000.0);
        let discount_share = sigmoid(-1.0 + 1.1 * deal_seeking + 0.5 * normal(random));
        let coupons = (-0.2 + 0.8 * deal_seeking + 0.25 * activity).exp();
        let coupons = poisson(random, coupons.clamp(0.0, 30.0));
        Self { recency, frequency, aov, tenure, discount_share, coupons }
    }
}

struct Contacts {
    email_opens: f64,
    email_clicks: f64,
    app_user: bool,
    app_sessions: f64,
    web_visits: f64,
    ch_store: bool,
    ch_web: bool,
}

impl Contacts {
    fn draw(random: &mut ChaCha8Rng, traits: &Traits) -> Self {
        let &Traits { activity, deal_seeking, digital, .. } = traits;
        let email_opens = (1.2 + 0.35 * deal_seeking + 0.35 * activity + 0.2 * digital).exp();
        let email_opens = poisson(random, email_opens.clamp(0.0, 60.0));
        let click_rate = sigmoid(-1.6 + 0.5 * deal_seeking + 0.3 * digital);
        let email_clicks =
            (0..email_opens as u64).filter(|_| chance(random, click_rate)).count() as f64;
        let app_user = chance(random, sigmoid(-0.7 + 1.5 * digital));
        let app_sessions = if app_user {
            let sessions = (1.3 + 0.4 * activity + 0.3 * digital).exp();
            poisson(random, sessions.clamp(0.0, 80.0))
        } else {
            0.0
        };
        let web_visits = (1.0 + 0.45 * activity + 0.3 * digital).exp();
        let web_visits = poisson(random, web_visits.clamp(0.0, 60.0));
        let ch_store = chance(random, sigmoid(-0.3 - 0.9 * digital));
        let ch_web = !ch_store && chance(random, 0.7);
        Self { email_opens, email_clicks, app_user, app_sessions, web_visits, ch_store, ch_web }
    }
}

struct Habits {
    returns_rate: f64,
    basket: f64,
    categories: [f64; 5],
    weekend_share: f64,
    night_share: f64,
    tier: f64,
    push_optin: bool,
    days_since_mail: f64,
    support: f64,
    age_band: f64,
    noise: [f64; 2],
}

impl Habits {
    fn draw(random: &mut ChaCha8Rng, traits: &Traits, of: &Distributions) -> Self {
        let &Traits { value, activity, deal_seeking, digital, category_taste } = traits;
        let returns_rate = sigmoid(-2.6 + 0.3 * deal_seeking + 0.6 * normal(random));
        let basket = 1.0 + poisson(random, (0.6 + 0.25 * value).exp());
        let category = [0.8, -0.6, 0.2, 0.0, -0.3]
            .map(|taste| (0.9 * normal(random) + category_taste * taste).exp());
        let category_sum: f64 = category.iter().sum();
        let weekend = if category_taste > 0.0 { &of.weekend_of_category } else { &of.weekend };
        let weekend_share = weekend.sample(random);
        let night_share = of.night.sample(random);
        let standing = value + 0.5 * activity + 0.4 * normal(random);
        Self {
            returns_rate,
            basket,
            categories: category.map(|share| share / category_sum),
            weekend_share,
            night_share,
            tier: [-0.3, 0.8, 1.7].into_iter().filter(|&edge| standing >= edge).count() as f64,
            push_optin: chance(random, sigmoid(-0.6 + 0.9 * digital + 0.3 * activity)),
            days_since_mail: 12.0 * exponential(random),
            support: poisson(random, 0.4),
            age_band: f64::from(random.random_range(0..6_u8)),
            noise: [normal(random), normal(random)],
        }
    }
}

/// The features in the order of [`FEATURES`]: longer than 35 lines because each has its line.
fn in_order(purchases: &Purchases, contacts: &Contacts, habits: &Habits) -> [f64; 30] {
    let [cat1, cat2, cat3, cat4, cat5] = habits.categories;
    [
        purchases.recency,
        purchases.frequency,
        purchases.aov * purchases.frequency,
        purchases.tenure,
        purchases.aov,
        purchases.discount_share,
        purchases.coupons,
        contacts.email_opens,
        contacts.email_clicks,
        contacts.app_sessions,
        contacts.web_visits,
        f64::from(contacts.app_user),
        f64::from(contacts.ch_store),
        f64::from(contacts.ch_web),
        habits.returns_rate,
        habits.basket,
        cat1,
        cat2,
        cat3,
        cat4,
        cat5,
        habits.weekend_share,
        habits.night_share,
        habits.tier,
        f64::from(habits.push_optin),
        habits.days_since_mail,
        habits.support,
        habits.age_band,
        habits.noise[0],
        habits.noise[1],
    ]
}

/// Draws true with this probability.
pub(super) fn chance(random: &mut impl Rng, probability: f64) -> bool {
    random.random::<f64>() < probability
}

fn normal(random: &mut impl Rng) -> f64 {
    random.sample(StandardNormal)
}

/// Exponential with mean 1.
fn exponential(random: &mut impl Rng) -> f64 {
    random.sample(Exp1)
}

/// A count; 0 at a rate of 0, the only rate that can come up and that the distribution refuses.
fn poisson(random: &mut impl Rng, rate: f64) -> f64 {
    Poisson::new(rate).map_or(0.0, |counts| counts.sample(random))
}

fn internal(error: impl std::fmt::Display) -> Error {
    Error::new(ErrorKind::Internal, format!("simulator: {error}"))
}
