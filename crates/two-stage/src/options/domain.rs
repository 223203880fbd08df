//! The values that an option can take: how each is read, shown and described.

use serde_json::Value as Json;

use crate::network::{MAX_LAYERS, MAX_WIDTH};

/// The values of an option of type `T`.
pub(super) trait Domain<T> {
    /// Reads a value; `None` where it is not one of the domain.
    fn read(&self, value: &Json) -> Option<T>;

    /// A value as `train_options()` shows it.
    fn show(&self, value: &T) -> String;

    /// The range as `train_options()` shows it.
    fn range(&self) -> String;

    /// The sentence that tells the valid values.
    fn valid(&self) -> String {
        format!("Valid values are {}.", self.range())
    }
}

/// Real numbers from the first to the second.
pub(super) struct Real(pub f64, pub f64);

impl Domain<f64> for Real {
    fn read(&self, value: &Json) -> Option<f64> {
        value.as_f64().filter(|n| (self.0..=self.1).contains(n))
    }

    fn show(&self, value: &f64) -> String {
        value.to_string()
    }

    fn range(&self) -> String {
        format!("{} to {}", self.0, self.1)
    }

    fn valid(&self) -> String {
        format!("Valid values are between {} and {}.", self.0, self.1)
    }
}

/// Integers from the first to the second, also where JSON writes them as 1e3 or 5.0.
pub(super) struct Whole(pub u64, pub u64);

impl<T: TryFrom<u64> + ToString> Domain<T> for Whole {
    fn read(&self, value: &Json) -> Option<T> {
        let whole = || value.as_f64().filter(|n| n.fract() == 0.0 && *n >= 0.0).map(|n| n as u64);
        let number = value.as_u64().or_else(whole)?;
        (self.0..=self.1).contains(&number).then(|| T::try_from(number).ok()).flatten()
    }

    fn show(&self, value: &T) -> String {
        value.to_string()
    }

    fn range(&self) -> String {
        format!("{} to {}", self.0, self.1)
    }

    fn valid(&self) -> String {
        format!("Valid values are between {} and {}.", self.0, self.1)
    }
}

/// A few values, each with its name in JSON: a string, or true and false.
pub(super) struct OneOf<T: 'static>(pub &'static [(&'static str, T)]);

impl<T: Copy + PartialEq> Domain<T> for OneOf<T> {
    fn read(&self, value: &Json) -> Option<T> {
        let given = match value {
            Json::String(name) => name.as_str(),
            Json::Bool(true) => "true",
            Json::Bool(false) => "false",
            _ => return None,
        };
        let same_type = |name: &str| value.is_boolean() == ["true", "false"].contains(&name);
        let found = self.0.iter().find(|(name, _)| *name == given && same_type(name));
        found.map(|(_, value)| *value)
    }

    fn show(&self, value: &T) -> String {
        self.0.iter().find(|(_, of)| of == value).map_or(String::new(), |(name, _)| (*name).into())
    }

    fn range(&self) -> String {
        let names: Vec<&str> = self.0.iter().map(|(name, _)| *name).collect();
        match names.split_last() {
            Some((last, rest)) if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
            _ => names.concat(),
        }
    }
}

/// The name of a feature, with the given description of which.
pub(super) struct FeatureName(pub &'static str);

impl Domain<String> for FeatureName {
    fn read(&self, value: &Json) -> Option<String> {
        value.as_str().map(str::to_owned)
    }

    fn show(&self, value: &String) -> String {
        value.clone()
    }

    fn range(&self) -> String {
        self.0.to_owned()
    }
}

/// The sizes of a network's hidden layers.
pub(super) struct Layers;

impl Domain<Vec<usize>> for Layers {
    fn read(&self, value: &Json) -> Option<Vec<usize>> {
        let sizes = value.as_array().filter(|sizes| sizes.len() <= MAX_LAYERS)?;
        sizes.iter().map(|size| Whole(1, MAX_WIDTH as u64).read(size)).collect()
    }

    fn show(&self, value: &Vec<usize>) -> String {
        format!("{value:?}")
    }

    fn range(&self) -> String {
        format!("an array of at most {MAX_LAYERS} sizes from 1 to {MAX_WIDTH}")
    }
}

/// An option that need not be given, and what then stands for it.
pub(super) struct Optional<D>(pub D, pub &'static str);

impl<T, D: Domain<T>> Domain<Option<T>> for Optional<D> {
    fn read(&self, value: &Json) -> Option<Option<T>> {
        self.0.read(value).map(Some)
    }

    fn show(&self, value: &Option<T>) -> String {
        value.as_ref().map_or_else(|| self.1.to_owned(), |value| self.0.show(value))
    }

    fn range(&self) -> String {
        self.0.range()
    }

    fn valid(&self) -> String {
        self.0.valid()
    }
}

/// A domain with something to add to its range.
pub(super) struct Noted<D>(pub D, pub &'static str);

impl<T, D: Domain<T>> Domain<T> for Noted<D> {
    fn read(&self, value: &Json) -> Option<T> {
        self.0.read(value)
    }

    fn show(&self, value: &T) -> String {
        self.0.show(value)
    }

    fn range(&self) -> String {
        format!("{}; {}", self.0.range(), self.1)
    }

    fn valid(&self) -> String {
        self.0.valid()
    }
}
