//! Text columns that hold numbers or dates, which a cast would let the network see as such.

/// The share of the rows whose texts must be numbers, or dates.
const SHARE: f64 = 0.95;
/// A longer text is not repeated in a message.
const MAX_REPEATED: usize = 20;

/// Text columns to cast: their names, and the SQL that casts each.
#[derive(Debug, Default)]
pub(crate) struct Castable {
    names: Vec<String>,
    casts: Vec<String>,
}

impl Castable {
    /// Adds a column, given its texts with the number of rows of each, if it should be cast, and
    /// tells if so.
    pub fn add<'t>(
        &mut self,
        column: &str,
        texts: impl Iterator<Item = (&'t str, u64)> + Clone,
    ) -> bool {
        let rows = |of: fn(&str) -> bool| -> u64 {
            texts.clone().filter(|(text, _)| of(text)).map(|(_, count)| count).sum()
        };
        let least = (SHARE * rows(|_| true) as f64).max(1.0);
        let (is_one, to): (fn(&str) -> bool, &str) = match () {
            () if rows(is_number) as f64 >= least => (is_number, "numeric"),
            () if rows(is_date) as f64 >= least => (is_date, "date"),
            () => return false,
        };
        let others = texts.filter(|(text, count)| *count > 0 && !is_one(text));
        let name = quoted(column, '"');
        let value = match others.max_by_key(|(_, count)| *count) {
            Some((other, _)) if other.len() <= MAX_REPEATED => {
                format!("NULLIF({name}, {})", quoted(other, '\''))
            }
            _ => name.clone(),
        };
        self.names.push(name);
        self.casts.push(format!("{value}::{to}"));
        true
    }

    /// A sentence about the columns, and the SQL that casts them; `None` if there are none.
    pub fn message(&self) -> Option<(String, String)> {
        let (last, others) = self.names.split_last()?;
        let message = match others {
            [] => format!("feature {last} is text, but its values are numbers or dates"),
            _ => format!(
                "features {} and {last} are text, but their values are numbers or dates",
                others.join(", ")
            ),
        };
        Some((message, self.casts.join(", ")))
    }
}

fn quoted(text: &str, quote: char) -> String {
    format!("{quote}{}{quote}", text.replace(quote, &format!("{quote}{quote}")))
}

/// Tells if a text is a number. A code such as 01234, whose first 0 means something, is none.
fn is_number(text: &str) -> bool {
    let text = text.trim();
    let digits = text.trim_start_matches(['-', '+']);
    let starts_as_one = match digits.as_bytes() {
        [b'0', second, ..] => !second.is_ascii_digit(),
        [first, ..] => first.is_ascii_digit() || *first == b'.',
        [] => false,
    };
    starts_as_one && text.parse::<f64>().is_ok_and(f64::is_finite)
}

/// Tells if a text is a date such as 2026-01-31, 31.1.2026 or 1/31/2026, with or without a time.
fn is_date(text: &str) -> bool {
    let date = text.trim().split([' ', 'T']).next().unwrap_or_default();
    ['-', '.', '/'].into_iter().any(|separator| {
        let parts: Vec<&str> = date.split(separator).collect();
        let is_part =
            |part: &&str| (1..=4).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
        parts.len() == 3 && parts.iter().all(is_part)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(columns: &[(&str, &[(&str, u64)])]) -> Option<(String, String)> {
        let mut castable = Castable::default();
        for (name, texts) in columns {
            castable.add(name, texts.iter().copied());
        }
        castable.message()
    }

    #[test]
    fn texts_that_are_numbers_or_dates_are_named_with_their_casts() {
        let (sentence, casts) = message(&[
            ("totalcharges", &[("29.85", 40), ("-1e3", 40), (" ", 2)]),
            ("plan", &[("1", 50), ("basic", 50)]),
            ("since", &[("2026-01-31", 9), ("31.1.2026 10:00", 9)]),
            ("it's \"odd\"", &[("7", 99), ("'", 1)]),
        ])
        .unwrap();
        assert_eq!(
            sentence,
            "features \"totalcharges\", \"since\" and \"it's \"\"odd\"\"\" are text, but their values are numbers or dates"
        );
        assert_eq!(
            casts,
            "NULLIF(\"totalcharges\", ' ')::numeric, \"since\"::date, NULLIF(\"it's \"\"odd\"\"\", '''')::numeric"
        );
    }

    #[test]
    fn other_texts_are_left_as_they_are() {
        for text in ["", " ", "nan", "inf", "01234", "1-2", "1.2.3.4", "a", "+", "."] {
            assert_eq!(message(&[("x", &[(text, 10)])]), None, "{text}");
        }
        assert_eq!(message(&[("x", &[("1", 94), ("a", 6)])]), None);
        assert_eq!(message(&[("x", &[])]), None);
    }
}
