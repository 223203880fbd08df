//! The training query: its columns are features, or mean something to the aggregate by their names.

use report::grouped;
use two_stage::model::{Mode, Report, RoleColumn};

use super::{
    options::QueryOptions,
    roles::{as_boolean, as_float8, nearly_named, reference, segment, undefined},
};
use crate::{
    features::{
        no_customer,
        roles::{
            ATTRIBUTED, ENGAGED, EXPOSED, PROPENSITY, ROLES, SEGMENT, WEIGHT, is_role, nearly_role,
        },
    },
    pg::{Failure, Query, QueryColumn},
};

/// The role of the column that names the customer.
const CUSTOMER: &str = "customer";

/// The arguments of the aggregate as SQL expressions over the columns of a query.
pub struct Selection {
    features: Vec<String>,
    segment: String,
    exposed: Option<String>,
    propensity: Option<String>,
    weight: Option<String>,
    customer: Option<Customer>,
    /// The columns that are no features, and their roles.
    roles: Vec<RoleColumn>,
}

/// The column that names the customer, which is in the row of the features without being one.
struct Customer {
    name: String,
    reference: String,
}

impl Selection {
    /// `schema` is that of the extension.
    pub fn of(query: &Query, options: &QueryOptions, schema: &str) -> Result<Self, Failure> {
        let excluded = &options.excluded;
        check_names(query, excluded)?;
        let customer = options.customer.as_ref().map(|name| customer(query, name)).transpose()?;
        let is_used = |column: &&QueryColumn| !excluded.contains(&column.name);
        let used = |name: &str| find(query, name).filter(is_used);
        let is_feature = |column: &&QueryColumn| {
            let is_customer = options.customer.as_ref() == Some(&column.name);
            is_used(column) && !is_role(&column.name) && !is_customer
        };
        let as_boolean = |column| as_boolean(column, schema);
        let selection = Self {
            features: query.columns.iter().filter(is_feature).map(reference).collect(),
            segment: segment(used(SEGMENT), used(ENGAGED), used(ATTRIBUTED), schema)?,
            exposed: used(EXPOSED).map(as_boolean).transpose()?,
            propensity: used(PROPENSITY).map(as_float8).transpose()?,
            weight: used(WEIGHT).map(as_float8).transpose()?,
            customer,
            roles: role_columns(query, options),
        };
        selection.check()?;
        Ok(selection)
    }

    fn check(&self) -> Result<(), Failure> {
        if self.features.is_empty() {
            return Err(undefined("the training query has no features")
                .with_hint("Select at least one column that is a feature."));
        }
        if self.propensity.is_some() && self.exposed.is_none() {
            return Err(undefined(format!(
                "the training query has a column \"{PROPENSITY}\", but no column \"{EXPOSED}\""
            ))
            .with_hint("Select the exposure of each customer as \"exposed\"."));
        }
        Ok(())
    }

    /// Returns the SELECT that trains; $1 is the options. The row of the sub-select carries the names of
    /// the features.
    pub fn statement(&self, schema: &str, query: &Query) -> String {
        let Self { features, segment, .. } = self;
        let row = unused_name(query);
        let customer = self.customer.iter().map(|customer| &customer.reference);
        let columns: Vec<&str> = features.iter().chain(customer).map(String::as_str).collect();
        let columns = columns.join(", ");
        let optional = self.optional_arguments();
        let text = &query.text;
        format!(
            "SELECT {schema}.train_intent_model({row}, {segment}, {optional}$1::pg_catalog.jsonb) \
             FROM (\n{text}\n) AS q, LATERAL (SELECT {columns}) AS {row}"
        )
    }

    /// Returns the arguments between segment and options, each followed by a comma.
    fn optional_arguments(&self) -> String {
        let exposed = self.exposed.as_deref().unwrap_or("true");
        let or_null = |given: &Option<String>| {
            given.clone().unwrap_or_else(|| "NULL::pg_catalog.float8".to_owned())
        };
        if self.propensity.is_some() || self.weight.is_some() {
            let propensity = or_null(&self.propensity);
            let weight = or_null(&self.weight);
            format!("{exposed}, {propensity}, {weight}, ")
        } else if self.exposed.is_some() {
            format!("{exposed}, ")
        } else {
            String::new()
        }
    }

    /// Returns the columns that are no features, each with its role.
    pub fn roles(&self) -> &[RoleColumn] {
        &self.roles
    }

    /// Says how many rows were read, and which columns were taken for what.
    pub fn description(&self, report: &Report) -> String {
        let counts = &report.counts;
        let rows = counts.with_features();
        let exposed = rows - counts.unexposed - counts.unknown_exposure;
        let share = 100.0 * exposed as f64 / rows as f64;
        let features = self.features.len();
        format!(
            "{} rows; {features} feature{}; exposed: {}; propensity: {}; weight: {}{}",
            grouped(counts.read),
            if features == 1 { "" } else { "s" },
            self.exposed.as_ref().map_or("no".to_owned(), |_| format!("yes ({share:.0} % true)")),
            if self.propensity.is_some() { "column propensity" } else { "no" },
            if self.weight.is_some() { "column weight" } else { "no" },
            self.customer
                .as_ref()
                .map_or(String::new(), |customer| format!("; customer: column {}", customer.name))
        )
    }

    /// Returns the warning of an exposure that is never false, with which nobody can be compared.
    pub fn one_sided_exposure(&self, report: &Report) -> Option<String> {
        let one_sided = self.exposed.is_some() && report.counts.unexposed == 0;
        (one_sided && report.mode == Mode::Simple).then(|| {
            "exposed is never false, so nobody can be compared with those who were sent the campaign: \
             training learns from the campaign labels alone (simple mode); select customers who were not sent it too"
                .to_owned()
        })
    }
}

/// Returns the columns that are no features, each with its role.
fn role_columns(query: &Query, options: &QueryOptions) -> Vec<RoleColumn> {
    let is_excluded = |name: &str| options.excluded.iter().any(|excluded| excluded == name);
    let is_used = |role: &&str| find(query, role).is_some() && !is_excluded(role);
    let roles = ROLES.into_iter().filter(is_used).map(|role| (role, role));
    let customer = options.customer.iter().map(|name| (CUSTOMER, name.as_str()));
    let named = |(role, column): (&str, &str)| RoleColumn {
        role: role.to_owned(),
        column: column.to_owned(),
    };
    roles.chain(customer).map(named).collect()
}

/// Refuses names that option exclude or a role would miss.
fn check_names(query: &Query, excluded: &[String]) -> Result<(), Failure> {
    if let Some(name) = excluded.iter().find(|name| find(query, name).is_none()) {
        return Err(undefined(format!(
            "option \"exclude\" names column \"{name}\", which the training query does not have"
        ))
        .with_hint("Name columns of the training query."));
    }
    for column in query.columns.iter().filter(|column| !excluded.contains(&column.name)) {
        if let Some(role) = nearly_role(&column.name) {
            return Err(nearly_named(column, role));
        }
    }
    Ok(())
}

/// Finds the column that names the customer, which may be an excluded one.
fn customer(query: &Query, name: &str) -> Result<Customer, Failure> {
    let column = find(query, name).ok_or_else(|| {
        no_customer(name, "the training query").with_hint("Name a column of the training query.")
    })?;
    Ok(Customer { name: name.to_owned(), reference: reference(column) })
}

/// Returns a name that no column has, because a column takes precedence over a row.
fn unused_name(query: &Query) -> String {
    let mut name = "features".to_owned();
    while find(query, &name).is_some() {
        name.push('_');
    }
    name
}

fn find<'q>(query: &'q Query, name: &str) -> Option<&'q QueryColumn> {
    query.columns.iter().find(|column| column.name == name)
}
