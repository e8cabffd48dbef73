"""Dense groups among runs by their words: density over representatives, the rest placed to the nearest."""

from __future__ import annotations

import zlib
from collections.abc import Sequence

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.cluster import HDBSCAN
from sklearn.decomposition import TruncatedSVD
from sklearn.metrics import adjusted_rand_score
from sklearn.preprocessing import normalize

from analyzers.patterns.panel import Floats, Integers

_REPRESENTATIVES = 1200  # density clustering over everything is quadratic
_DIMENSIONS = 10
_OF_HALF = 0.7  # of the least size is asked of the groups in half of the runs
_NEIGHBOURS = 5
_EDGE = 1.0  # percentile of a group's similarities to its centre
_TOLERANCE = 0.9  # of that similarity a run further out must have to be part of the group


def dense_groups(matrix: csr_matrix, names: Sequence[str], *, least: int, fine: bool = False) -> Integers:
    """A group's number for each row, the largest group being 0; all -1 where there are no groups.

    Rows are TF-IDF vectors, ``names`` the run ids by which representatives are chosen, so that the order does not matter.
    ``least`` is how many runs a group has at least. HDBSCAN (Campello, Moulavi & Sander, 2013) on the first
    components of the representatives; the others go to the nearest centre. ``fine`` groups are the smallest dense ones,
    and what is far from all of them is left with -1.
    """
    chosen = _representatives(names)
    if len(chosen) < 2 * least or min(matrix.shape) < 3:
        return np.full(matrix.shape[0], -1)
    places = _reduced(matrix, chosen)
    share = len(chosen) / matrix.shape[0]
    labels = _clustered(places[chosen], max(_NEIGHBOURS, round(least * share)), fine=fine)
    return _by_size(_placed(places, chosen, labels, apart=fine), least)


def stability(matrix: csr_matrix, names: Sequence[str], groups: Integers, *, least: int) -> float:
    """The mean adjusted Rand index of ``groups`` with what comes out of either half of the runs alone."""
    order = np.array(_order(names))
    found = []
    for half in (order[0::2], order[1::2]):
        rows = np.sort(half)
        again = dense_groups(
            matrix[rows], [names[row] for row in rows], least=max(2, round(_OF_HALF * least))
        )
        found.append(adjusted_rand_score(groups[rows], again))
    return float(np.mean(found))


def _order(names: Sequence[str]) -> list[int]:
    """Places in an order that looks random and is the same for the same names."""
    return sorted(range(len(names)), key=lambda place: (zlib.crc32(names[place].encode()), names[place]))


def _representatives(names: Sequence[str]) -> Integers:
    return np.sort(np.array(_order(names)[:_REPRESENTATIVES], dtype=np.int64))


def _reduced(matrix: csr_matrix, chosen: Integers) -> Floats:
    sample = matrix[chosen]
    dimensions = min(_DIMENSIONS, min(sample.shape) - 1)
    with np.errstate(divide="ignore", invalid="ignore"):  # of runs that all say the same
        reduction = TruncatedSVD(n_components=dimensions, random_state=0).fit(sample)
    return np.asarray(normalize(reduction.transform(matrix)), dtype=np.float64)


def _clustered(places: Floats, least: int, *, fine: bool) -> Integers:
    model = HDBSCAN(
        min_cluster_size=max(2, least),
        min_samples=_NEIGHBOURS,
        cluster_selection_method="leaf" if fine else "eom",
        copy=True,
    )
    return np.asarray(model.fit_predict(places), dtype=np.int64)


def _placed(places: Floats, chosen: Integers, labels: Integers, *, apart: bool) -> Integers:
    numbers = np.unique(labels[labels >= 0])
    if not len(numbers):
        return np.full(len(places), -1)
    own = [places[chosen[labels == number]] for number in numbers]
    centres = normalize(np.array([members.mean(axis=0) for members in own]))
    similarity = places @ centres.T
    nearest = similarity.argmax(axis=1)
    if apart:
        edges = _TOLERANCE * np.array(
            [np.percentile(m @ c, _EDGE) for m, c in zip(own, centres, strict=True)]
        )
        nearest = np.where(similarity[np.arange(len(places)), nearest] >= edges[nearest], nearest, -1)
        nearest[chosen] = np.where(labels >= 0, np.searchsorted(numbers, labels), nearest[chosen])
    return np.asarray(nearest, dtype=np.int64)


def _by_size(groups: Integers, least: int) -> Integers:
    """Numbers by falling size; groups that came out too small are dissolved."""
    sizes = np.bincount(groups[groups >= 0]) if (groups >= 0).any() else np.zeros(0, dtype=np.int64)
    order = [number for number in np.argsort(-sizes, kind="stable") if sizes[number] >= least]
    renamed = np.full(len(sizes) + 1, -1)
    renamed[order] = np.arange(len(order))
    return np.asarray(renamed[groups], dtype=np.int64)
