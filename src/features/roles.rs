//! The names of columns that say what happened to a customer, and so are never features.

pub const SEGMENT: &str = "observed_segment";
pub const EXPOSED: &str = "exposed";
pub const PROPENSITY: &str = "propensity";
pub const WEIGHT: &str = "weight";
pub const ENGAGED: &str = "engaged";
pub const ATTRIBUTED: &str = "attributed";

/// All of them.
pub const ROLES: [&str; 6] = [SEGMENT, EXPOSED, PROPENSITY, WEIGHT, ENGAGED, ATTRIBUTED];

/// Tells if a column has the name of a role.
pub fn is_role(name: &str) -> bool {
    ROLES.contains(&name)
}

/// Returns the role whose name a column has but for case, blanks or a byte order mark.
pub fn nearly_role(name: &str) -> Option<&'static str> {
    let unseen = |letter: char| letter.is_whitespace() || "\u{feff}\u{200b}".contains(letter);
    let trimmed = name.trim_matches(unseen).to_lowercase();
    let (joined, linked) = (trimmed.replace(unseen, ""), trimmed.replace(unseen, "_"));
    let near = |role: &&str| name != *role && [&joined, &linked].contains(&&(*role).to_owned());
    ROLES.into_iter().find(near)
}

/// Says that columns of a row were left out.
pub fn left_out_notice(names: &[String]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("\"{name}\"")).collect();
    match quoted.as_slice() {
        [name] => format!(
            "column {name} of the row is not used as a feature: it is a role's name; rename it to use it"
        ),
        names => format!(
            "columns {} of the row are not used as features: they are roles' names; rename them to use them",
            names.join(", ")
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_near_a_role_but_for_case_blanks_and_a_byte_order_mark() {
        assert_eq!(nearly_role("Exposed"), Some(EXPOSED));
        assert_eq!(nearly_role("\u{feff}observed segment "), Some(SEGMENT));
        assert_eq!(nearly_role("\u{feff}weight"), Some(WEIGHT));
        for name in ["exposed", "exposure", "weights", "parcel_weight", ""] {
            assert_eq!(nearly_role(name), None, "{name}");
        }
    }
}
