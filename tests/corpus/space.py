"""What is searched: names, scales, ranges, choices and conditions."""

from __future__ import annotations

from tests.corpus.case import GOOD, Case, edit, fine, fine_edit, text

_LR, _ACT = "{scale: log, low: 1e-3, high: 1}", "{choices: [relu, tanh]}"
_SPACE = GOOD[GOOD.index("space:") : GOOD.index("search:")]
_OWN = "name: own\nobjective: {kind: command, command: [echo, 'score: 1']}\nspace:\n"
_LONG = ", ".join(str(index) for index in range(20_000))
_TWICE = ", ".join(["7"] * 20_000)


def _lr(given: str, *says: str) -> Case:
    return edit(_LR, given, "config.yaml:4: space.lr", *says)


def _fine_lr(given: str, *says: str) -> Case:
    return fine_edit(_LR, given, *says)


CASES: dict[str, Case] = {
    # -- the section and its names
    "no space": edit(_SPACE, "", "config.yaml", "space", "is missing"),
    "an empty space": edit(_SPACE, "space: {}\n", "config.yaml:3: space", "at least 1"),
    "a space of nothing": edit(_SPACE, "space:\n", "config.yaml:3: space", "must be a mapping", "nothing"),
    "a list as space": edit(_SPACE, "space: [lr]\n", "config.yaml:3: space", "must be a mapping", "[lr]"),
    "a misspelt name": edit("  lr:", "  lrr:", "config.yaml:4: space.lrr", "did you mean 'lr'?"),
    "an unknown name": edit(
        "  lr:", "  zzz:", "config.yaml:4: space.zzz", "is no hyperparameter of mlp", "known:"
    ),
    "a name that cannot be searched": edit(
        "  lr:", "  epochs:", "config.yaml:4: space.epochs", "halving decides"
    ),
    "a name with a path": edit("  lr:", "  ../lr:", "config.yaml:4: space.'../lr'", "is no hyperparameter"),
    "a name with terminal codes": edit("  lr:", '  "\\e[31mlr":', "config.yaml:4: space.'\\x1b[31mlr'"),
    "a name that turns the line around": edit("  lr:", '  "\\u202elr":', "config.yaml:4: space.'\\u202elr'"),
    "a lookalike of lr": edit("  lr:", "  \u217cr:", "config.yaml:4: space", "is no hyperparameter"),
    "a list as parameter": _lr("[0.1, 0.2]", "write {choices: [0.1, 0.2]}"),
    "a number as parameter": _lr("-0.1", "must be above 0 (got -0.1)"),
    "nothing as parameter": _lr("~", "must be a range or choices", "or a fixed value", "(got nothing)"),
    # -- scales and ranges
    "an unknown scale": _lr(
        "{scale: logg, low: 1, high: 2}", ".scale", "(got 'logg')", "did you mean 'log'?"
    ),
    "no scale": _lr("{low: 1, high: 2}", ".scale: is missing", "linear; log"),
    "no low": _lr("{scale: log, high: 2}", ".low: is missing"),
    "a log scale from 0": _lr("{scale: log, low: 0, high: 1}", ".low", "above 0 on a log scale (got 0)"),
    "a log scale from below 0": _lr("{scale: log, low: -1, high: 1}", ".low", "above 0", "(got -1)"),
    "one_minus_log to 1": edit(
        "high: 0.99", "high: 1", "config.yaml:5: space.momentum.high", "below 1", "(got 1)"
    ),
    "low above high": _lr("{scale: log, low: 1, high: 1e-3}", ".high", "must be above low, 1 (got 0.001)"),
    "low is high": _lr("{scale: log, low: 1, high: 1}", ".high", "write lr: 1 to fix it"),
    "a text for a number": _lr("{scale: log, low: tiny, high: 1}", ".low", "must be a number (got 'tiny')"),
    "a number in quotes": _lr(
        "{scale: log, low: '1e-3', high: 1}", ".low", "(got '1e-3')", "remove the quotes"
    ),
    "a comma for a dot": _lr(
        "{scale: log, low: '0,001', high: 1}", ".low", "(got '0,001')", "must be a number"
    ),
    "a thousands mark": _lr("{scale: log, low: 1_000, high: 1e5}", ".low", "must be a number (got '1_000')"),
    "a truth for a number": _lr("{scale: log, low: true, high: 1}", ".low", "must be a number (got true)"),
    "infinite": _lr("{scale: log, low: 1e-3, high: .inf}", ".high", "must be a finite number (got .inf)"),
    "not a number": _lr("{scale: log, low: .nan, high: 1}", ".low", "must be a finite number (got .nan)"),
    "an exponent of six digits": _lr("{scale: log, low: 1, high: 1e999999}", ".high", "too large", "1.8e308"),
    "too small to be told from 0": _lr("{scale: log, low: 1e-999, high: 1}", ".low", "too close to 0"),
    "a number of 5000 digits": _lr(
        f"{{scale: log, low: 1, high: {'9' * 5000}}}", ".high", "too large", "..."
    ),
    "a number of 900,000 digits": _lr(f"{{scale: log, low: 1, high: {'9' * 900_000}}}", ".high", "too large"),
    "a fraction of 900,000 digits": _lr(
        f"{{scale: log, low: 1, high: 0.{'0' * 900_000}1}}", ".high", "too close"
    ),
    "beyond 64 bits": _lr("{scale: log, low: 1, high: 9223372036854775808}", ".high", "9223372036854775807"),
    "a range wider than numbers go": _lr("{scale: linear, low: -1.7e308, high: 1.7e308}", "low"),
    "an lr below 0": _lr("{scale: linear, low: -1, high: 1}", ".low", "must be above 0 (got -1)"),
    "a momentum above 1": edit(
        "scale: one_minus_log, low: 0.5, high: 0.99",
        "scale: linear, low: 0, high: 2",
        "config.yaml:5: space.momentum.high",
        "must be below 1 (got 2)",
    ),
    "a range of activations": edit(_ACT, "{scale: linear, low: 0, high: 1}", "config.yaml:6", "give choices"),
    "half a layer": edit(
        "  lr:",
        "  hidden_layers: {scale: linear, low: 0.5, high: 3}\n  lr:",
        "config.yaml:4: space.hidden_layers.low",
        "whole number (got 0.5)",
    ),
    "a million layers": edit(
        "  lr:",
        "  hidden_layers: {scale: log, low: 1, high: 1000000}\n  lr:",
        "config.yaml:4: space.hidden_layers.high",
        "must be at most 64 (got 1000000)",
    ),
    "whole numbers beyond counting": text(
        f"{_OWN}  n: {{scale: linear, type: int, low: 0, high: 9223372036854775807}}\n",
        "config.yaml:4: space.n.high",
        "must be less than",
    ),
    "a step on a log scale": _lr("{scale: log, low: 1, high: 8, step: 1}", ".step", "is for a linear scale"),
    "a step of nothing": _lr("{scale: linear, low: 1, high: 8, step: 0}", ".step", "must be above 0 (got 0)"),
    "a step wider than the range": _lr(
        "{scale: linear, low: 1, high: 2, step: 3}", ".step", "at most high - low"
    ),
    "a step beyond counting": _lr("{scale: linear, low: 1, high: 2, step: 1e-300}", ".step", "a larger step"),
    "an unknown key": _lr(
        "{scale: log, low: 1, high: 2, hgih: 3}", ".hgih: unknown key", "did you mean 'high'?"
    ),
    # -- choices
    "choices and a range": _lr("{choices: [1, 2], low: 1}", "has both choices and low"),
    "no choices": edit(_ACT, "{choices: []}", "config.yaml:6: space.activation.choices", "at least 1 entry"),
    "a choice given twice": edit(
        _ACT, "{choices: [relu, relu]}", "choices[1]", "is given twice (got 'relu')"
    ),
    "an unknown choice": edit(
        _ACT, "{choices: [relu, relo]}", "choices[1]", "(got 'relo')", "did you mean 'relu'?"
    ),
    "choices of two kinds": edit(_ACT, "{choices: [relu, 1]}", "all texts, all numbers or all true/false"),
    "a list among the choices": edit(_ACT, "{choices: [relu, [1]]}", "choices[1]", "(got [1])"),
    "twenty thousand choices": _lr(f"{{choices: [{_LONG}]}}", "choices", "at most"),
    "one choice twenty thousand times": _lr(f"{{choices: [{_TWICE}]}}", "choices", "at most"),
    "a choice of terminal codes": edit(
        _ACT, '{choices: ["\\e]0;owned\\a", "\\x9b2J"]}', "\\x1b]0;owned\\x07"
    ),
    # -- conditions
    "a condition on nothing known": _lr("{scale: log, low: 1, high: 2, when: {zzz: 1}}", "when", "zzz"),
    "a condition on itself": _lr("{scale: log, low: 1, high: 2, when: {lr: 1}}", "when", "lr"),
    "conditions in a circle": text(
        f"{_OWN}  a: {{choices: [x, y], when: {{b: x}}}}\n  b: {{choices: [x, y], when: {{a: x}}}}\n",
        "config.yaml:4: space.a.when",
        "circle",
    ),
    "a condition that never holds": edit(
        _LR,
        "{scale: log, low: 1e-3, high: 1, when: {activation: selu}}",
        "config.yaml:4: space.lr.when.activation",
        "'selu'",
    ),
    "names of another language": text(
        f"{_OWN}  lernrate: {{scale: linar, low: 0, high: 1}}\n", "did you mean 'linear'?"
    ),
    "a parameter that Python cannot name": text(
        f"{_OWN}  learn-rate: {{choices: [1, 2]}}\n", "such as learn_rate"
    ),
    "a parameter named as what is given": text(
        f"{_OWN}  seed: {{choices: [1, 2]}}\n", "is what every trial is given"
    ),
    # -- right, though it looks odd
    "fine: words beyond ASCII as choices": fine(
        f"{_OWN}  größe: {{choices: [größer, より大きい, 'ا', '😀']}}\n", "größe"
    ),
    "fine: choices that look like numbers": fine(
        f"{_OWN}  n: {{choices: ['1', '1e3', '0x1F', 'off', 'no']}}\n", "1e3"
    ),
    "fine: words that YAML 1.1 misreads": fine(
        f"{_OWN}  n: {{choices: [no, off, on, yes, y, 12:30, 2024-01-01]}}\n", "12:30"
    ),
    "fine: a range between neighbours": _fine_lr("{scale: linear, low: 1, high: 1.0000000000000002}", "fine"),
    "fine: a comma at the end": fine_edit(_ACT, "{choices: [relu, ]}", "fine"),
    "fine: one choice": fine_edit(_ACT, "{choices: [relu]}", "fine"),
    "fine: a choice of another line": fine(f'{_OWN}  n: {{choices: ["a\\nb", "\\t"]}}\n', "a\\nb"),
    "fine: numbers below 0": fine(f"{_OWN}  n: {{scale: linear, low: -1e300, high: -1}}\n", "-1e+300"),
    "fine: five hundred parameters": fine(
        _OWN + "".join(f"  p{index}: {{scale: linear, low: 0, high: 1}}\n" for index in range(500)),
        "500 parameters",
    ),
    "fine: a very small lr": _fine_lr("{scale: log, low: 1e-300, high: 1}", "1e-300"),
    "fine: the widest whole range of a log scale": fine(
        f"{_OWN}  n: {{scale: log, type: int, low: 1, high: 1e14}}\n", "1e+14"
    ),
}
