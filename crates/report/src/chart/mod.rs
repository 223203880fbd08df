//! Charts as inline SVG that takes its colours from the page's style sheet, and its width from the page.

mod plot;
mod scale;
mod strip;

pub(crate) use plot::{Anchor, Plot};
pub(crate) use scale::Scale;
pub(crate) use strip::{bar, histogram, stack};
