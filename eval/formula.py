"""Arithmetic of gold answers: formulas evaluated without `eval`, and whether a value is their rounded result."""

from __future__ import annotations

import ast
import operator
import re
from collections.abc import Callable, Iterable
from decimal import Decimal

_OPERATORS: dict[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_SYMBOLS = str.maketrans({"×": "*", "x": "*", "÷": "/", "−": "-", "–": "-", "（": "(", "）": ")", "，": ","})


class FormulaError(ValueError):
    """A formula that is not plain arithmetic on numbers; the message shows it."""


def _parse(formula: str) -> ast.expr:
    text = _THOUSANDS.sub("", formula.translate(_SYMBOLS).split("=")[0].strip())
    try:
        return ast.parse(text, mode="eval").body
    except SyntaxError as error:
        raise FormulaError(f"not arithmetic: {formula!r}") from error


def evaluate(formula: str) -> float:
    """The result of a formula of numbers, + - * / and brackets; raises FormulaError."""

    def result(node: ast.expr) -> float:
        if isinstance(node, ast.Constant) and isinstance(node.value, int | float):
            return float(node.value)
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
            return -result(node.operand)
        if isinstance(node, ast.BinOp) and type(node.op) in _OPERATORS:
            return _OPERATORS[type(node.op)](result(node.left), result(node.right))
        raise FormulaError(f"only numbers, + - * / and brackets are allowed: {formula!r}")

    try:
        return result(_parse(formula))
    except ZeroDivisionError as error:
        raise FormulaError(f"division by zero: {formula!r}") from error


def operands(formula: str) -> list[float]:
    """The numbers that occur in a formula, in order."""
    nodes = (node for node in ast.walk(_parse(formula)) if isinstance(node, ast.Constant))
    return [float(node.value) for node in nodes if isinstance(node.value, int | float)]


def decimals(value: float) -> int:
    """How many decimal places the shortest form of a number has: 0.3 → 1, 115.0 → 0."""
    exponent = Decimal(repr(value)).normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def is_rounded(value: float, exact: float) -> bool:
    """Whether `value` is `exact`, rounded (half either way) to the places `value` has; the sign does not count."""
    step = 10.0 ** -decimals(value)
    return abs(abs(value) - abs(exact)) <= step / 2 + 1e-9 * max(1.0, abs(exact))


def one_step(value: float, numbers: Iterable[float]) -> str | None:
    """A formula of one step (sum, difference, ratio, share, growth) over two of the numbers, or their sum or mean."""
    pool = list(dict.fromkeys(numbers))
    for a in pool:
        for b in pool:
            steps = [f"{a}-{b}", f"{a}+{b}", f"{a}*{b}"]
            if b:
                steps += [f"{a}/{b}", f"{a}/{b}*100", f"({a}-{b})/{b}*100", f"({b}-{a})/{b}*100"]
            for formula in steps:
                if a != b and is_rounded(value, evaluate(formula.replace("--", "+"))):
                    return formula
    if len(pool) > 2 and is_rounded(value, sum(pool)):
        return "+".join(map(str, pool))
    return None
