//! Frozen copies of the learner's structs, and of its enums without data.

/// Declares an enum of the format, and its conversions from and to an enum of the learner that has the
/// same variants. The place in the list is the stored number: a new variant goes to the end.
macro_rules! frozen_enum {
    ($name:ident of $learner:ty { $($variant:ident),* $(,)? }) => {
        #[derive(serde::Serialize, serde::Deserialize)]
        pub(super) enum $name {
            $($variant),*
        }

        impl From<$learner> for $name {
            fn from(of: $learner) -> Self {
                match of {
                    $(<$learner>::$variant => Self::$variant),*
                }
            }
        }

        impl From<$name> for $learner {
            fn from(of: $name) -> Self {
                match of {
                    $($name::$variant => Self::$variant),*
                }
            }
        }
    };
}

/// Declares a struct of the format, and its conversions from and to a struct of the learner that has the
/// same fields, each of a type with conversions of its own.
macro_rules! frozen_struct {
    ($name:ident of $learner:ty { $($field:ident: $type:ty),* $(,)? }) => {
        #[derive(serde::Serialize, serde::Deserialize)]
        pub(super) struct $name {
            $($field: $type),*
        }

        impl From<&$learner> for $name {
            fn from(of: &$learner) -> Self {
                Self { $($field: of.$field.clone().into()),* }
            }
        }

        impl From<$name> for $learner {
            fn from(of: $name) -> Self {
                Self { $($field: of.$field.into()),* }
            }
        }
    };
}

pub(super) use {frozen_enum, frozen_struct};
