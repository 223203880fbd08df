//! The tables of named models: `intent_models` holds their versions and marks the active one.
//!
//! `intent_model_versions` holds the last version number of each name, so that a number is never used
//! again. A name's row is locked while its versions change.

use crate::pg::{
    Access, Call, Connection, Failure, Parameter, Rows, SqlState, SqlValue, connect,
    extension_schema, from_server, oid, text_parameter,
};

/// The maximum length of a name in bytes; an index entry has room for it.
const MAX_NAME_BYTES: usize = 200;

/// A model to be saved.
pub struct NewVersion<'a> {
    pub name: &'a str,
    pub model: SqlValue,
    pub activate: bool,
    pub comment: Option<&'a str>,
}

/// The tables of named models in one schema.
pub struct Registry {
    schema: String,
}

impl Registry {
    /// Returns the tables of the extension that the called function belongs to.
    pub fn of(call: &Call) -> Result<Self, Failure> {
        Ok(Self { schema: extension_schema(call)? })
    }

    /// Returns the value of a name's active model, as the calling statement sees it. The name is in the
    /// server's encoding.
    pub fn active(&self, name: &[u8]) -> Result<Vec<u8>, Failure> {
        let statement = format!(
            "SELECT m.model FROM {}.intent_models AS m \
             WHERE m.name OPERATOR(pg_catalog.=) $1 AND m.active",
            self.schema
        );
        let name_value = SqlValue::server_text(name)?;
        let found = connect(|connection| {
            let name = (oid::TEXTOID, Some(name_value));
            connection.execute_often(Access::Read, &statement, &[name])?.first_bytes()
        })?;
        match found {
            Some(model) => Ok(model),
            None => Err(no_active_model(from_server(name)?)),
        }
    }

    /// Saves a model as the next version of its name.
    pub fn save(&self, new: &NewVersion) -> Result<i32, Failure> {
        check_name(new.name)?;
        let statement = format!(
            "INSERT INTO {}.intent_models (name, version, model, active, comment) \
             VALUES ($1, $2, $3, $4, $5)",
            self.schema
        );
        connect(|connection| {
            let version = self.next_version(connection, new.name)?;
            if new.activate {
                self.deactivate(connection, new.name)?;
            }
            connection.execute(
                Access::Write,
                &statement,
                &[
                    text_parameter(Some(new.name))?,
                    int4_parameter(version),
                    (new.model.type_(), Some(new.model)),
                    (oid::BOOLOID, Some(SqlValue::boolean(new.activate))),
                    text_parameter(new.comment)?,
                ],
            )?;
            Ok(version)
        })
    }

    /// Raises PostgreSQL's error if the user may not save models, before a training that would be in
    /// vain.
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
        connect(|connection| {
            let schema = text_parameter(Some(&self.schema))?;
            let refused = connection.execute(Access::Read, &statement, &[schema])?;
            let Some(table) = refused.first_bytes()? else { return Ok(()) };
            let table = from_server(&table)?;
            Err(Failure::new(
                SqlState::ERRCODE_INSUFFICIENT_PRIVILEGE,
                format!("permission denied for table {table}"),
            )
            .with_hint(
                "Ask for the right to INSERT and UPDATE intent_models and intent_model_versions.",
            ))
        })
    }

    /// Makes a version the active one, and returns the previous one.
    pub fn activate(&self, name: &str, version: i32) -> Result<Option<i32>, Failure> {
        connect(|connection| {
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

    /// Drops all versions of a name, and returns how many there were.
    pub fn drop_all(&self, name: &str) -> Result<u64, Failure> {
        connect(|connection| {
            self.lock(connection, name)?;
            let statement = "DELETE FROM {models} AS m WHERE {named}";
            Ok(self.on_versions(connection, statement, name, None)?.count)
        })
    }

    /// Drops a version that is not active, and returns how many there were.
    pub fn drop_version(&self, name: &str, version: i32) -> Result<u64, Failure> {
        connect(|connection| {
            self.lock(connection, name)?;
            if self.active_version(connection, name)? == Some(version) {
                return Err(Failure::new(
                    SqlState::ERRCODE_OBJECT_IN_USE,
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

    /// Takes the next version number of a name, which also locks the name.
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
            &[text_parameter(Some(name))?],
        )?;
        rows.first_int4().ok_or_else(|| Failure::internal("no version number was given"))
    }

    /// Locks a name that has versions until the end of the transaction. A second session waits here, and
    /// then sees the changes of the first one.
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
            &[text_parameter(Some(name))?],
        )?;
        Ok(())
    }

    fn require(&self, connection: &Connection, name: &str, version: i32) -> Result<(), Failure> {
        let statement = "SELECT m.version FROM {models} AS m WHERE {named} \
                         AND m.version OPERATOR(pg_catalog.=) $2";
        let found = self.on_versions(connection, statement, name, Some(version))?;
        if found.count == 0 {
            return Err(Failure::new(
                SqlState::ERRCODE_UNDEFINED_OBJECT,
                format!("model \"{name}\" has no version {version}"),
            )
            .with_hint("Choose a version that intent_models lists."));
        }
        Ok(())
    }

    fn active_version(&self, connection: &Connection, name: &str) -> Result<Option<i32>, Failure> {
        let statement = "SELECT m.version FROM {models} AS m WHERE {named} AND m.active";
        Ok(self.on_versions(connection, statement, name, None)?.first_int4())
    }

    fn deactivate(&self, connection: &Connection, name: &str) -> Result<(), Failure> {
        let statement = "UPDATE {models} AS m SET active = false WHERE {named} AND m.active";
        self.on_versions(connection, statement, name, None).map(drop)
    }

    /// Runs a statement over the versions of a name ($1), or one of them ($2).
    fn on_versions<'c>(
        &self,
        connection: &'c Connection,
        statement: &str,
        name: &str,
        version: Option<i32>,
    ) -> Result<Rows<'c>, Failure> {
        let statement = statement
            .replace("{models}", &format!("{}.intent_models", self.schema))
            .replace("{named}", "m.name OPERATOR(pg_catalog.=) $1");
        let mut parameters = vec![text_parameter(Some(name))?];
        parameters.extend(version.map(int4_parameter));
        connection.execute(Access::Write, &statement, &parameters)
    }
}

/// Refuses a name that is empty or too long.
pub fn check_name(name: &str) -> Result<(), Failure> {
    if (1..=MAX_NAME_BYTES).contains(&name.len()) {
        return Ok(());
    }
    Err(Failure::new(
        SqlState::ERRCODE_INVALID_PARAMETER_VALUE,
        format!("a model's name must have 1 to {MAX_NAME_BYTES} bytes, not {}", name.len()),
    )
    .with_hint("Choose a short name, such as 'spring'."))
}

fn int4_parameter(value: i32) -> Parameter {
    (oid::INT4OID, Some(SqlValue::int4(value)))
}

fn no_active_model(name: &str) -> Failure {
    Failure::new(SqlState::ERRCODE_UNDEFINED_OBJECT, format!("no active model named \"{name}\""))
        .with_hint(
            "Train one with train_model, choose a version with activate_model, \
         or name another model in pg_intent.default_model.",
        )
}
