//! Scores as keys: 64-bit integers in the same order.

const SIGN: u64 = 1 << 63;

/// Returns the key of a score that is not NaN; -0 and +0 have the same.
pub fn encode(score: f64) -> u64 {
    let bits = (score + 0.0).to_bits();
    if bits & SIGN == 0 { bits | SIGN } else { !bits }
}

/// Returns the score of a key of which the lowest bits are dropped: the middle of those that it may be.
pub fn decode(key: u64, dropped: u32) -> f64 {
    let half = if dropped == 0 { 0 } else { 1 << (dropped - 1) };
    // The keys outside these bounds are those of NaN.
    let key = (key << dropped | half).clamp(encode(f64::NEG_INFINITY), encode(f64::INFINITY));
    f64::from_bits(if key & SIGN == 0 { !key } else { key & !SIGN })
}
