//! The figures of scikit-learn on tables that any program can make. The error of the AUC is DeLong's, and not
//! known there with weights.

use super::*;

/// Row i of 60: what is so, the score and the weight.
fn row(i: usize) -> Row {
    (i * 7 % 11 < 4, (i * 13 % 29) as f64 / 28.0, 0.5 + (i % 4) as f64)
}

const PLAIN: [Option<f64>; 11] = [
    Some(0.617224880382775),
    Some(0.07808698850306657),
    Some(0.46371878841929304),
    Some(1.9347946017117958),
    Some(0.28156887755102045),
    Some(0.2244047619047619),
    Some(0.3127020513724801),
    Some(0.6333333333333333),
    Some(0.5),
    Some(0.6363636363636364),
    Some(0.56),
];
const WEIGHTED: [Option<f64>; 11] = [
    Some(0.6578907203907204),
    None,
    Some(0.5208184327536616),
    Some(1.0559435050596633),
    Some(0.2629623724489796),
    Some(0.2623511904761905),
    Some(0.41389037456867067),
    Some(0.6833333333333333),
    Some(0.5370370370370371),
    Some(0.6904761904761905),
    Some(0.6041666666666666),
];
/// All rows are so.
const ONE_CLASS: [Option<f64>; 11] = [
    None,
    None,
    Some(1.0),
    Some(2.243466161695614),
    Some(0.346593324829932),
    Some(0.5078869047619048),
    Some(0.0),
    Some(0.45),
    Some(1.0),
    Some(0.45),
    Some(0.6206896551724138),
];

#[test]
fn figures_are_those_of_scikit_learn() {
    let weighted: Vec<Row> = (0..60).map(row).collect();
    let plain: Vec<Row> = weighted.iter().map(|row| (row.0, row.1, 1.0)).collect();
    let one_class: Vec<Row> = weighted.iter().map(|row| (true, row.1, row.2)).collect();
    for (rows, expected) in [(plain, PLAIN), (weighted, WEIGHTED), (one_class, ONE_CLASS)] {
        for (place, (got, expected)) in
            figures(&metrics(&rows)).into_iter().zip(expected).enumerate()
        {
            let is_unknown_there = place == 1 && expected.is_none();
            assert!(is_unknown_there || are_close(got, expected), "{place}: {got:?} {expected:?}");
        }
    }
}
