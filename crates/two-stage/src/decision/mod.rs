//! From scores to sends: who is held out, who gets which campaign, and how many customers a test takes.

pub mod assignment;
pub mod test_size;
