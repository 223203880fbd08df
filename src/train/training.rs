//! The rows of one training, and how rows are added to them.

use two_stage::{
    features::Value,
    options::Options,
    sample::{Partial, Sample, Target},
};

use super::{memory::HeldMemory, options::read_options};
use crate::{
    features::{Consumer, Layout, RawNumbers, Wanted, check_length},
    pg::{Failure, SqlState, check_for_interrupts, settings},
};

/// The rows of one training that were gathered so far.
pub struct Training {
    sample: Sample,
    /// The options as the first row gave them.
    options: Options,
    written_options: Vec<u8>,
    /// The number of the layout by which the last row was read.
    layout: u64,
    memory: HeldMemory,
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
        let mut sample = Sample::new(options, settings::training_memory());
        sample.set_poll(check_for_interrupts);
        let mut training = Self::of_sample(sample);
        training.written_options = written_options.unwrap_or_default().to_vec();
        Ok(training)
    }

    /// Starts a training with the rows of another process.
    pub fn received(partial: Partial) -> Box<Self> {
        Self::of_sample(Sample::received(partial, check_for_interrupts))
    }

    fn of_sample(sample: Sample) -> Box<Self> {
        Box::new(Self {
            options: sample.options().clone(),
            sample,
            written_options: Vec::new(),
            layout: 0,
            memory: HeldMemory::default(),
        })
    }

    /// Refuses options that differ from the first row's; the same bytes need no parsing.
    pub fn check_options(&self, written: Option<&[u8]>) -> Result<(), Failure> {
        if written.unwrap_or_default() == self.written_options
            || read_options(written)? == self.options
        {
            return Ok(());
        }
        Err(Failure::new(
            SqlState::ERRCODE_INVALID_PARAMETER_VALUE,
            "options differ between the rows of one model",
        )
        .with_hint("Pass the same options for all rows, such as a constant."))
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

    pub fn merge(&mut self, other: Partial) -> Result<(), Failure> {
        Ok(self.sample.merge(other)?)
    }

    pub fn sample(&mut self) -> &mut Sample {
        &mut self.sample
    }

    /// Returns the sample with no more rows than another process needs.
    pub fn trimmed_sample(&mut self) -> &Sample {
        self.sample.trim();
        &self.sample
    }

    pub fn into_partial(self) -> Partial<'static> {
        self.sample.into()
    }
}

impl Consumer for NewRow<'_> {
    type Output = ();

    fn wanted(&self) -> Wanted<'_> {
        Wanted::Every
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
        self.training.layout = number;
        Ok(())
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
