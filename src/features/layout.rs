//! The layout of features, and the columns that they must have.

use two_stage::column::Column;

use crate::pg::Failure;

/// The columns that features must have.
#[derive(Clone, Copy)]
pub enum Wanted<'w> {
    /// All that there are but the one that names the customer, if there is one.
    Every { customer: Option<&'w str> },
    /// The columns of a model. `positional`: it was trained on arrays.
    These { columns: &'w [Column], positional: bool },
}

/// The layout that features are read by.
pub trait Layout {
    /// Tells if the features come as an array.
    fn positional(&self) -> bool;
    fn len(&self) -> usize;
    fn columns(&self) -> Result<Vec<Column>, Failure>;
    /// Returns the SQL type of each column.
    fn types(&self) -> Result<Vec<String>, Failure>;
    /// Returns the columns that are not features, because their names are those of roles.
    fn left_out(&self) -> &[String] {
        &[]
    }
}
