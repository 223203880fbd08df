//! Markup that escapes by construction: `html!` alone makes it, and each text in it is escaped.

use std::fmt;

/// A piece of a page.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Markup(String);

/// Makes markup of a literal, whose `{}` are filled with escaped texts or with other markup.
macro_rules! html {
    ($format:literal $(, $argument:expr)* $(,)?) => {
        $crate::html::Markup::trusted(format!($format $(, $crate::html::Shown(&$argument))*))
    };
}
pub(crate) use html;

impl Markup {
    /// Takes text for markup. Only `html!` calls it, and the page for its style sheet.
    pub fn trusted(text: String) -> Self {
        Self(text)
    }

    /// The page's text in ASCII, so that it reads the same in every encoding of a database or a file.
    pub fn into_ascii(self) -> String {
        let mut text = String::with_capacity(self.0.len());
        for letter in self.0.chars() {
            if letter.is_ascii() {
                text.push(letter);
            } else {
                text.push_str(&format!("&#{};", u32::from(letter)));
            }
        }
        text
    }
}

impl From<&str> for Markup {
    fn from(text: &str) -> Self {
        html!("{}", text)
    }
}

impl From<String> for Markup {
    fn from(text: String) -> Self {
        text.as_str().into()
    }
}

impl FromIterator<Markup> for Markup {
    fn from_iter<I: IntoIterator<Item = Markup>>(pieces: I) -> Self {
        Self(pieces.into_iter().map(|piece| piece.0).collect())
    }
}

/// A value that markup can be filled with.
pub(crate) trait Fill {
    /// Writes it as markup.
    fn write(&self, f: &mut fmt::Formatter) -> fmt::Result;
}

/// Writes a value as markup.
pub(crate) struct Shown<'v, T: ?Sized>(pub &'v T);

impl<T: Fill + ?Sized> fmt::Display for Shown<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        self.0.write(f)
    }
}

impl Fill for str {
    fn write(&self, f: &mut fmt::Formatter) -> fmt::Result {
        for letter in self.chars() {
            match letter {
                '&' => f.write_str("&amp;")?,
                '<' => f.write_str("&lt;")?,
                '>' => f.write_str("&gt;")?,
                '"' => f.write_str("&quot;")?,
                '\'' => f.write_str("&#39;")?,
                '\n' | '\t' => write!(f, "{letter}")?,
                control if control.is_control() => f.write_str("\u{fffd}")?,
                other => write!(f, "{other}")?,
            }
        }
        Ok(())
    }
}

impl Fill for String {
    fn write(&self, f: &mut fmt::Formatter) -> fmt::Result {
        self.as_str().write(f)
    }
}

impl Fill for Markup {
    fn write(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Fill for usize {
    fn write(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl<T: Fill + ?Sized> Fill for &T {
    fn write(&self, f: &mut fmt::Formatter) -> fmt::Result {
        (**self).write(f)
    }
}

impl<T: Fill> Fill for Option<T> {
    fn write(&self, f: &mut fmt::Formatter) -> fmt::Result {
        self.iter().try_for_each(|value| value.write(f))
    }
}

/// A name from the database: it is set apart, so that no letter in it turns the text around it.
pub(crate) fn name(text: &str) -> Markup {
    html!("<bdi>{}</bdi>", text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_text_is_escaped() {
        let hostile = "<script>alert('1')</script> & \"\u{1b}\u{202e}";
        assert_eq!(
            html!("<p title=\"{}\">{}</p>", hostile, name(hostile)),
            Markup(
                "<p title=\"&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt; &amp; &quot;\u{fffd}\u{202e}\">\
                 <bdi>&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt; &amp; &quot;\u{fffd}\u{202e}</bdi></p>"
                    .into()
            )
        );
    }

    #[test]
    fn markup_is_not_escaped_again() {
        let inner = html!("<b>{}</b>", "a < b");
        assert_eq!(html!("{}{}", inner, Some("&")), Markup("<b>a &lt; b</b>&amp;".into()));
    }

    #[test]
    fn a_page_is_ascii() {
        assert_eq!(html!("{}", "5 ± 1 😀").into_ascii(), "5 &#177; 1 &#128512;");
    }
}
