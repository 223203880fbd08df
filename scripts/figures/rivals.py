"""Standard models of targeting, trained on the same rows: engagement and T-learners."""

from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

ENGAGEMENT, LOGISTIC, TREES = "engagement", "logistic T-learner", "LightGBM T-learner"


def logistic_engagement(X, engaged):
    """Fits P(engaged | features) by logistic regression; returns it as a function of features."""
    regression = LogisticRegression(max_iter=1000)
    model = make_pipeline(SimpleImputer(), StandardScaler(), regression).fit(X, engaged)
    return lambda X: model.predict_proba(X)[:, 1]


def tree_engagement(X, engaged):
    """Fits P(engaged | features) by LightGBM; returns it as a function of features."""
    from lightgbm import LGBMClassifier

    model = LGBMClassifier(
        n_estimators=200, learning_rate=0.03, num_leaves=15, n_jobs=1, verbose=-1
    )
    model.fit(X, engaged)
    return lambda X: model.predict_proba(X)[:, 1]


def by_exposure(fit, X, engaged, exposed):
    """Returns the engagement models of exposed and of unexposed rows."""
    is_exposed = exposed == 1
    return fit(X[is_exposed], engaged[is_exposed]), fit(X[~is_exposed], engaged[~is_exposed])


def rankings(X, engaged, exposed, others):
    """Returns each rival's scores of other customers, after it learned from these rows."""
    seen, unseen = by_exposure(logistic_engagement, X, engaged, exposed)
    with_trees, without = by_exposure(tree_engagement, X, engaged, exposed)
    return {
        ENGAGEMENT: seen(others),
        LOGISTIC: seen(others) - unseen(others),
        TREES: with_trees(others) - without(others),
    }
