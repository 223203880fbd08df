//! Deciding in SQL: who is held out, who is sent which campaign, and how large a test must be.

mod assignment;
mod test_size;
