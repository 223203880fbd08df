//! The table `intent_models`: named models, their versions, and which of them is active.
//!
//! `intent_model_versions` holds the last version number given to each name, so that a number is
//! never used again, and its row is the lock under which a name's versions change.

use pgrx::{
    PgSqlErrorCode,
    pg_sys::{self, Datum, Oid},
};

use crate::{
    call::{Call, SqlResult, bytes_of, bytes_value, sql_function, text_value},
    report::Failure,
    settings,
    spi::{self, Access, Connection, Rows},
    text,
};

sql_function!(save_model);
sql_function!(activate_model);
sql_function!(active_model);
sql_function!(drop_model);

/// Bytes of a name at most, so that an index entry has room for it.
const LONGEST_NAME: usize = 200;

/// A model to be saved, with the type's OID, which depends on where the extension is installed.
pub struct NewVersion<'a> {
    pub name: &'a str,
    pub model: Datum,
    pub model_type: Oid,
    pub activate: bool,
    pub comment: Option<&'a str>,
}

fn save_model(call: &Call) -> SqlResult {
    let name = call.text(0)?.ok_or_else(|| null_argument("name"))?;
    let model = call.argument(1).ok_or_else(|| null_model(name))?;
    let types = call.declared_types()?;
    let version = Registry::of(call)?.save(&NewVersion {
        name,
        model,
        model_type: types[1],
        activate: call.boolean(2).ok_or_else(|| null_argument("activate"))?,
        comment: call.text(3)?,
    })?;
    Ok(Some(Datum::from(version)))
}

fn activate_model(call: &Call) -> SqlResult {
    let (Some(name), Some(version)) = (call.text(0)?, call.int4(1)) else {
        return Ok(None);
    };
    let before = Registry::of(call)?.activate(name, version)?;
    Ok(before.map(Datum::from))
}

/// `active_model()` and `active_model(name)`.
fn active_model(call: &Call) -> SqlResult {
    let name = match call.argument_count() {
        0 => settings::default_model(),
        _ => call.bytes(0).unwrap_or_default().to_vec(),
    };
    let bytes = Registry::of(call)?.active(&name)?;
    bytes_value(&bytes).map(Some)
}

/// `drop_model(name)` and `drop_model(name, version)`.
fn drop_model(call: &Call) -> SqlResult {
    let Some(name) = call.text(0)? else {
        return Ok(None);
    };
    let registry = Registry::of(call)?;
    let dropped = if call.argument_count() == 1 {
        registry.drop_all(name)?
    } else {
        match call.int4(1) {
            Some(version) => registry.drop_version(name, version)?,
            None => return Ok(None),
        }
    };
    Ok(Some(Datum::from(dropped as i32)))
}

/// The registry's tables, by schema.
pub struct Registry {
    schema: String,
}

impl Registry {
    /// The registry of the extension that the called function belongs to.
    pub fn of(call: &Call) -> Result<Self, Failure> {
        Ok(Self { schema: spi::schema(call)? })
    }

    /// The value of a name's active model, as the calling statement sees it. The name is in the
    /// server's encoding.
    pub fn active(&self, name: &[u8]) -> Result<Vec<u8>, Failure> {
        let statement = format!(
            "SELECT m.model FROM {}.intent_models AS m \
             WHERE m.name OPERATOR(pg_catalog.=) $1 AND m.active",
            self.schema
        );
        let name_value = bytes_value(name)?;
        let found = spi::connect(|connection| {
            let rows = connection.execute_often(
                Access::Read,
                &statement,
                &[(pg_sys::TEXTOID, Some(name_value))],
            )?;
            // SAFETY: the column is of a type of variable length; the copy outlives the rows.
            Ok(rows.first().map(|model| unsafe { bytes_of(model) }.to_vec()))
        })?;
        match found {
            Some(model) => Ok(model),
            None => Err(no_active_model(text::from_server(name)?)),
        }
    }

    /// Saves a model as the next version of its name.
    pub fn save(&self, new: &NewVersion) -> Result<i32, Failure> {
        check_name(new.name)?;
        let comment = new.comment.map(text_value).transpose()?;
        let statement = format!(
            "INSERT INTO {}.intent_models (name, version, model, active, comment) \
             VALUES ($1, $2, $3, $4, $5)",
            self.schema
        );
        spi::connect(|connection| {
            let name = named(new.name)?;
            let version = self.next_version(connection, new.name)?;
            if new.activate {
                self.deactivate(connection, new.name)?;
            }
            connection.execute(
                Access::Write,
                &statement,
                &[
                    name,
                    (pg_sys::INT4OID, Some(Datum::from(version))),
                    (new.model_type, Some(new.model)),
                    (pg_sys::BOOLOID, Some(Datum::from(new.activate))),
                    (pg_sys::TEXTOID, comment),
                ],
            )?;
            Ok(version)
        })
    }

    /// Refuses who may not save, in PostgreSQL's own words, before work that would be in vain.
    pub fn check_may_save(&self) -> Result<(), Failure> {
        let may = |right| format!("pg_catalog.has_any_column_privilege(t.oid, '{right}') ");
        let statement = format!(
            "SELECT t.relname::pg_catalog.text FROM pg_catalog.pg_class AS t \
             WHERE t.relname IN ('intent_models', 'intent_model_versions') \
             AND t.relnamespace OPERATOR(pg_catalog.=) $1::pg_catalog.regnamespace \
             AND NOT ({} AND {}) ORDER BY t.relname DESC",
            may("INSERT"),
            may("UPDATE")
        );
        spi::connect(|connection| {
            let schema = (pg_sys::TEXTOID, Some(text_value(&self.schema)?));
            let refused = connection.execute(Access::Read, &statement, &[schema])?;
            let Some(table) = refused.first() else { return Ok(()) };
            // SAFETY: a text.
            let table = text::from_server(unsafe { bytes_of(table) })?;
            Err(Failure::new(
                PgSqlErrorCode::ERRCODE_INSUFFICIENT_PRIVILEGE,
                format!("permission denied for table {table}"),
            )
            .with_hint(
                "Ask for the right to INSERT and UPDATE intent_models and intent_model_versions.",
            ))
        })
    }

    /// Makes a version the active one; returns the one before.
    fn activate(&self, name: &str, version: i32) -> Result<Option<i32>, Failure> {
        spi::connect(|connection| {
            self.lock(connection, name)?;
            self.require(connection, name, version)?;
            let before = self.active_version(connection, name)?;
            self.deactivate(connection, name)?;
            self.on_versions(
                connection,
                "UPDATE {models} AS m SET active = true WHERE {named} \
                 AND m.version OPERATOR(pg_catalog.=) $2",
                name,
                Some(version),
            )?;
            Ok(before)
        })
    }

    fn drop_all(&self, name: &str) -> Result<u64, Failure> {
        spi::connect(|connection| {
            self.lock(connection, name)?;
            let statement = "DELETE FROM {models} AS m WHERE {named}";
            Ok(self.on_versions(connection, statement, name, None)?.count)
        })
    }

    fn drop_version(&self, name: &str, version: i32) -> Result<u64, Failure> {
        spi::connect(|connection| {
            self.lock(connection, name)?;
            if self.active_version(connection, name)? == Some(version) {
                return Err(Failure::new(
                    PgSqlErrorCode::ERRCODE_OBJECT_IN_USE,
                    format!("version {version} of model \"{name}\" is active"),
                )
                .with_hint(
                    "Activate another version first, or drop the model with all versions.",
                ));
            }
            let statement = "DELETE FROM {models} AS m WHERE {named} \
                             AND m.version OPERATOR(pg_catalog.=) $2";
            let dropped = self.on_versions(connection, statement, name, Some(version))?;
            Ok(dropped.count)
        })
    }

    /// Takes the next number of a name, and with it the lock.
    fn next_version(&self, connection: &Connection, name: &str) -> Result<i32, Failure> {
        let rows = connection.execute(
            Access::Write,
            &format!(
                "INSERT INTO {schema}.intent_model_versions AS v (name, last_version) \
                 SELECT $1, coalesce(pg_catalog.max(m.version), 0) OPERATOR(pg_catalog.+) 1 \
                 FROM {schema}.intent_models AS m WHERE m.name OPERATOR(pg_catalog.=) $1 \
                 ON CONFLICT (name) DO UPDATE SET last_version = \
                 greatest(v.last_version OPERATOR(pg_catalog.+) 1, excluded.last_version) \
                 RETURNING v.last_version",
                schema = self.schema
            ),
            &[named(name)?],
        )?;
        version_of(rows).ok_or_else(|| Failure::internal("no version number was given"))
    }

    /// Locks a name that has versions, until the end of the transaction: a second session waits
    /// here, and then sees what the first one did.
    fn lock(&self, connection: &Connection, name: &str) -> Result<(), Failure> {
        connection.execute(
            Access::Write,
            &format!(
                "INSERT INTO {schema}.intent_model_versions AS v (name, last_version) \
                 SELECT $1, pg_catalog.max(m.version) \
                 FROM {schema}.intent_models AS m WHERE m.name OPERATOR(pg_catalog.=) $1 \
                 HAVING pg_catalog.max(m.version) IS NOT NULL \
                 ON CONFLICT (name) DO UPDATE SET last_version = \
                 greatest(v.last_version, excluded.last_version)",
                schema = self.schema
            ),
            &[named(name)?],
        )?;
        Ok(())
    }

    fn require(&self, connection: &Connection, name: &str, version: i32) -> Result<(), Failure> {
        let statement = "SELECT m.version FROM {models} AS m WHERE {named} \
                         AND m.version OPERATOR(pg_catalog.=) $2";
        let found = self.on_versions(connection, statement, name, Some(version))?;
        if found.count == 0 {
            return Err(Failure::new(
                PgSqlErrorCode::ERRCODE_UNDEFINED_OBJECT,
                format!("model \"{name}\" has no version {version}"),
            )
            .with_hint("Choose a version that intent_models lists."));
        }
        Ok(())
    }

    fn active_version(&self, connection: &Connection, name: &str) -> Result<Option<i32>, Failure> {
        let statement = "SELECT m.version FROM {models} AS m WHERE {named} AND m.active";
        Ok(version_of(self.on_versions(connection, statement, name, None)?))
    }

    fn deactivate(&self, connection: &Connection, name: &str) -> Result<(), Failure> {
        let statement = "UPDATE {models} AS m SET active = false WHERE {named} AND m.active";
        self.on_versions(connection, statement, name, None).map(drop)
    }

    /// Runs a statement over the versions of a name ($1), or one of them ($2).
    fn on_versions(
        &self,
        connection: &Connection,
        statement: &str,
        name: &str,
        version: Option<i32>,
    ) -> Result<Rows, Failure> {
        let statement = statement
            .replace("{models}", &format!("{}.intent_models", self.schema))
            .replace("{named}", "m.name OPERATOR(pg_catalog.=) $1");
        let mut arguments = vec![named(name)?];
        arguments.extend(version.map(|version| (pg_sys::INT4OID, Some(Datum::from(version)))));
        connection.execute(Access::Write, &statement, &arguments)
    }
}

/// Whether a model can have that name.
pub fn check_name(name: &str) -> Result<(), Failure> {
    if (1..=LONGEST_NAME).contains(&name.len()) {
        return Ok(());
    }
    Err(Failure::new(
        PgSqlErrorCode::ERRCODE_INVALID_PARAMETER_VALUE,
        format!("a model's name must have 1 to {LONGEST_NAME} bytes, not {}", name.len()),
    )
    .with_hint("Choose a short name, such as 'spring'."))
}

fn named(name: &str) -> Result<(Oid, Option<Datum>), Failure> {
    Ok((pg_sys::TEXTOID, Some(text_value(name)?)))
}

fn version_of(rows: Rows) -> Option<i32> {
    rows.first().map(|version| version.value() as i32)
}

fn no_active_model(name: &str) -> Failure {
    Failure::new(
        PgSqlErrorCode::ERRCODE_UNDEFINED_OBJECT,
        format!("no active model named \"{name}\""),
    )
    .with_hint(
        "Train one with train_model, choose a version with activate_model, \
         or name another model in pg_intent.default_model.",
    )
}

/// The error for a NULL where there must be a value.
pub fn null_argument(argument: &str) -> Failure {
    Failure::new(
        PgSqlErrorCode::ERRCODE_NULL_VALUE_NOT_ALLOWED,
        format!("argument \"{argument}\" is NULL"),
    )
    .with_hint("Pass a value.")
}

fn null_model(name: &str) -> Failure {
    Failure::new(
        PgSqlErrorCode::ERRCODE_NULL_VALUE_NOT_ALLOWED,
        format!("the model to be saved as \"{name}\" is NULL"),
    )
    .with_hint("Train it on at least one row.")
}
