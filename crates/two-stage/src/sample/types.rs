//! The SQL types of the features.

use super::Sample;

impl Sample {
    /// Remembers the SQL type of each feature. Where rows differ, the first name in bytewise order counts, so
    /// that the order of the rows does not matter.
    pub fn see_types(&mut self, types: Vec<String>) {
        if self.types.is_empty() {
            self.types = types;
            return;
        }
        for (known, seen) in self.types.iter_mut().zip(types) {
            if seen < *known {
                *known = seen;
            }
        }
    }

    /// The SQL type of each feature, as far as rows were seen.
    pub fn types(&self) -> &[String] {
        &self.types
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        codec::{decode_state, encode_state},
        options::Options,
        testing,
    };

    fn sample(types: [&str; 2]) -> Sample {
        let number = |name| testing::column(name, crate::column::Kind::Number);
        let mut sample = testing::sample(&["a", "b"].map(number));
        sample.see_types(types.map(str::to_owned).to_vec());
        sample
    }

    #[test]
    fn types_travel_with_the_rows_and_do_not_depend_on_their_order() {
        let (one, two) = (["integer", "numeric"], ["numeric", "bigint"]);
        for (first, second) in [(one, two), (two, one)] {
            let (mut first, second) = (sample(first), sample(second));
            let mut bytes = Vec::new();
            let encoded = encode_state(&Options::default(), &second).unwrap();
            encoded.write(|some| bytes.extend_from_slice(some));
            first.merge(decode_state(&bytes).unwrap().1).unwrap();
            assert_eq!(first.types(), ["integer", "bigint"]);
        }
    }
}
