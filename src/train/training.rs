//! The rows of one training, and how rows are added to them.

use two_stage::{
    column::Value,
    model::{Origin, TwoStageModel},
    options::Options,
    poll::Poll,
    sample::{Customer, Partial, Sample, Target},
};

use super::{options::read_options, watch};
use crate::{
    features::{Consumer, Layout, RawNumbers, Wanted, check_length},
    memory::{HeldMemory, Holders},
    pg::{Failure, check_for_interrupts, settings},
};

/// The rows of one training that were gathered so far.
pub struct Training {
    sample: Sample,
    /// The options as the first row gave them.
    options: Options,
    /// The column that names the customer of each row, as the options say.
    customer: Option<String>,
    written_options: Vec<u8>,
    /// The number of the layout by which the last row was read.
    layout: u64,
    memory: HeldMemory,
}

/// Rows that were gathered elsewhere, and the options that they were gathered with.
pub struct Received {
    pub options: Options,
    pub partial: Partial<'static>,
}

/// A row that is about to be added.
pub struct NewRow<'t> {
    training: &'t mut Training,
    target: Target,
}

impl Training {
    /// Starts a training. `written_options` is the content of the options' jsonb.
    pub fn new(written_options: Option<&[u8]>) -> Result<Box<Self>, Failure> {
        let options = read_options(written_options)?;
        let sample = Sample::new(options.seed(), settings::training_memory(), interrupts())
            .with_customers(options.customer().is_some());
        let mut training = Self::of(options, sample);
        training.written_options = written_options.unwrap_or_default().to_vec();
        Ok(training)
    }

    /// Starts a training with the rows of another process.
    pub fn received(received: Received) -> Box<Self> {
        let Received { options, partial } = received;
        Self::of(options, Sample::received(partial, interrupts()))
    }

    fn of(options: Options, sample: Sample) -> Box<Self> {
        Box::new(Self {
            customer: options.customer(),
            options,
            sample,
            written_options: Vec::new(),
            layout: 0,
            memory: HeldMemory::new(Holders::Trainings),
        })
    }

    /// Refuses options that differ from the first row's; the same bytes need no parsing.
    pub fn check_options(&self, written: Option<&[u8]>) -> Result<(), Failure> {
        if written.unwrap_or_default() == self.written_options {
            return Ok(());
        }
        Ok(self.options.require_same(&read_options(written)?)?)
    }

    /// Returns the column that names the customer of each row.
    pub fn customer(&self) -> Option<&str> {
        self.customer.as_deref()
    }

    /// Refuses rows that together with those of other trainings exceed the limit.
    pub fn check_memory(&mut self) -> Result<(), Failure> {
        self.memory.hold(self.sample.heap_bytes())
    }

    /// Counts a row whose features are NULL.
    pub fn skip_null(&mut self) {
        self.sample.skip_null();
    }

    /// Prepares to add a row.
    pub fn row(&mut self, target: Target) -> NewRow<'_> {
        NewRow { training: self, target }
    }

    pub fn merge(&mut self, other: Received) -> Result<(), Failure> {
        self.options.require_same(&other.options)?;
        Ok(self.sample.merge(other.partial)?)
    }

    /// Trains on the rows, which may be those of one group of several. Returns `None` if there is nothing to learn from.
    pub fn train(&mut self, is_group: bool) -> Result<Option<Box<TwoStageModel>>, Failure> {
        let mut model = watch::train(&mut self.sample, &self.options, is_group)?;
        if let Some(model) = &mut model {
            model.set_origin(Origin {
                version: env!("CARGO_PKG_VERSION").to_owned(),
                types: self.sample.types().to_vec(),
                roles: Vec::new(),
            });
        }
        Ok(model)
    }

    /// Returns the options, and the sample with no more rows than another process needs.
    pub fn trimmed(&mut self) -> (&Options, &Sample) {
        self.sample.trim();
        (&self.options, &self.sample)
    }

    pub fn into_parts(self) -> (Options, Partial<'static>) {
        (self.options, self.sample.into())
    }
}

/// Polls for PostgreSQL's interrupts.
fn interrupts() -> Poll {
    Poll::new(check_for_interrupts)
}

impl Consumer for NewRow<'_> {
    type Output = ();

    fn wanted(&self) -> Wanted<'_> {
        Wanted::Every { customer: self.training.customer() }
    }

    /// Compares the columns with those of the first row, if the layout is not that of the last row.
    #[inline]
    fn begin(&mut self, number: u64, layout: &dyn Layout) -> Result<(), Failure> {
        if self.training.layout == number {
            return Ok(());
        }
        let sample = &mut self.training.sample;
        if layout.positional()
            && let Some(columns) = sample.columns()
        {
            check_length(layout.len(), columns.len())?;
        }
        sample.set_columns(layout.columns()?, layout.positional())?;
        sample.see_types(layout.types()?);
        sample.leave_out(layout.left_out());
        self.training.layout = number;
        Ok(())
    }

    fn take_customer(&mut self, customer: Option<Customer>) {
        self.target.customer = customer;
    }

    fn values<'v>(self, values: impl Iterator<Item = Value<'v>>) -> Result<(), Failure> {
        Ok(self.training.sample.push(values, self.target)?)
    }

    fn numbers(self, numbers: RawNumbers) -> Result<(), Failure> {
        let sample = &mut self.training.sample;
        match numbers {
            RawNumbers::Singles(numbers) => {
                let numbers = numbers.iter().map(|&bytes| f32::from_ne_bytes(bytes));
                Ok(sample.push_numbers(numbers.map(f64::from), self.target)?)
            }
            RawNumbers::Doubles(numbers) => {
                let numbers = numbers.iter().map(|&bytes| f64::from_ne_bytes(bytes));
                Ok(sample.push_numbers(numbers, self.target)?)
            }
        }
    }
}
