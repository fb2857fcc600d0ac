"""One rank of happenings for all loans at once: accrue to the day, let the happening act, open new lines where bases moved."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from qingshou.engine.daycount import Ints
from qingshou.engine.fold import timeline as tl
from qingshou.engine.fold.duebook import DueBook
from qingshou.engine.fold.state import DAY_MIN, Accrued, Terms, accrue, in_grace
from qingshou.engine.money import mul_div

FEE, COMPOUND, PENALTY, INTEREST, PRINCIPAL = range(5)  # as columns.KINDS
PROBLEMS = ("before_disbursement", "fee_waiver_above_owed", "interest_waiver_above_owed")


@dataclass
class Record:
    """What the fold reports beside the state: pieces of arrays, joined at the end."""

    lines: list[tuple[int, Ints, Ints, Ints, Ints, Ints, Ints]] | None
    splits: list[tuple[Ints, ...]] = field(default_factory=list)
    problems: list[tuple[Ints, Ints, int]] = field(default_factory=list)  # rows, event ids, index of PROBLEMS


@dataclass
class First:
    """The running period of a loan at its start: stated interest, its days, the principal it is stated for."""

    plan_fen: Ints
    plan_days: Ints
    scheduled_fen: Ints


def step(state: dict[str, Ints], terms: Terms, first: First, book: DueBook, record: Record, at: dict[str, Ints],
         size: int) -> None:
    """Let one happening act on each of the first *size* rows of the state (changed in place)."""
    part = slice(0, size)
    s = {name: values[part] for name, values in state.items()}
    day, code, amount = at["day"], at["code"], np.maximum(at["amount"], 0)
    accrued = accrue(state, terms, day, size)
    interest_total = s["interest_closed_fen"] + accrued.interest
    penalty_total = s["penalty_closed_fen"] + accrued.penalty
    compound_total = s["compound_closed_fen"] + accrued.compound
    present = set(np.unique(code).tolist())
    old_rate = s["rate_ppm"].copy()

    begins = np.zeros(size, dtype=bool)
    if tl.DISBURSEMENT in present:
        paid_out = code == tl.DISBURSEMENT
        begins = paid_out & (s["disbursed_fen"] == 0)
        s["disbursed_fen"] += np.where(paid_out, amount, 0)
        s["principal_fen"] += np.where(paid_out, amount, 0)
    is_due = code == tl.DUE
    if tl.DUE in present:
        fallen = np.where(at["final"] == 1, s["disbursed_fen"],
                          np.minimum(s["principal_due_fen"] + amount, s["disbursed_fen"]))
        s["principal_due_fen"][:] = np.where(is_due, fallen, s["principal_due_fen"])
        s["interest_due_fen"][:] = np.where(is_due, interest_total, s["interest_due_fen"])
        s["next_due_number"][:] = np.where(is_due, at["number"] + 1, s["next_due_number"])
        rows = np.nonzero(is_due)[0]
        book.fall(rows, day[rows], s["principal_due_fen"][rows], s["interest_due_fen"][rows])
    if tl.RATE in present:
        s["rate_ppm"][:] = np.where((code == tl.RATE) & (at["rate"] != tl.NONE), at["rate"], s["rate_ppm"])
    if tl.FEE in present:
        s["fee_charged_fen"] += np.where(code == tl.FEE, amount, 0)
    if tl.WRITE_OFF in present:
        whole = np.where(at["amount"] == tl.NONE, s["principal_fen"], amount)
        s["written_off_fen"] += np.where(code == tl.WRITE_OFF, whole, 0)

    moved = _pay(s, terms, record, at, size, interest_total, penalty_total, compound_total)
    if moved or tl.DUE in present:
        oldest = book.oldest(size, s["principal_paid_fen"], s["interest_paid_fen"])
        delayed = (s["oldest_unpaid_due"] == DAY_MIN) & (oldest != DAY_MIN)
        s["penalty_mark_fen"][:] = np.where(delayed, penalty_total, s["penalty_mark_fen"])
        s["compound_mark_fen"][:] = np.where(delayed, compound_total, s["compound_mark_fen"])
        cleared = (oldest == DAY_MIN) & (s["oldest_unpaid_due"] != DAY_MIN) & (day > s["oldest_unpaid_due"])
        s["paid_up_since"][:] = np.where(cleared, day, s["paid_up_since"])
        s["oldest_unpaid_due"][:] = oldest
    _reopen(s, terms, first, record, at, part, accrued, is_due, begins, old_rate)


def _pay(s: dict[str, Ints], terms: Terms, record: Record, at: dict[str, Ints], size: int,
         interest_total: Ints, penalty_total: Ints, compound_total: Ints) -> bool:
    """Divide repayments, waivers and held money (when something falls due) among what is owed; True if any money moved."""
    day, code, amount = at["day"], at["code"], np.maximum(at["amount"], 0)
    repays = code == tl.REPAYMENT
    applies = ((code == tl.DUE) | (code == tl.FEE)) & (s["unapplied_fen"] > 0)
    waives_fee = code == tl.FEE_WAIVER
    waives_interest = code == tl.INTEREST_WAIVER
    if not (repays.any() or applies.any() or waives_fee.any() or waives_interest.any()):
        return False
    part = slice(0, size)
    money = np.where(repays | waives_fee | waives_interest, amount, 0) + np.where(applies, s["unapplied_fen"], 0)
    s["unapplied_fen"][:] = np.where(applies, 0, s["unapplied_fen"])
    late = (s["oldest_unpaid_due"] != DAY_MIN) & (day - s["oldest_unpaid_due"] > terms.late_after[part])
    spared = in_grace(s, terms, day, part)
    owed = [
        s["fee_charged_fen"] - s["fee_paid_fen"],
        np.where(spared, s["compound_mark_fen"], compound_total) - s["compound_paid_fen"],
        np.where(spared, s["penalty_mark_fen"], penalty_total) - s["penalty_paid_fen"],
        np.maximum(s["interest_due_fen"] - s["interest_paid_fen"], 0),
        np.maximum(s["principal_due_fen"] - s["principal_paid_fen"], 0),
    ]
    owed = [np.maximum(kind, 0) for kind in owed]
    pays = repays | applies
    allowed = [pays | waives_fee, pays | waives_interest, pays | waives_interest, pays | waives_interest, pays]
    # A waiver of interest may reach interest that has accrued and not yet fallen due.
    owed[INTEREST] = np.where(waives_interest, interest_total - s["interest_paid_fen"], owed[INTEREST])
    taken = [np.zeros(size, dtype=np.int64) for _ in owed]
    chosen = np.where(late, terms.order_late[part], terms.order[part])
    for number, order in enumerate(terms.orders):
        mine = chosen == number
        if not mine.any():
            continue
        for kind in order:
            take = np.where(mine & allowed[kind], np.minimum(money, owed[kind]), 0)
            taken[kind] += take
            money = money - take
    if repays.any():
        money = _ahead(s, terms, part, repays, money, taken, interest_total, chosen)
    over_fee, over_interest = waives_fee & (money > 0), waives_interest & (money > 0)
    early = repays & (s["disbursed_fen"] == 0)
    for index, wrong in enumerate((early, over_fee, over_interest)):
        if wrong.any():
            rows = np.nonzero(wrong)[0]
            record.problems.append((rows, at["event_id"][rows], index))
    unapplied = np.where(pays, money, 0)
    s["unapplied_fen"] += unapplied
    waived = np.where(waives_fee | waives_interest, sum(taken), 0)
    s["waived_fen"] += waived
    for kind, name in enumerate(("fee_paid_fen", "compound_paid_fen", "penalty_paid_fen", "interest_paid_fen",
                                 "principal_paid_fen")):
        s[name] += taken[kind]
    s["principal_fen"] -= taken[PRINCIPAL]
    # Paid in full within the grace: the delay's penalty and compound are as if they had never begun.
    cleared = spared & pays & (s["principal_due_fen"] <= s["principal_paid_fen"]) \
        & (s["interest_due_fen"] <= s["interest_paid_fen"])
    for total, mark, closed in ((penalty_total, "penalty_mark_fen", "penalty_closed_fen"),
                                (compound_total, "compound_mark_fen", "compound_closed_fen")):
        s[closed] -= np.where(cleared, np.maximum(total - s[mark], 0), 0)
    rows = np.nonzero(pays | waives_fee | waives_interest)[0]
    record.splits.append((rows, at["event_id"][rows], day[rows], *(kind[rows] for kind in taken), unapplied[rows]))
    return True


def _ahead(s: dict[str, Ints], terms: Terms, part: slice, repays: Ints, money: Ints, taken: list[Ints],
           interest_total: Ints, chosen: Ints) -> Ints:
    """Money beyond what is due: interest accrued so far and principal not yet due, in the order of the loan, where the
    contract lets it; else it is held. What clears the whole loan is always taken."""
    interest_rest = np.maximum(interest_total - s["interest_paid_fen"] - taken[INTEREST], 0)
    principal_rest = s["principal_fen"] - taken[PRINCIPAL]
    prepays = repays & ((terms.holds_excess[part] == 0) | (money >= interest_rest + principal_rest))
    interest_first = terms.interest_first[chosen]
    interest = np.where(prepays, np.minimum(np.where(interest_first, money, money - principal_rest), interest_rest), 0)
    interest = np.maximum(interest, 0)
    principal = np.where(prepays, np.minimum(money - interest, principal_rest), 0)
    taken[INTEREST] += interest
    taken[PRINCIPAL] += principal
    return money - interest - principal


def _reopen(s: dict[str, Ints], terms: Terms, first: First, record: Record, at: dict[str, Ints], part: slice,
            accrued: Accrued, is_due: Ints, begins: Ints, old_rate: Ints) -> None:
    """Close the lines whose base or rate has changed and open new ones from this day."""
    day = at["day"]
    overdue = np.maximum(s["principal_due_fen"] - s["principal_paid_fen"], 0)
    performing = s["principal_fen"] - overdue
    repriced = s["rate_ppm"] != old_rate
    closes = is_due | repriced | begins | (performing != s["interest_base_fen"])
    plan, old_base = s["plan_fen"], s["interest_base_fen"]
    if closes.any():
        _close(s, terms, record, INTEREST, "interest", closes, day, accrued.interest, old_rate, part)
        new_plan = np.where(is_due, at["next_interest"], plan)
        new_days = np.where(is_due, at["next_days"], s["plan_days"])
        stated_for = np.where(is_due, s["disbursed_fen"] - s["principal_due_fen"], old_base)
        priced_at = np.where(is_due, terms.contract_ppm[part], old_rate)
        if begins.any():
            new_plan = np.where(begins, first.plan_fen[part], new_plan)
            new_days = np.where(begins, first.plan_days[part], new_days)
            stated_for = np.where(begins, first.scheduled_fen[part], stated_for)
            priced_at = np.where(begins, terms.contract_ppm[part], priced_at)
        new_plan = np.where(stated_for > 0, new_plan, tl.NONE)
        scaled = closes & (new_plan > 0) & (performing != stated_for)
        if scaled.any():
            rows = np.nonzero(scaled)[0]
            new_plan[rows] = _exact(new_plan[rows], performing[rows], stated_for[rows])
        scaled = closes & (new_plan > 0) & (s["rate_ppm"] != priced_at) & (priced_at > 0)
        if scaled.any():
            new_plan = np.where(scaled, mul_div(np.maximum(new_plan, 0), s["rate_ppm"], np.maximum(priced_at, 1)), new_plan)
        s["plan_fen"][:] = np.where(closes, new_plan, plan)
        s["plan_days"][:] = np.where(closes, new_days, s["plan_days"])
        s["interest_base_fen"][:] = np.where(closes, performing, old_base)
    closes = repriced | (overdue != s["penalty_base_fen"])
    if closes.any():
        _close(s, terms, record, PENALTY, "penalty", closes, day, accrued.penalty, accrued.penalty_ppm, part)
        s["penalty_base_fen"][:] = np.where(closes, overdue, s["penalty_base_fen"])
    unpaid = np.maximum(s["interest_due_fen"] - s["interest_paid_fen"], 0) * terms.compounds[part]
    matures = (at["code"] == tl.MATURITY) & (terms.compound_at_penalty_in_term[part] == 0)
    closes = repriced | (unpaid != s["compound_base_fen"]) | matures
    if closes.any():
        _close(s, terms, record, COMPOUND, "compound", closes, day, accrued.compound, accrued.compound_ppm, part)
        s["compound_base_fen"][:] = np.where(closes, unpaid, s["compound_base_fen"])


def _close(s: dict[str, Ints], terms: Terms, record: Record, kind: int, name: str, closes: Ints, day: Ints, line: Ints,
           rate: Ints, part: slice) -> None:
    closed, start = s[f"{name}_closed_fen"], s[f"{name}_from"]
    if record.lines is not None:
        base = s[f"{name}_base_fen"]
        end = np.minimum(day, terms.stops[part])
        rows = np.nonzero(closes & (base > 0) & (end > start))[0]
        if len(rows):
            record.lines.append((kind, rows, start[rows].copy(), end[rows], base[rows].copy(), rate[rows].copy(),
                                 line[rows].copy()))
    closed += np.where(closes, line, 0)
    start[:] = np.where(closes, day, start)


def _exact(p: Ints, a: Ints, d: Ints) -> Ints:
    """p × a ÷ d half up for three amounts of money: the product needs more than 64 bits, so in Python integers."""
    wide = (p.astype(object) * a.astype(object) * 2 + d.astype(object)) // (2 * d.astype(object))
    return wide.astype(np.int64)
