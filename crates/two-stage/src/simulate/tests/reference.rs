//! Features and kinds agree with the reference simulator.

use super::*;
use crate::{column::Kind, simulate::drivers::Drivers};

/// Figures of the reference (simulate.py beside the design) on two million customers.
struct Figures {
    name: &'static str,
    mean: f64,
    sd: f64,
    /// A value near the lower quarter, and the share below it.
    low: (f64, f64),
    /// A value near the upper tenth, and the share below it.
    high: (f64, f64),
    /// Mean and standard deviation among the kinds organic and campaign_driven.
    organic: (f64, f64),
    campaign: (f64, f64),
}

#[rustfmt::skip]
#[allow(clippy::approx_constant, reason = "a mean near e is a coincidence")]
const FIGURES: [Figures; 30] = [
    Figures { name: "recency", mean: 29.254, sd: 38.765, low: (6.24, 0.2502), high: (70.3, 0.8999), organic: (14.883, 18.456), campaign: (28.657, 35.564) },
    Figures { name: "frequency", mean: 3.8499, sd: 5.0465, low: (1.5, 0.376), high: (8.5, 0.8852), organic: (6.8122, 6.787), campaign: (2.862, 3.4742) },
    Figures { name: "monetary", mean: 166.77, sd: 354.05, low: (19.2, 0.2497), high: (402.0, 0.8999), organic: (347.69, 542.58), campaign: (82.1, 138.85) },
    Figures { name: "tenure", mean: 640.2, sd: 505.41, low: (270.0, 0.2498), high: (1310.0, 0.8995), organic: (640.4, 506.37), campaign: (641.0, 504.91) },
    Figures { name: "aov", mean: 36.419, sd: 25.086, low: (19.7, 0.25), high: (66.6, 0.8998), organic: (47.435, 30.157), campaign: (27.052, 16.683) },
    Figures { name: "discount_share", mean: 0.31392, sd: 0.21204, low: (0.14, 0.2497), high: (0.633, 0.9002), organic: (0.23016, 0.16446), campaign: (0.496, 0.20992) },
    Figures { name: "coupons", mean: 1.126, sd: 1.5025, low: (0.5, 0.4338), high: (2.5, 0.8657), organic: (0.9118, 1.2202), campaign: (1.8891, 2.0379) },
    Figures { name: "email_opens", mean: 3.8159, sd: 2.9117, low: (2.5, 0.38), high: (7.5, 0.8975), organic: (4.011, 2.8963), campaign: (5.3092, 3.3475) },
    Figures { name: "email_clicks", mean: 0.82545, sd: 1.2662, low: (0.5, 0.5413), high: (1.5, 0.8046), organic: (0.70618, 1.092), campaign: (1.5942, 1.7307) },
    Figures { name: "app_sessions", mean: 2.0739, sd: 3.5484, low: (0.5, 0.6321), high: (6.5, 0.8813), organic: (2.7045, 4.335), campaign: (2.4142, 3.5146) },
    Figures { name: "web_visits", mean: 3.2614, sd: 2.8113, low: (1.5, 0.2911), high: (6.5, 0.8873), organic: (4.2638, 3.2971), campaign: (3.2074, 2.6496) },
    Figures { name: "app_user", mean: 0.37872, sd: 0.48507, low: (0.5, 0.6213), high: (0.5, 0.6213), organic: (0.39265, 0.48834), campaign: (0.46687, 0.4989) },
    Figures { name: "ch_store", mean: 0.43617, sd: 0.49591, low: (0.5, 0.5638), high: (0.5, 0.5638), organic: (0.41848, 0.49331), campaign: (0.39865, 0.48962) },
    Figures { name: "ch_web", mean: 0.39518, sd: 0.48889, low: (0.5, 0.6048), high: (0.5, 0.6048), organic: (0.40757, 0.49138), campaign: (0.42127, 0.49376) },
    Figures { name: "returns_rate", mean: 0.0818, sd: 0.051926, low: (0.0451, 0.2498), high: (0.149, 0.8995), organic: (0.073354, 0.04622), campaign: (0.099428, 0.05946) },
    Figures { name: "basket", mean: 2.881, sd: 1.4528, low: (2.5, 0.4538), high: (4.5, 0.868), organic: (3.1304, 1.5451), campaign: (2.7182, 1.3689) },
    Figures { name: "cat1", mean: 0.22195, sd: 0.19969, low: (0.0661, 0.2499), high: (0.527, 0.9001), organic: (0.2353, 0.20058), campaign: (0.2154, 0.19594) },
    Figures { name: "cat2", mean: 0.20994, sd: 0.18108, low: (0.0701, 0.2502), high: (0.48, 0.9001), organic: (0.20227, 0.17571), campaign: (0.21198, 0.18074) },
    Figures { name: "cat3", mean: 0.18852, sd: 0.14843, low: (0.0766, 0.2502), high: (0.401, 0.9), organic: (0.18843, 0.1469), campaign: (0.1895, 0.14896) },
    Figures { name: "cat4", mean: 0.18671, sd: 0.14564, low: (0.0771, 0.2499), high: (0.394, 0.8997), organic: (0.18528, 0.14382), campaign: (0.18832, 0.14682) },
    Figures { name: "cat5", mean: 0.19288, sd: 0.1551, low: (0.0752, 0.2499), high: (0.417, 0.9002), organic: (0.18872, 0.15205), campaign: (0.1948, 0.15569) },
    Figures { name: "weekend_share", mean: 0.44987, sd: 0.20103, low: (0.296, 0.25), high: (0.724, 0.9002), organic: (0.45216, 0.20077), campaign: (0.44913, 0.20129) },
    Figures { name: "night_share", mean: 0.20002, sd: 0.13704, low: (0.0928, 0.2501), high: (0.394, 0.8997), organic: (0.20313, 0.13864), campaign: (0.18738, 0.12915) },
    Figures { name: "tier", mean: 0.97808, sd: 1.0125, low: (0.5, 0.4137), high: (2.5, 0.89), organic: (1.6169, 1.0408), campaign: (0.64644, 0.80844) },
    Figures { name: "push_optin", mean: 0.37923, sd: 0.48519, low: (0.5, 0.6208), high: (0.5, 0.6208), organic: (0.41129, 0.49207), campaign: (0.48827, 0.49986) },
    Figures { name: "days_since_mail", mean: 12.0, sd: 11.993, low: (3.46, 0.2502), high: (27.6, 0.8997), organic: (12.009, 11.996), campaign: (12.006, 12.027) },
    Figures { name: "support", mean: 0.40037, sd: 0.63261, low: (0.5, 0.67), high: (0.5, 0.67), organic: (0.40036, 0.63247), campaign: (0.39967, 0.63187) },
    Figures { name: "age_band", mean: 2.5001, sd: 1.7081, low: (1.5, 0.3335), high: (4.5, 0.8334), organic: (2.4989, 1.7079), campaign: (2.4985, 1.7081) },
    Figures { name: "noise1", mean: 0.00050386, sd: 1.0004, low: (-0.674, 0.25), high: (1.28, 0.8995), organic: (0.00033219, 1.0002), campaign: (0.00040547, 0.99993) },
    Figures { name: "noise2", mean: 0.001116, sd: 0.99927, low: (-0.673, 0.2501), high: (1.28, 0.8998), organic: (0.0014681, 0.99949), campaign: (-0.00083171, 0.99896) },
];

/// Correlations of two features after sign(v)·log(1+|v|).
#[rustfmt::skip]
const CORRELATIONS: [(&str, &str, f64); 16] = [
    ("recency", "frequency", -0.2571),
    ("aov", "discount_share", -0.4078),
    ("app_sessions", "web_visits", 0.3567),
    ("cat1", "weekend_share", 0.1346),
    ("cat1", "cat2", -0.4924),
    ("tier", "frequency", 0.3809),
    ("push_optin", "app_user", 0.2124),
    ("email_clicks", "email_opens", 0.6099),
    ("coupons", "email_opens", 0.3124),
    ("ch_store", "ch_web", -0.7109),
    ("ch_store", "app_user", -0.1998),
    ("basket", "aov", 0.2522),
    ("returns_rate", "discount_share", 0.3842),
    ("push_optin", "recency", -0.0944),
    ("cat3", "cat5", -0.2378),
    ("monetary", "tier", 0.4559),
];

/// Mean chances of the kinds, and the mean of their squares: how sure the chances are.
const KIND_CHANCES: [f64; 3] = [0.42905, 0.33127, 0.23967];
const KIND_SQUARES: [f64; 3] = [0.25752, 0.20127, 0.12762];

fn position(name: &str) -> usize {
    FEATURES.iter().position(|feature| feature.0 == name).unwrap()
}

#[test]
fn features_are_distributed_as_in_the_reference() {
    let customers = customers(0.4, 0.6, 1);
    let n = N as f64;
    for (j, figures) in FIGURES.iter().enumerate() {
        let name = figures.name;
        assert_eq!(FEATURES[j].0, name);
        let found = mean(customers.iter().map(|c| c.features[j]));
        assert_near(name, found, figures.mean, figures.sd / n.sqrt());
        for (value, expected) in [figures.low, figures.high] {
            let found = share(customers.iter(), |c| c.features[j] < value);
            let error = share_error(expected, n);
            assert_near(&format!("{name} < {value}"), found, expected, error);
        }
        for (kind, (expected, sd)) in
            [(Segment::Organic, figures.organic), (Segment::CampaignDriven, figures.campaign)]
        {
            let of_kind = || customers.iter().filter(|c| c.kind == kind);
            let found = mean(of_kind().map(|c| c.features[j]));
            let error = sd / (of_kind().count() as f64).sqrt();
            assert_near(&format!("{name} of {}", kind.name()), found, expected, error);
        }
    }
}

#[test]
fn features_hang_together_as_in_the_reference() {
    let customers = customers(0.4, 0.6, 2);
    let column = |name| -> Vec<f64> {
        let j = position(name);
        let values = customers.iter().map(|c| c.features[j]);
        values.map(|v| v.signum() * v.abs().ln_1p()).collect()
    };
    let covariance = |a: &[f64], b: &[f64]| {
        let (mean_a, mean_b) = (mean(a.iter().copied()), mean(b.iter().copied()));
        mean(a.iter().zip(b).map(|(x, y)| (x - mean_a) * (y - mean_b)))
    };
    for (first, second, expected) in CORRELATIONS {
        let (a, b) = (column(first), column(second));
        let found = covariance(&a, &b) / (covariance(&a, &a) * covariance(&b, &b)).sqrt();
        let error = 1.0 / (N as f64).sqrt();
        assert_near(&format!("{first} with {second}"), found, expected, error);
    }
}

#[test]
fn features_keep_what_they_mean() {
    let boolean = ["app_user", "ch_store", "ch_web", "push_optin"];
    for (name, kind) in FEATURES {
        let expected = if boolean.contains(&name) { Kind::Boolean } else { Kind::Number };
        assert_eq!(kind, expected, "{name}");
    }
    for customer in customers(0.4, 0.6, 3) {
        let value = |name| customer.features[position(name)];
        assert!(customer.features.iter().all(|v| v.is_finite()));
        assert!(boolean.iter().all(|name| [0.0, 1.0].contains(&value(name))));
        assert_eq!(value("monetary"), value("aov") * value("frequency"));
        assert!(value("ch_store") + value("ch_web") <= 1.0);
        assert!(value("email_clicks") <= value("email_opens"));
        assert!(value("app_user") == 1.0 || value("app_sessions") == 0.0);
        assert!((0.0..=365.0).contains(&value("recency")));
        assert!((10.0..=4000.0).contains(&value("tenure")));
        let categories = ["cat1", "cat2", "cat3", "cat4", "cat5"].map(value);
        assert!((categories.iter().sum::<f64>() - 1.0).abs() < 1e-12);
    }
}

/// Chances that the reference's types() gives for three customers.
#[test]
fn kind_probabilities_are_those_of_the_reference() {
    let cases = [
        (
            Drivers {
                recency: 54.68,
                frequency: 2.0,
                discount_share: 0.28,
                email_opens: 5.0,
                email_clicks: 1.0,
                app_user: true,
                cat1: 0.04,
                night_share: 0.02,
                tier: 0.0,
                push_optin: true,
                category_taste: -1.5,
            },
            [0.586679389437678, 0.047474633499530454, 0.3658459770627917],
        ),
        (
            Drivers {
                recency: 28.89,
                frequency: 2.0,
                discount_share: 0.08,
                email_opens: 6.0,
                email_clicks: 1.0,
                app_user: true,
                cat1: 0.4,
                night_share: 0.09,
                tier: 0.0,
                push_optin: false,
                category_taste: 0.25,
            },
            [0.525988754940934, 0.19614922585257283, 0.2778620192064931],
        ),
        (
            Drivers {
                recency: 50.26,
                frequency: 1.0,
                discount_share: 0.5,
                email_opens: 2.0,
                email_clicks: 0.0,
                app_user: false,
                cat1: 0.16,
                night_share: 0.05,
                tier: 1.0,
                push_optin: false,
                category_taste: 2.0,
            },
            [0.7948045019212616, 0.05926455052875102, 0.14593094754998726],
        ),
    ];
    for (drivers, expected) in cases {
        for (found, expected) in drivers.kind_probabilities().into_iter().zip(expected) {
            assert!((found - expected).abs() < 1e-12, "{found} instead of {expected}");
        }
    }
}

#[test]
fn kinds_are_as_frequent_and_as_sure_as_in_the_reference() {
    let simulator = Simulator::new(0.4, 0.6, 4).unwrap();
    let n = N as f64;
    let (mut chances, mut squares, mut drawn) = ([0.0; 3], [0.0; 3], [0.0; 3]);
    for index in 0..N as u64 {
        let mut random = simulator.random.clone();
        random.set_stream(index);
        let (_, drivers) = simulator.distributions.draw(&mut random);
        let probabilities = drivers.kind_probabilities();
        let kind = simulator.customer(index).kind;
        for (k, segment) in Segment::ALL.into_iter().enumerate() {
            chances[k] += probabilities[k] / n;
            squares[k] += probabilities[k].powi(2) / n;
            drawn[k] += f64::from(kind == segment) / n;
        }
    }
    for (k, segment) in Segment::ALL.into_iter().enumerate() {
        let name = segment.name();
        // The largest standard deviation of the three chances; their squares spread less.
        let error = 0.303 / n.sqrt();
        assert_near(name, chances[k], KIND_CHANCES[k], error);
        assert_near(&format!("{name} squared"), squares[k], KIND_SQUARES[k], error);
        let error = share_error(KIND_CHANCES[k], n);
        assert_near(&format!("{name} drawn"), drawn[k], KIND_CHANCES[k], error);
    }
}
