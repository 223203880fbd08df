//! Features as a row: columns are found by name.

use two_stage::{
    column::{Column, Value},
    sample::Customer,
};

use super::{
    customer::{CustomerColumn, no_customer},
    fixed::FixedColumns,
    layout::{Layout, Wanted},
    raw_numbers::RawNumbers,
    roles::is_role,
    scalar::{Reader, kind_name},
};
use crate::pg::{
    Call, Failure, Oid, Record, RowColumn, RowType, SqlState, SqlValue, qualified_type_name,
    type_name,
};

/// The layout of rows of one type. It is made once for each call site and type: a row then costs one
/// pass over its columns and no look-up.
pub struct RowLayout {
    row_type: RowType,
    fields: Vec<Field>,
    left_out: Vec<String>,
    customer: Option<CustomerColumn>,
    /// The shorter way to the features, if there is one.
    fixed: Option<FixedColumns>,
}

/// A column of the row that is a feature.
struct Field {
    /// The column's place in the row, from 0.
    place: usize,
    name: String,
    type_: Oid,
    reader: Reader,
}

impl RowLayout {
    /// Makes the layout of a row, if it has the wanted columns.
    pub fn new(call: &Call, row: Record, wanted: Wanted) -> Result<Self, Failure> {
        let row_type = RowType::of(call, row);
        let mut left_out = Vec::new();
        let mut customer = None;
        let fields = match wanted {
            Wanted::Every { customer: named } => {
                let mut columns = row_type.columns()?;
                customer = named.map(|name| take_customer(&mut columns, name)).transpose()?;
                let (fields, roles) = every_column(columns, named)?;
                left_out = roles;
                fields
            }
            Wanted::These { columns, .. } => these_columns(&row_type, columns)?,
        };
        let features = fields.iter().map(|field| (field.place, &field.reader));
        let fixed = FixedColumns::new(row_type.physical_columns(), features);
        Ok(Self { row_type, fields, left_out, customer, fixed })
    }

    #[inline]
    pub fn fits(&self, row: Record) -> bool {
        self.row_type.fits(row)
    }

    /// Tells if rows name their customers.
    #[inline]
    pub fn names_customers(&self) -> bool {
        self.customer.is_some()
    }

    /// Reads the customer of a row that fits.
    pub fn customer(&mut self, row: Record) -> Result<Option<Customer>, Failure> {
        let Some(column) = &mut self.customer else { return Ok(None) };
        column.read(self.row_type.deform(row)?.get(column.place()))
    }

    /// Reads the features of a row that fits in place, if they are all numbers of fixed width.
    #[inline]
    pub fn numbers<'a>(&'a mut self, row: Record<'a>) -> Option<RawNumbers<'a>> {
        self.fixed.as_mut()?.numbers(row)
    }

    /// Reads the features of a row that fits, in the layout's order.
    pub fn values<'a>(
        &'a mut self,
        row: Record<'a>,
    ) -> Result<impl Iterator<Item = Value<'a>>, Failure> {
        let columns = self.row_type.deform(row)?;
        for field in &mut self.fields {
            if let Some(value) = columns.get(field.place) {
                field.reader.prepare(value)?;
            }
        }
        Ok(self.fields.iter().map(move |field| match columns.get(field.place) {
            None => Value::Missing,
            Some(value) => field.reader.read(value).unwrap_or_else(|failure| failure.raise()),
        }))
    }

    /// Writes each feature of a row that fits as its type does.
    pub fn texts(&mut self, row: Record) -> Result<Vec<Option<SqlValue>>, Failure> {
        let columns = self.row_type.deform(row)?;
        let text =
            |field: &Field| columns.get(field.place).map(|value| value.to_text()).transpose();
        self.fields.iter().map(text).collect()
    }
}

impl Layout for RowLayout {
    fn positional(&self) -> bool {
        false
    }

    fn len(&self) -> usize {
        self.fields.len()
    }

    fn columns(&self) -> Result<Vec<Column>, Failure> {
        let column = |field: &Field| Column { name: field.name.clone(), kind: field.reader.kind() };
        Ok(self.fields.iter().map(column).collect())
    }

    fn types(&self) -> Result<Vec<String>, Failure> {
        self.fields.iter().map(|field| qualified_type_name(field.type_)).collect()
    }

    fn left_out(&self) -> &[String] {
        &self.left_out
    }
}

/// Takes every column as a feature, but those with the name of a role, which it names beside them.
fn every_column(
    columns: Vec<RowColumn>,
    customer: Option<&str>,
) -> Result<(Vec<Field>, Vec<String>), Failure> {
    let mut fields = Vec::<Field>::new();
    let (roles, columns): (Vec<_>, Vec<_>) =
        columns.into_iter().partition(|column| is_role(&column.name));
    for column in columns {
        if fields.iter().any(|field| field.name == column.name) {
            return Err(ambiguous(&column.name));
        }
        let reader = Reader::of_column(&column.name, column.type_)?;
        fields.push(Field { place: column.place, name: column.name, type_: column.type_, reader });
    }
    if fields.is_empty() {
        let message = match (roles.first(), customer) {
            (None, None) => "the row has no columns".to_owned(),
            (None, Some(name)) => {
                format!("the row has no feature: column \"{name}\" names the customer")
            }
            (Some(role), _) => {
                format!("the row has no feature: column \"{}\" has a role's name", role.name)
            }
        };
        return Err(Failure::new(SqlState::ERRCODE_DATA_EXCEPTION, message)
            .with_hint("Pass at least one feature."));
    }
    Ok((fields, roles.into_iter().map(|column| column.name).collect()))
}

/// Takes the column that names the customer out of the others.
fn take_customer(columns: &mut Vec<RowColumn>, name: &str) -> Result<CustomerColumn, Failure> {
    let mut of_name = columns.extract_if(.., |column| column.name == name);
    let found = of_name.next().ok_or_else(|| {
        no_customer(name, "the row").with_hint("Name a column of the row that holds the features.")
    })?;
    match of_name.next() {
        None => Ok(CustomerColumn::new(found.place, found.type_)),
        Some(_) => Err(ambiguous(name)),
    }
}

/// Takes the columns that a model was trained on, by name.
fn these_columns(row_type: &RowType, wanted: &[Column]) -> Result<Vec<Field>, Failure> {
    let columns = row_type.columns()?;
    let find = |wanted: &Column| {
        let mut same_name = columns.iter().filter(|column| column.name == wanted.name);
        let column = same_name.next().ok_or_else(|| missing(&wanted.name))?;
        if same_name.next().is_some() {
            return Err(ambiguous(&wanted.name));
        }
        let reader = Reader::of_column(&column.name, column.type_)?;
        if reader.kind() != wanted.kind {
            return Err(other_kind(wanted, column.type_, &reader));
        }
        let (place, type_) = (column.place, column.type_);
        Ok(Field { place, name: wanted.name.clone(), type_, reader })
    };
    wanted.iter().map(find).collect()
}

fn missing(name: &str) -> Failure {
    Failure::new(
        SqlState::ERRCODE_UNDEFINED_COLUMN,
        format!("the row has no column \"{name}\", which the model was trained on"),
    )
    .with_hint("Pass a row with every column of the training rows.")
}

fn ambiguous(name: &str) -> Failure {
    Failure::new(
        SqlState::ERRCODE_DUPLICATE_COLUMN,
        format!("the row has more than one column \"{name}\""),
    )
    .with_hint("Give each column a name of its own.")
}

fn other_kind(column: &Column, type_: Oid, reader: &Reader) -> Failure {
    Failure::new(
        SqlState::ERRCODE_DATATYPE_MISMATCH,
        format!(
            "column \"{}\" of type {} is {}, but the model was trained on {}",
            column.name,
            type_name(type_),
            kind_name(reader.kind()),
            kind_name(column.kind)
        ),
    )
    .with_hint("Cast the column to the type that it had in training.")
}
