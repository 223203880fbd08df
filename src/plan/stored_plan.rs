//! A plan as SQL stores it, read from a row.

use decision::plan::Prices;

use crate::pg::{Call, Failure, Record, RecordArgument, RowType, Scalar, SnapshotKey, SqlState};

/// The columns of `campaign_plan`.
pub const COLUMNS: [&str; 11] = [
    "campaigns",
    "budget_price",
    "campaign_prices",
    "groups",
    "group_subsidies",
    "rows",
    "rows_used",
    "contacts",
    "cost",
    "value",
    "value_bound",
];

/// The part of a plan that chooses.
pub struct StoredPlan {
    pub campaigns: Vec<String>,
    pub prices: Prices,
    /// The groups with a floor, sorted, each with its place among the prices.
    groups: Vec<(String, usize)>,
}

/// The plan that a call site used last.
#[derive(Default)]
pub struct UsedPlan {
    /// The TOAST pointer of the plan, and the snapshot in which it was read: as long as both stay, so does
    /// the plan.
    pointer: Option<(SnapshotKey, Box<[u8]>)>,
    bytes: Vec<u8>,
    plan: Option<StoredPlan>,
}

impl UsedPlan {
    /// Returns the plan of a call, `None` if it is NULL. It is read again only if its bytes change.
    pub fn of_call(&mut self, call: &Call, index: usize) -> Result<Option<&StoredPlan>, Failure> {
        if call.is_null(index) {
            return Ok(None);
        }
        let pointer = call.toast_pointer(index);
        let snapshot = SnapshotKey::current();
        let is_last = |last: &(SnapshotKey, Box<[u8]>)| {
            Some(last.0) == snapshot && Some(last.1.as_ref()) == pointer
        };
        if !self.pointer.as_ref().is_some_and(is_last) {
            self.read(call, index)?;
            self.pointer = snapshot.zip(pointer.map(Box::from));
        }
        Ok(self.plan.as_ref())
    }

    fn read(&mut self, call: &Call, index: usize) -> Result<(), Failure> {
        let Some(record) = RecordArgument::declared(index).get(call) else { return Ok(()) };
        if self.plan.is_none() || self.bytes != record.bytes() {
            self.plan = None;
            self.plan = Some(StoredPlan::read(call, record)?);
            self.bytes = record.bytes().to_vec();
        }
        Ok(())
    }
}

impl StoredPlan {
    fn read(call: &Call, record: Record) -> Result<Self, Failure> {
        let mut row_type = RowType::of(call, record);
        let columns = row_type.columns()?;
        let fields = row_type.deform(record)?;
        let get = |name: &str| -> Result<Scalar, Failure> {
            let column = columns.iter().find(|column| column.name == name);
            column
                .and_then(|column| fields.get(column.place))
                .ok_or_else(|| wrong(format!("column \"{name}\" of the plan is NULL")))
        };
        let groups = texts(get("groups")?)?;
        let plan = Self {
            campaigns: texts(get("campaigns")?)?,
            prices: Prices {
                budget: get("budget_price")?.float8(),
                campaigns: prices(get("campaign_prices")?)?,
                groups: prices(get("group_subsidies")?)?,
            },
            groups: sorted(groups),
        };
        plan.checked()
    }

    /// Returns the subsidy of a group; 0 if the plan has no floor for it.
    pub fn subsidy(&self, group: &str) -> f64 {
        let place = self.groups.binary_search_by(|(name, _)| name.as_str().cmp(group));
        self.prices.subsidy(place.ok().map(|place| self.groups[place].1))
    }

    /// Refuses what plan_campaigns never returns.
    fn checked(self) -> Result<Self, Failure> {
        let Prices { budget, campaigns, groups } = &self.prices;
        let all = campaigns.iter().chain(groups).chain([budget]);
        if let Some(price) = all.into_iter().find(|price| !(price.is_finite() && **price >= 0.0)) {
            return Err(wrong(format!("a price of the plan is {price}")));
        }
        if campaigns.len() != self.campaigns.len() || groups.len() != self.groups.len() {
            return Err(wrong("the plan has not one price for each campaign and group".to_owned()));
        }
        Ok(self)
    }
}

fn sorted(groups: Vec<String>) -> Vec<(String, usize)> {
    let mut places: Vec<_> = groups.into_iter().zip(0..).collect();
    places.sort_unstable();
    places
}

fn texts(column: Scalar) -> Result<Vec<String>, Failure> {
    let name = |name: Option<&str>| {
        name.map(str::to_owned).ok_or_else(|| wrong("a name of the plan is NULL".to_owned()))
    };
    column.texts()?.into_iter().map(name).collect()
}

fn prices(column: Scalar) -> Result<Vec<f64>, Failure> {
    let price =
        |price: Option<f64>| price.ok_or_else(|| wrong("a price of the plan is NULL".to_owned()));
    column.float8s()?.into_iter().map(price).collect()
}

fn wrong(message: String) -> Failure {
    Failure::new(SqlState::ERRCODE_INVALID_PARAMETER_VALUE, message)
        .with_hint("Pass a plan as plan_campaigns returned it.")
}
