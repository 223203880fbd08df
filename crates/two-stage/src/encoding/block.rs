//! The encoder at the speed of training and scoring: it takes rows as words, and holds everything
//! that depends on a column alone.

use std::ops::Range;

use kernels::Scale;

use super::{
    encoder::Encoder,
    encodings::{CLIP, Cell, Encoding, Input, Level, Measure, level},
};
use crate::{sample::Sample, word::Word};

/// The index of an input, and the value that it takes when raised.
type Raised = (usize, f32);

/// An encoder of blocks of rows.
pub(crate) struct BlockEncoder {
    /// The inputs of a row before its values are known: each indicator at rest.
    resting: Vec<f32>,
    runs: Vec<NumberRun>,
    /// The inputs that are measured by another origin and unit than their own.
    measures: Vec<(usize, Measure)>,
    gaps: Vec<MissingNumber>,
    categories: Vec<Category>,
    scale: Scale,
}

/// Neighbouring columns of numbers whose inputs are neighbours as well.
struct NumberRun {
    columns: Range<usize>,
    input: usize,
}

/// A column of numbers with an indicator for missing values.
struct MissingNumber {
    column: usize,
    raised: Raised,
}

/// A column of categories.
struct Category {
    column: usize,
    inputs: Range<usize>,
    /// The input that each code raises.
    codes: Vec<Option<Raised>>,
    /// The input that NULL raises. Where training saw no NULL, all inputs are 0, as those of the
    /// average customer.
    missing: Option<Raised>,
}

impl BlockEncoder {
    /// An encoder for the rows of a sample, whose words hold its codes of categories.
    pub(crate) fn of_sample(encoder: &Encoder, sample: &Sample) -> Self {
        Self::new(encoder, |column, levels| {
            sample.categories(column).map(|text| level(levels, text)).collect()
        })
    }

    /// An encoder for words that [`Encoder::words`] wrote.
    pub(crate) fn of_words(encoder: &Encoder) -> Self {
        Self::new(encoder, |_, levels| {
            (0..levels.len()).map(Cell::Level).chain([Cell::Other]).collect()
        })
    }

    /// `codes` tells the cell of each code of a category column, given its index and levels.
    fn new(encoder: &Encoder, codes: impl Fn(usize, &[Level]) -> Vec<Cell>) -> Self {
        let mut block = Self {
            resting: Vec::new(),
            runs: Vec::new(),
            measures: Vec::new(),
            gaps: Vec::new(),
            categories: Vec::new(),
            scale: Scale::default(),
        };
        for (column, encoding) in encoder.encodings.iter().enumerate() {
            match encoding {
                Encoding::Number { logarithmic, value, missing, measure } => {
                    if let Some(value) = value {
                        let input = block.resting.len();
                        block.measures.extend(measure.map(|measure| (input, measure)));
                        block.number(column, *logarithmic, *value);
                    }
                    if let Some(missing) = missing {
                        let raised = block.indicator(*missing);
                        block.gaps.push(MissingNumber { column, raised });
                    }
                }
                Encoding::Category { levels, other, missing } => {
                    block.category(column, levels, *other, *missing, &codes(column, levels));
                }
            }
        }
        block
    }

    fn number(&mut self, column: usize, logarithmic: bool, value: Input) {
        let input = self.resting.len();
        self.resting.push(0.0);
        self.scale.push(logarithmic, value.mean, value.inverse_deviation);
        match self.runs.last_mut() {
            Some(NumberRun { columns, input: first })
                if columns.end == column && *first + columns.len() == input =>
            {
                columns.end += 1;
            }
            _ => self.runs.push(NumberRun { columns: column..column + 1, input }),
        }
    }

    /// Adds an indicator and returns its raised state. The scale leaves it as it is.
    fn indicator(&mut self, input: Input) -> Raised {
        let place = self.resting.len();
        self.resting.push(input.indicate(false));
        self.scale.push(false, 0.0, 1.0);
        (place, input.indicate(true))
    }

    fn category(
        &mut self,
        column: usize,
        levels: &[Level],
        other: Option<Input>,
        missing: Option<Input>,
        codes: &[Cell],
    ) {
        let start = self.resting.len();
        let of_level: Vec<Option<Raised>> =
            levels.iter().map(|(_, input)| input.map(|input| self.indicator(input))).collect();
        let of_other = other.map(|input| self.indicator(input));
        let missing = missing.map(|input| self.indicator(input));
        let raised = |code: &Cell| match *code {
            Cell::Level(place) => of_level[place],
            _ => of_other,
        };
        let codes = codes.iter().map(raised).collect();
        let inputs = start..self.resting.len();
        self.categories.push(Category { column, inputs, codes, missing });
    }

    /// The number of inputs of a row.
    pub(crate) fn inputs(&self) -> usize {
        self.resting.len()
    }

    /// Encodes rows, given as the words of their features, into rows × inputs.
    pub(crate) fn encode<'a>(&self, rows: impl Iterator<Item = &'a [Word]>, inputs: &mut [f32]) {
        let width = self.resting.len();
        if width == 0 {
            return;
        }
        for (words, inputs) in rows.zip(inputs.chunks_exact_mut(width)) {
            self.place(words, inputs);
        }
        self.scale.apply(inputs, CLIP);
    }

    /// Puts a row's values where they belong; numbers are still to be scaled.
    fn place(&self, words: &[Word], inputs: &mut [f32]) {
        // Numbers alone leave nothing at rest.
        if !self.gaps.is_empty() || !self.categories.is_empty() {
            inputs.copy_from_slice(&self.resting);
        }
        for NumberRun { columns, input } in &self.runs {
            for (input, &word) in inputs[*input..].iter_mut().zip(&words[columns.clone()]) {
                *input = word.number();
            }
        }
        for &(input, measure) in &self.measures {
            inputs[input] = measure.apply(inputs[input]);
        }
        for MissingNumber { column, raised: (input, value) } in &self.gaps {
            if words[*column].number().is_nan() {
                inputs[*input] = *value;
            }
        }
        for category in &self.categories {
            let raised = match category.codes.get(words[category.column].code()) {
                Some(&raised) => raised,
                None if category.missing.is_none() => {
                    inputs[category.inputs.clone()].fill(0.0);
                    None
                }
                None => category.missing,
            };
            if let Some((input, value)) = raised {
                inputs[input] = value;
            }
        }
    }
}
