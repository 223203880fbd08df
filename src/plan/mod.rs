//! Plans in SQL: the cut-off of a budget, the prices of a plan, and the choice that they make.

mod budget_cutoff;
mod choose_campaign;
mod plan_campaigns;
mod stored_plan;
