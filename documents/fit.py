"""How a table fits the page: type size, page direction, column widths. Shared by docx, html, pdf and xlsx."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

from documents.geometry import LANDSCAPE, PORTRAIT, PT_MM, TABLE_SIZES_PT, Page
from documents.model import Table
from documents.text import em_width

# Space left and right of a cell's text together.
PADDING_MM = 2.0
# A text column may wrap, so it asks for no more than this many characters.
TEXT_EM = 14.0
LONG_EM = 22.0
# Where the official face is missing, digits are up to an eighth wider than half a character, and % nearly a whole.
FIGURE_WIDTH = 1.12
PERCENT_WIDTH = 0.35
BOLD_WIDTH = 1.06
LOOSE_EM = 4
WORD_EM = 6
# Type size and characters per line of a heading, in order of preference.
TRIALS = (
    *((TABLE_SIZES_PT[0], LOOSE_EM), (TABLE_SIZES_PT[1], LOOSE_EM), (TABLE_SIZES_PT[1], 3)),
    *((TABLE_SIZES_PT[2], LOOSE_EM), (TABLE_SIZES_PT[2], 3), (TABLE_SIZES_PT[2], 2)),
)
MOST_LINES = 4
# Widths are taken from so many rows at most; long tables repeat themselves.
SAMPLE = 600


@dataclass(frozen=True, slots=True)
class Fit:
    """size_pt of the cells, the page they lie on, widths in mm (their sum is the type area's width)."""

    size_pt: float
    landscape: bool
    widths: tuple[float, ...]

    @property
    def page(self) -> Page:
        return LANDSCAPE if self.landscape else PORTRAIT


def column_needs(table: Table, line_em: int, contents: list[float] | None = None) -> list[float]:
    """Least width of each column in characters: figures whole, headings on lines of about `line_em` characters.

    `contents`: what the columns' cells need, where the caller has it.
    """
    needs = list(contents or content_needs(table))
    for index, column in enumerate(table.columns):
        heading = em_width(column.heading)
        # Names read better unbroken: the first trial leaves the heading of a text column on one line up to six.
        most = WORD_EM if line_em == LOOSE_EM and not column.is_number else line_em
        lines = min(MOST_LINES, max(1, ceil(heading / most)))
        needs[index] = max(needs[index], ceil(heading / lines), 2.2)
    for start, end, group in group_spans(table):
        # A group heading is at most two lines over its columns.
        lacking = em_width(group) / 2 - sum(needs[start:end]) if group else 0.0
        for index in range(start, end):
            needs[index] += max(0.0, lacking) / (end - start)
    return needs


def content_needs(table: Table) -> list[float]:
    """What the cells of each column need, headings apart."""
    totals = table.total_texts()
    return [_content_need(table, index, total) for index, total in enumerate(totals)]


def _content_need(table: Table, index: int, total_text: str) -> float:
    column = table.columns[index]
    widest = max((em_width(column.text(row.get(column.key))) for row in table.rows[:SAMPLE]), default=0.0)
    total = em_width(total_text) * BOLD_WIDTH
    if column.is_number:
        sign = PERCENT_WIDTH if column.kind == "percent" else 0.0
        return max(widest, total) * FIGURE_WIDTH + sign
    widest = max(widest, total)
    return min(widest, TEXT_EM if widest <= LONG_EM else LONG_EM)


def fit_table(table: Table) -> Fit:
    """The largest type that fits upright, else across, else the smallest across (text then wraps)."""
    contents = content_needs(table)
    needs = {line_em: column_needs(table, line_em, contents) for line_em in (LOOSE_EM, 3, 2)}
    sides = [False, True] if table.landscape is None else [table.landscape]
    for landscape in sides:
        area = (LANDSCAPE if landscape else PORTRAIT).area_width
        for size, line_em in TRIALS:
            if _width_mm(needs[line_em], size) <= area:
                return Fit(size, landscape, _widths(table, needs[line_em], size, landscape))
    size = TABLE_SIZES_PT[-1]
    return Fit(size, sides[-1], _widths(table, needs[2], size, sides[-1]))


def _width_mm(needs: list[float], size: float) -> float:
    return sum(need * size * PT_MM + PADDING_MM for need in needs)


def _widths(table: Table, needs: list[float], size: float, landscape: bool) -> tuple[float, ...]:
    """Needs first; what is left over is shared by weight (0 counts as the column's own need)."""
    area = (LANDSCAPE if landscape else PORTRAIT).area_width
    least = [need * size * PT_MM + PADDING_MM for need in needs]
    spare = area - sum(least)
    if spare <= 0:
        return tuple(width * area / sum(least) for width in least)
    if any(column.weight for column in table.columns):
        average = sum(c.weight for c in table.columns) / sum(1 for c in table.columns if c.weight)
        weights = [column.weight or average for column in table.columns]
        return tuple(_share_by_weight(least, weights, area))
    return tuple(width + spare * width / sum(least) for width in least)


def _share_by_weight(least: list[float], weights: list[float], area: float) -> list[float]:
    """Widths in the ratio of the weights, none below its least."""
    fixed: set[int] = set()
    while True:
        free = area - sum(least[i] for i in fixed)
        total = sum(w for i, w in enumerate(weights) if i not in fixed) or 1.0
        widths = [least[i] if i in fixed else free * w / total for i, w in enumerate(weights)]
        short = {i for i, width in enumerate(widths) if width < least[i] - 1e-9} - fixed
        if not short:
            return widths
        fixed |= short


def group_spans(table: Table) -> list[tuple[int, int, str]]:
    """Neighbouring columns of one group as (first, after last, group); a column without a group stands alone."""
    spans: list[tuple[int, int, str]] = []
    for index, column in enumerate(table.columns):
        if spans and column.group and spans[-1][2] == column.group:
            spans[-1] = (spans[-1][0], index + 1, column.group)
        else:
            spans.append((index, index + 1, column.group))
    return spans
