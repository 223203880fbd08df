"""Randomised campaigns: the product's ranking beside the standard ones."""

from cells import PRODUCT, SPLITS
from claims import JUDGED
from report import progress, table
from resampling import DRAWS, estimate, qinis
from rivals import ENGAGEMENT, LOGISTIC, TREES

RIVALS = [ENGAGEMENT, LOGISTIC, TREES]
# The product may not be below these by more than two standard errors.
JUDGED_RIVALS = [ENGAGEMENT, LOGISTIC]
TIMES = {1: "once", 2: "twice", 3: "three times", 4: "four times"}
# Known misses, by campaign and rival, as the design reports them.
KNOWN = {("Hillstrom, women's", LOGISTIC): (-6.3, 2.1)}

EXPLANATION = f"""\
Campaigns that were sent to a part of the people chosen at random: Hillstrom's e-mails (64,000 customers, a visit),
get-out-the-vote mailings (gotv: 344,084 people of 180,002 households, each mailing against the people without one; a
vote) and a matching offer in a fund-raising letter (charity: 50,083 donors, a gift). pg_intent learns from exposure
alone, as above.

The households (or customers) are split into halves at random, {TIMES[len(SPLITS)]}; each half trains once, and is held
out once. On gotv a training takes 19,000 exposed and 21,000 unexposed people of its half, by a committee of 5
("whole half": all people of the half, one network, the first split only); otherwise it takes the half, by a committee
of 5. The Qini is that of the section above, the mean over the held-out halves.

- engagement: a logistic regression of P(engaged | features) on the exposed rows that trained.
- logistic T-learner: the same minus a logistic regression on the unexposed rows. LightGBM T-learner: two models of
  200 trees each, likewise.
- Errors are standard errors over households or customers: the deviation over {DRAWS} draws of them with replacement,
  the same draws for all models. A household drawn twice counts twice in every half. The models are not trained anew, so
  the error is of these models' figures on other people. "Product minus" is the difference on the same draws; a difference
  within two errors says nothing about which model is better."""


def signed(value, error):
    return f"{value:+.1f} ± {error:.1f}".replace("-", "−")


def title_of(campaign, whole):
    return f"{campaign.title}, whole half" if whole else campaign.title


def measure(_, campaign, whole, cells):
    """Returns {name: (Qini, error)} and {rival: (product minus it, error)} of a campaign."""
    values = qinis([cell.ranked for cell in cells])
    differences = {name: estimate(values[PRODUCT] - values[name]) for name in RIVALS}
    progress(f"{title_of(campaign, whole)}: {DRAWS} draws")
    return {name: estimate(one) for name, one in values.items()}, differences


def cells_of(figures, differences):
    """Returns the cells of a campaign's line."""
    value, error = figures[PRODUCT]
    cells = [f"{value:.1f} ± {error:.1f}"]
    for name in RIVALS:
        value, error = figures[name]
        cells.append(f"{value:.1f} ± {error:.1f}; {signed(*differences[name])}")
    return cells


def judge(title, figures, differences):
    """Returns the line of the claim against the better of the judged rivals, and if it holds."""
    rival = max(JUDGED_RIVALS, key=lambda name: figures[name][0])
    value, error = differences[rival]
    holds = value + 2 * error >= 0
    known = KNOWN.get((title, rival))
    verdict = "ok" if holds else "MISSED"
    if known and not holds and value + 2 * error >= known[0]:
        verdict, holds = f"MISSED, as before ({signed(*known)})", True
    claim = f"product minus {rival} not below −2 errors"
    return [title, claim, signed(value, error), verdict], holds


def write(report, pool, randomised, keys):
    if keys and "randomised" not in keys:
        return
    cells = randomised.cells()
    measured = pool.map(measure, cells)
    lines, verdicts = [], []
    for (campaign, whole, _), (figures, differences) in zip(cells, measured):
        title = title_of(campaign, whole)
        lines.append([title, *cells_of(figures, differences)])
        line, holds = judge(title, figures, differences)
        verdicts.append(line)
        report.holds &= holds
    header = ["Qini ± error", PRODUCT, *(f"{name}; product minus it" for name in RIVALS)]
    report.write("## Randomised campaigns: beside the standard rankings", EXPLANATION)
    report.write(table(header, lines), table(JUDGED, verdicts))
