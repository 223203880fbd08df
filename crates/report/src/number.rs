//! Numbers as a sentence has them.

/// Standard errors on each side of a figure that has the truth between them in 95 of 100 cases.
pub(crate) const MARGIN: f64 = 1.96;

/// A no-break space, which keeps a number and its unit in one line.
const SPACE: char = '\u{a0}';
const MINUS: char = '\u{2212}';

/// Writes a count with a comma before each three digits.
pub fn grouped(count: u64) -> String {
    group(&count.to_string())
}

/// Writes a number with this many decimals, grouped digits and a true minus.
pub(crate) fn fixed(number: f64, decimals: usize) -> String {
    let text = format!("{:.decimals$}", number.abs());
    let (whole, fraction) = text
        .split_once('.')
        .map_or((text.as_str(), None), |(whole, fraction)| (whole, Some(fraction)));
    let is_zero = text.bytes().all(|digit| matches!(digit, b'0' | b'.'));
    let sign = if number < 0.0 && !is_zero { MINUS.to_string() } else { String::new() };
    let fraction = fraction.map(|digits| format!(".{digits}")).unwrap_or_default();
    format!("{sign}{}{fraction}", group(whole))
}

/// A count or a sum of weights, without decimals.
pub(crate) fn whole(number: f64) -> String {
    fixed(number, 0)
}

/// A share as a percentage.
pub(crate) fn percent(share: f64) -> String {
    let percentage = 100.0 * share;
    if percentage > 0.0 && percentage < 0.05 {
        return format!("under{SPACE}0.1{SPACE}%");
    }
    let is_whole = percentage.abs() >= 9.95 || percentage == 0.0;
    format!("{}{SPACE}%", fixed(percentage, usize::from(!is_whole)))
}

/// A share with its margin, as percentages.
pub(crate) fn percent_with_margin(share: f64, error: f64) -> String {
    format!("{}{SPACE}%", with_margin(100.0 * share, 100.0 * error))
}

/// A figure of one customer, for 1,000 of them, with its margin.
pub(crate) fn per_thousand(figure: f64, error: f64) -> String {
    with_margin(1000.0 * figure, 1000.0 * error)
}

/// A figure with its margin, to as many decimals as the margin lets it have.
pub(crate) fn with_margin(figure: f64, error: f64) -> String {
    let margin = MARGIN * error;
    let decimals = decimals_of(margin);
    format!("{}{SPACE}±{SPACE}{}", fixed(figure, decimals), fixed(margin, decimals))
}

/// The decimals that show the first two digits of a number below 10.
fn decimals_of(number: f64) -> usize {
    match number.abs() {
        size if size >= 9.95 || size == 0.0 => 0,
        size if size >= 0.995 => 1,
        size if size >= 0.0995 => 2,
        size if size >= 0.00995 => 3,
        _ => 4,
    }
}

/// A number of unknown size, to about three digits.
pub(crate) fn quantity(number: f64) -> String {
    let size = number.abs();
    if size != 0.0 && !(1e-4..1e9).contains(&size) {
        return format!("{number:.2e}").replace('-', &MINUS.to_string());
    }
    let digits = if size >= 1.0 { size.log10().floor() as usize + 1 } else { 0 };
    let text = fixed(
        number,
        if size < 0.01 {
            5
        } else if size < 0.1 {
            4
        } else {
            3_usize.saturating_sub(digits)
        },
    );
    if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        text
    }
}

/// A number as it is shown beside a much larger one, to which a tiny one adds nothing.
pub(crate) fn beside(number: f64, largest: f64) -> f64 {
    if number.abs() < 1e-4 * largest { 0.0 } else { number }
}

/// Days since 2000-01-01 as a date.
pub(crate) fn date(days: f64) -> String {
    // Hinnant's days_from_civil, turned around; its era of 400 years begins on 0000-03-01.
    const DAYS_BEFORE_2000: i64 = 730_425;
    let days = days.round() as i64 + DAYS_BEFORE_2000;
    let (era, day) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let day = day - (153 * month + 2) / 5 + 1;
    let (year, month) = (year + 400 * era, if month < 10 { month + 3 } else { month - 9 });
    format!("{:04}-{month:02}-{day:02}", year + i64::from(month <= 2))
}

fn group(digits: &str) -> String {
    let mut written = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            written.push(',');
        }
        written.push(digit);
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_have_a_comma_before_each_three_digits() {
        assert_eq!([0, 999, 1000, 1234567].map(grouped), ["0", "999", "1,000", "1,234,567"]);
    }

    #[test]
    fn a_figure_has_the_decimals_of_its_margin() {
        assert_eq!(with_margin(31.26, 2.7), "31.3\u{a0}±\u{a0}5.3");
        assert_eq!(with_margin(-31.26, 6.0), "\u{2212}31\u{a0}±\u{a0}12");
        assert_eq!(with_margin(-0.001, 0.01), "\u{2212}0.001\u{a0}±\u{a0}0.020");
        assert_eq!(per_thousand(0.0313, 0.0), "31\u{a0}±\u{a0}0");
    }

    #[test]
    fn a_rounded_zero_has_no_sign() {
        assert_eq!(fixed(-0.04, 1), "0.0");
    }

    #[test]
    fn small_shares_are_not_shown_as_none() {
        let shown = [0.0, 0.0001, 0.012, 0.0999, 0.421].map(percent);
        assert_eq!(
            shown,
            ["0 %", "under 0.1 %", "1.2 %", "10 %", "42 %"].map(|text| text.replace(' ', "\u{a0}"))
        );
    }

    #[test]
    fn quantities_have_about_three_digits() {
        let shown = [0.0, 2.0, 12.345, 123456.7, 0.00123, 1e-9, -1.5e12].map(quantity);
        assert_eq!(
            shown,
            ["0", "2", "12.3", "123,457", "0.00123", "1.00e\u{2212}9", "\u{2212}1.50e12"]
        );
    }

    #[test]
    fn a_tiny_number_beside_a_large_one_is_zero() {
        assert_eq!(
            [1.15e-5, -1.15e-5, 0.1, 365.0].map(|number| beside(number, 365.0)),
            [0.0, 0.0, 0.1, 365.0]
        );
        assert_eq!(beside(1.15e-5, 2e-5), 1.15e-5);
    }

    #[test]
    fn days_are_dates() {
        let shown = [0.0, 59.0, 60.0, 366.0, -1.0, 9825.0].map(date);
        assert_eq!(
            shown,
            ["2000-01-01", "2000-02-29", "2000-03-01", "2001-01-01", "1999-12-31", "2026-11-25"]
        );
    }
}
