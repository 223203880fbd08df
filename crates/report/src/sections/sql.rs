//! SQL texts: literals of names from the database.

/// A string literal, as PostgreSQL's quote_literal writes it, on one line.
pub(super) fn literal(text: &str) -> String {
    let is_plain = text.chars().all(|letter| letter != '\\' && !letter.is_control());
    let body: String = text.chars().map(escaped).collect();
    if is_plain { format!("'{body}'") } else { format!("E'{body}'") }
}

fn escaped(letter: char) -> String {
    match letter {
        '\'' => "''".to_owned(),
        '\\' => "\\\\".to_owned(),
        control if control.is_control() => format!("\\u{:04X}", u32::from(control)),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_quoted() {
        assert_eq!(literal("spring"), "'spring'");
        assert_eq!(literal("it's \"new\""), "'it''s \"new\"'");
        assert_eq!(literal("a\\'b\n"), "E'a\\\\''b\\u000A'");
    }
}
