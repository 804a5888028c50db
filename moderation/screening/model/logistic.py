"""Balanced logistic regressions for many columns at once. Needs scipy; those who read posts with the model do not.

One matrix product serves all columns, which makes training several times faster than one regression after the other.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.float32]
Flags = npt.NDArray[np.bool_]

_MOST_STEPS = 80
_NEVER = -10.0  # log-odds of a column that was never (or always) wanted: nothing can be learned of it


def fit_columns(
    seen: Any, wanted: Flags, *, strength: float, counted: Flags | None = None, at_least: float | None = None
) -> tuple[Numbers, Numbers]:
    """Return weights (features x columns) and biases of one regression for each column of `wanted`.

    `seen` is a dense or sparse matrix (rows x features), `strength` the inverse of the L2 penalty, `counted` says which rows
    count for which column, and `at_least` is the lowest weight allowed. Balanced: in every column the rows that are wanted
    weigh together as much as all others, so that scores of frequent and rare categories can be compared.
    """
    from scipy import optimize  # noqa: PLC0415  only those who train need it

    minimize: Any = optimize.minimize

    features = seen.shape[1]
    columns = wanted.shape[1]
    weights = _balanced(wanted, counted) * strength
    signs = np.where(wanted, 1, -1).astype(np.float32)
    turned = seen.T.tocsr() if hasattr(seen, "tocsr") else seen.T

    def loss(flat: npt.NDArray[np.float64]) -> tuple[float, npt.NDArray[np.float64]]:
        parts = flat.reshape(features + 1, columns)
        slopes = parts[:-1].astype(np.float32)
        margins = signs * (seen @ slopes + parts[-1].astype(np.float32))
        errors = -signs * weights / (1 + np.exp(np.clip(margins, -30, 30)))
        value = float((weights * np.logaddexp(0, -margins)).sum() + 0.5 * (parts[:-1] ** 2).sum())
        gradient = np.vstack([turned @ errors + slopes, errors.sum(axis=0)])
        return value, gradient.astype(np.float64).ravel()

    bounds = None
    if at_least is not None:
        bounds = [(at_least, None)] * (features * columns) + [(None, None)] * columns
    start = np.zeros((features + 1) * columns)
    found = minimize(
        loss,
        start,
        jac=True,
        method="L-BFGS-B",
        bounds=bounds,
        options={"maxiter": _MOST_STEPS, "maxfun": 2 * _MOST_STEPS},
    ).x.reshape(features + 1, columns)
    bias = np.where(weights.any(axis=0), found[-1], _NEVER)
    return found[:-1].astype(np.float32), bias.astype(np.float32)


def fit_vectors(
    vectors: Numbers, wanted: Flags, *, strength: float, counted: Flags | None = None
) -> tuple[Numbers, Numbers]:
    """Return what `fit_columns` finds for vectors whose dimensions were brought to the same spread, for the vectors as they are."""
    middle, spread = vectors.mean(axis=0), vectors.std(axis=0) + 1e-6
    weight, bias = fit_columns((vectors - middle) / spread, wanted, strength=strength, counted=counted)
    weight = np.asarray(weight / spread[:, np.newaxis], np.float32)
    return weight, np.asarray(bias - middle @ weight, np.float32)


def _balanced(wanted: Flags, counted: Flags | None) -> Numbers:
    """Return the weight of each row in each column: half of the rows' number goes to what is wanted, half to the rest."""
    here = np.ones_like(wanted) if counted is None else counted
    rows = here.sum(axis=0)
    yes, no = (here & wanted).sum(axis=0), (here & ~wanted).sum(axis=0)
    can_learn = (yes > 0) & (no > 0)
    weight = np.where(wanted, rows / np.maximum(2 * yes, 1), rows / np.maximum(2 * no, 1))
    return np.asarray(np.where(here & can_learn, weight, 0), np.float32)
