"""The simulated scenarios, and the figures that pg_intent must reach in each."""

from dataclasses import dataclass

from claims import Claim

T_LEARNER = "LightGBM T-learner"
MOST_PROBABLE = "most probable"
CALIBRATED = Claim("ece", 0.05)
"""The intent is a probability in every scenario."""
SIZED = Claim("sized", -0.002, MOST_PROBABLE)
"""The default rule of the segment costs nothing."""


@dataclass(frozen=True)
class Scenario:
    """A kind of simulated customers, and the claims for them."""

    key: str
    title: str
    simulation: dict
    """The arguments of make() in the reference's simulator."""
    claims: list
    published: tuple = ()
    """AUC, mF1 and Brier of the reference, as the design reports them."""
    exposure: bool = False
    options: tuple = ()
    """The training options as (name, value)."""
    true_c: float | None = None
    """The label frequency, if it is one number."""


SCENARIOS = [
    Scenario(
        "missing_0",
        "nothing missing",
        {"rho": 0},
        [Claim("auc", 0.920), Claim("corrected", 0.01), Claim("mf1", -0.005, "none"), CALIBRATED, SIZED],
        (0.927, 0.677, 0.106),
        true_c=1.0,
    ),
    Scenario(
        "missing_40",
        "40 % missing at random",
        {"rho": 0.4},
        [
            Claim("auc", 0.919),
            Claim("mf1", 0.660),
            Claim("brier", 0.118),
            Claim("precision", 0.75),
            Claim("recall", 0.45),
            Claim("c_error", 0.08),
            Claim("mf1", 0.03, "none"),
            Claim("brier", 0.03, "splc"),
            CALIBRATED,
            SIZED,
            Claim("sized", 0, "none"),
        ],
        (0.926, 0.673, 0.109),
        true_c=0.6,
    ),
    Scenario(
        "missing_60",
        "60 % missing at random",
        {"rho": 0.6},
        [Claim("c_error", 0.08), CALIBRATED, SIZED],
        true_c=0.4,
    ),
    Scenario(
        "missing_80",
        "80 % missing at random",
        {"rho": 0.8},
        [
            Claim("auc", 0.910),
            Claim("mf1", 0.645),
            Claim("brier", 0.130),
            Claim("c_error", 0.08),
            Claim("mf1", 0.20, "none"),
            Claim("mf1", 0.15, "splc"),
            CALIBRATED,
            SIZED,
            Claim("sized", 0.10, "none"),
        ],
        (0.920, 0.667, 0.115),
        true_c=0.2,
    ),
    Scenario(
        "by_app_declared",
        "60 % missing, by app use, declared",
        {"rho": 0.6, "mode": "sar"},
        [Claim("auc", 0.900), Claim("mf1", 0.64), Claim("auc", 0.10, "none"), CALIBRATED, SIZED],
        (0.919, 0.664, 0.117),
        options=(("attribution_by", "app_user"),),
    ),
    Scenario(
        "exposure_40",
        "exposure known, 40 % missing",
        {"rho": 0.4, "e": 0.6},
        [
            Claim("auc", 0.918),
            Claim("mf1", 0.665),
            Claim("brier", 0.115),
            Claim("auc", -0.01, "none on the truth"),
            CALIBRATED,
            SIZED,
        ],
        (0.926, 0.675, 0.107),
        exposure=True,
    ),
    Scenario(
        "exposure_by_app",
        "exposure known, 60 % missing by app use, undeclared",
        {"rho": 0.6, "mode": "sar", "e": 0.6},
        [
            Claim("auc", 0.915),
            Claim("mf1", 0.665),
            Claim("brier", 0.118),
            Claim("auc", 0.10, "none"),
            CALIBRATED,
            SIZED,
        ],
        (0.925, 0.676, 0.108),
        exposure=True,
    ),
    Scenario(
        "exposure_no_labels",
        "exposure known, no campaign label",
        {"rho": 1.0, "e": 0.6},
        [Claim("auc", 0.912), Claim("mf1", 0.66), Claim("auc", -0.005, T_LEARNER), CALIBRATED, SIZED],
        (0.923, 0.675, 0.111),
        exposure=True,
    ),
]
