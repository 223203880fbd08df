//! Exposure and missing labels have their shares, and depend on seed and index alone.

use super::*;

#[test]
fn exposure_and_missing_labels_have_their_shares() {
    let customers = customers(0.4, 0.6, 5);
    let of_kind = || customers.iter().filter(|c| c.kind == Segment::CampaignDriven);
    let exposed = share(customers.iter(), |c| c.exposed);
    assert_near("exposed", exposed, 0.6, share_error(0.6, N as f64));
    let exposed = share(of_kind(), |c| c.exposed);
    let error = share_error(0.6, of_kind().count() as f64);
    assert_near("exposed of campaign_driven", exposed, 0.6, error);
    let moved = || customers.iter().filter(|c| c.truth == Segment::CampaignDriven);
    let missing = share(moved(), |c| c.observed == Segment::Organic);
    let error = share_error(0.4, moved().count() as f64);
    assert_near("missing", missing, 0.4, error);
    for c in &customers {
        let engages = match c.kind {
            Segment::LowEngagement => false,
            Segment::Organic => true,
            Segment::CampaignDriven => c.exposed,
        };
        let truth = if engages { c.kind } else { Segment::LowEngagement };
        assert_eq!(c.truth, truth);
        assert_eq!(c.observed.engaged(), c.truth.engaged());
        assert!(c.observed == c.truth || c.truth == Segment::CampaignDriven);
    }
}

#[test]
fn the_ends_of_the_ranges_are_certain() {
    for c in customers(0.0, 1.0, 6) {
        assert!(c.exposed);
        assert_eq!((c.observed, c.truth), (c.kind, c.kind));
    }
    let unlabelled = |c: &Customer| c.observed != Segment::CampaignDriven;
    assert!(customers(1.0, 1.0, 6).iter().all(unlabelled));
}

#[test]
fn a_customer_depends_on_seed_and_index_alone() {
    let simulator = Simulator::new(0.4, 0.6, 7).unwrap();
    let first = simulator.customer(3);
    for index in [0, u64::MAX, 3] {
        simulator.customer(index);
    }
    assert_eq!(simulator.customer(3), first);
    assert_eq!(Simulator::new(0.4, 0.6, 7).unwrap().customer(3), first);
    assert_ne!(simulator.customer(4).features, first.features);
    let other_seed = Simulator::new(0.4, 0.6, 8).unwrap();
    assert_ne!(other_seed.customer(3).features, first.features);
}

#[test]
fn shares_change_neither_features_nor_kind() {
    let some = Simulator::new(0.4, 0.6, 7).unwrap();
    let most = Simulator::new(0.9, 0.1, 7).unwrap();
    for index in 0..100 {
        let (a, b) = (some.customer(index), most.customer(index));
        assert_eq!((a.features, a.kind), (b.features, b.kind));
    }
}

#[test]
fn shares_out_of_range_are_errors() {
    for (missing_rate, exposed_share, message) in [
        (-0.1, 0.6, "missing_rate must be between 0 and 1, not -0.1"),
        (1.5, 0.6, "missing_rate must be between 0 and 1, not 1.5"),
        (f64::NAN, 0.6, "missing_rate must be between 0 and 1, not NaN"),
        (0.4, 0.0, "exposed_share must be above 0 and at most 1, not 0"),
        (0.4, 1.01, "exposed_share must be above 0 and at most 1, not 1.01"),
        (0.4, f64::NAN, "exposed_share must be above 0 and at most 1, not NaN"),
    ] {
        let error = Simulator::new(missing_rate, exposed_share, 1).unwrap_err();
        assert_eq!(error.kind, ErrorKind::InvalidParameter);
        assert_eq!(error.message, message);
        assert!(error.hint.is_some());
    }
}
