//! The tables of named models: `intent_models` holds their versions and marks the active one.
//!
//! `intent_model_versions` holds the last version number of each name, so that a number is never used
//! again. A name's row is locked while its versions change.

use super::rights;
use crate::pg::{
    Access, Call, Connection, Failure, Parameter, Rights, Rows, SqlState, SqlValue, connect,
    extension_schema, from_server, oid, text_parameter,
};

/// The maximum length of a name in bytes; an index entry has room for it.
const MAX_NAME_BYTES: usize = 200;

/// A model to be saved.
pub struct NewVersion<'a> {
    pub name: &'a str,
    pub model: SqlValue,
    pub activate: Activate,
    pub comment: Option<&'a str>,
}

/// The condition under which a new version becomes the active one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Activate {
    Always,
    /// Only where no version of the name is active.
    IfNoneIs,
    Never,
}

/// A version that was saved.
pub struct Saved {
    pub version: i32,
    pub activated: bool,
    /// The version that was active before.
    pub before: Option<i32>,
}

/// The tables of named models in one schema.
pub struct Registry {
    schema: String,
    rights: Rights,
}

impl Registry {
    /// Returns the tables of the extension that the called function belongs to.
    pub fn of(call: &Call) -> Result<Self, Failure> {
        Ok(Self { schema: extension_schema(call)?, rights: Rights::of(call)? })
    }

    /// Returns the value of a name's active model, as the calling statement sees it. The name is in the
    /// server's encoding.
    pub fn active(&self, name: &[u8]) -> Result<Vec<u8>, Failure> {
        rights::require(&self.rights, &self.schema, rights::TO_READ)?;
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

    /// Returns the value of a version of a name, as the calling statement sees it.
    pub fn version(&self, name: &str, version: i32) -> Result<Vec<u8>, Failure> {
        rights::require(&self.rights, &self.schema, rights::TO_READ)?;
        let statement = format!(
            "SELECT m.model FROM {}.intent_models AS m WHERE m.name OPERATOR(pg_catalog.=) $1 \
             AND m.version OPERATOR(pg_catalog.=) $2",
            self.schema
        );
        let parameters = [text_parameter(Some(name))?, int4_parameter(version)];
        let found = connect(|connection| {
            connection.execute(Access::Read, &statement, &parameters)?.first_bytes()
        })?;
        found.ok_or_else(|| no_version(name, version))
    }

    /// Saves a model as the next version of its name.
    pub fn save(&self, new: &NewVersion) -> Result<Saved, Failure> {
        check_name(new.name)?;
        self.check_may_save(new.activate != Activate::Never)?;
        let statement = format!(
            "INSERT INTO {}.intent_models (name, version, model, active, comment) \
             VALUES ($1, $2, $3, $4, $5)",
            self.schema
        );
        connect(|connection| {
            let version = self.next_version(connection, new.name)?;
            let before = self.active_version(connection, new.name)?;
            let activated = match new.activate {
                Activate::Always => true,
                Activate::IfNoneIs => before.is_none(),
                Activate::Never => false,
            };
            if activated {
                self.deactivate(connection, new.name)?;
            }
            connection.execute(
                Access::Write,
                &statement,
                &[
                    text_parameter(Some(new.name))?,
                    int4_parameter(version),
                    (new.model.type_(), Some(new.model)),
                    (oid::BOOLOID, Some(SqlValue::boolean(activated))),
                    text_parameter(new.comment)?,
                ],
            )?;
            Ok(Saved { version, activated, before })
        })
    }

    /// Refuses a user who may not save models, before a training that would be in vain.
    pub fn check_may_save(&self, activate: bool) -> Result<(), Failure> {
        let needed = if activate { rights::TO_SAVE_ACTIVE } else { rights::TO_SAVE };
        rights::require(&self.rights, &self.schema, needed)
    }

    /// Makes a version the active one, and returns the previous one.
    pub fn activate(&self, name: &str, version: i32) -> Result<Option<i32>, Failure> {
        rights::require(&self.rights, &self.schema, rights::TO_ACTIVATE)?;
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
        rights::require(&self.rights, &self.schema, rights::TO_DROP)?;
        connect(|connection| {
            self.lock(connection, name)?;
            let statement = "DELETE FROM {models} AS m WHERE {named}";
            Ok(self.on_versions(connection, statement, name, None)?.count)
        })
    }

    /// Drops a version that is not active, and returns how many there were.
    pub fn drop_version(&self, name: &str, version: i32) -> Result<u64, Failure> {
        rights::require(&self.rights, &self.schema, rights::TO_DROP)?;
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
            return Err(no_version(name, version));
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

fn no_version(name: &str, version: i32) -> Failure {
    Failure::new(
        SqlState::ERRCODE_UNDEFINED_OBJECT,
        format!("model \"{name}\" has no version {version}"),
    )
    .with_hint("Choose a version that intent_models lists.")
}

fn no_active_model(name: &str) -> Failure {
    Failure::new(SqlState::ERRCODE_UNDEFINED_OBJECT, format!("no active model named \"{name}\""))
        .with_hint(
            "Train one with train_model, choose a version with activate_model, \
         or name another model in pg_intent.default_model.",
        )
}
