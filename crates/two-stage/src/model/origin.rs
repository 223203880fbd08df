//! The origin of a model: who made it, from columns of which SQL types.

/// The origin of a model, as the caller of the training knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// The version of the extension.
    pub version: String,
    /// The SQL type of each feature, in the order of the columns.
    pub types: Vec<String>,
    /// The columns of the training query that are no features; none where there was no such query.
    pub roles: Vec<RoleColumn>,
}

/// A column that says what happened to a customer, or who it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoleColumn {
    /// Its role, such as observed_segment.
    pub role: String,
    /// Its name in the training query.
    pub column: String,
}

impl Origin {
    /// Checks bytes from a table.
    pub(super) fn is_sound(&self, columns: usize) -> bool {
        let roles = self.roles.iter().flat_map(|role| [&role.role, &role.column]);
        let mut texts = self.types.iter().chain(roles).chain([&self.version]);
        self.types.len() == columns && texts.all(|text| !text.contains('\0'))
    }
}
