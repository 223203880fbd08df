//! The drivers of a customer's kind, and its probabilities.

use crate::probability::softmax;

/// The drivers of the kind; fields as in [`super::FEATURES`].
pub(super) struct Drivers {
    pub recency: f64,
    pub frequency: f64,
    pub discount_share: f64,
    pub email_opens: f64,
    pub email_clicks: f64,
    pub app_user: bool,
    pub cat1: f64,
    pub night_share: f64,
    pub tier: f64,
    pub push_optin: bool,
    /// Latent: no feature shows it in full.
    pub category_taste: f64,
}

impl Drivers {
    /// The probabilities of the kinds, in the order of [`Segment::ALL`].
    pub fn kind_probabilities(&self) -> [f64; 3] {
        let low = 0.85 + 0.075 * self.category_taste.powi(2);
        let organic = -0.35 + self.frequency.ln_1p() - 0.75 * (self.recency / 10.0).ln_1p()
            + 0.45 * self.tier
            - 0.9 * self.discount_share
            + 0.5 * (3.0 * self.cat1).sin();
        let deal_by_push = f64::from(self.discount_share > 0.35 && self.push_optin);
        let app_at_night = f64::from(self.night_share > 0.3 && self.app_user);
        let campaign = -0.7
            + 2.6 * (self.discount_share - 0.3)
            + 0.55 * self.email_opens.ln_1p()
            + 0.5 * self.email_clicks.ln_1p()
            - 0.09 * self.tier.powi(2)
            + 1.1 * deal_by_push
            - 0.35 * (self.recency / 20.0).ln_1p()
            + 0.55 * f64::from(self.app_user)
            - 1.2 * app_at_night;

        let logits = [low, organic, campaign].map(|logit| 1.35 * logit);
        softmax(logits)
    }
}
