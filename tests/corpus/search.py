"""How and where: the sections `search` and `dispatch`, the seed and the name."""

from __future__ import annotations

from tests.corpus.case import GOOD, Case, edit, fine_edit, text

_END = "confirm: {top: 2, seeds: 2}"


def _search(given: str, *says: str) -> Case:
    return edit(GOOD[GOOD.index("search:") :], f"search: {given}\n", "config.yaml:7: search", *says)


def _dispatch(given: str, *says: str) -> Case:
    return edit("name: small", f"name: small\ndispatch: {given}", "config.yaml:2: dispatch", *says)


def _name(given: str, *says: str) -> Case:
    return edit("name: small", f"name: {given}", "config.yaml:1: name", "up to 64 letters, digits", *says)


CASES: dict[str, Case] = {
    "a misspelt section": edit("search:", "serach:", "config.yaml:7: serach", "did you mean 'search'?"),
    "a misspelt key": _search("{trails: 14}", ".trails: unknown key", "did you mean 'trials'?"),
    "no trials": _search("{trials: 0}", ".trials", "must be at least 1 (got 0)"),
    "trials below 0": _search("{trials: -3}", ".trials", "(got -3)"),
    "half a trial": _search("{trials: 1.5}", ".trials", "must be a whole number (got 1.5)"),
    "a word for trials": _search("{trials: many}", ".trials", "must be a whole number (got 'many')"),
    "trials beyond 64 bits": _search("{trials: 9223372036854775808}", ".trials", "too large"),
    "a trillion trials": _search("{trials: 1e12}", ".trials", "must be at most 1000000"),
    "a round of a million": _search("{round_size: 1000000}", ".round_size", "at most 1000"),
    "an unknown sampler": _search("{sampler: bayes}", ".sampler", "(got 'bayes')", "random"),
    "an unknown metric": _search("{metric: val_ac}", ".metric", "did you mean 'val_acc'?"),
    "an unknown goal": _search("{goal: best}", ".goal", "maximize", "(got 'best')"),
    "a target that is no number": _search("{target: high}", ".target", "must be a number (got 'high')"),
    "a target that is infinite": _search("{target: .inf}", ".target", "finite"),
    "a time without a unit": _search("{time_limit: soon}", ".time_limit", "30s, 10m", "(got 'soon')"),
    "no time": _search("{time_limit: 0s}", ".time_limit", "above 0", "(got '0s')"),
    "time beyond time": _search("{time_limit: 1e400s}", ".time_limit", "at most 3650d"),
    "a time of 900,000 digits": _search(
        f"{{time_limit: '{'1' * 900_000}x'}}", ".time_limit", "30s, 10m", "..."
    ),
    "halving by 1": _search("{halving: {eta: 1}}", ".halving.eta", "must be at least 2 (got 1)"),
    "halving by a word": _search("{halving: fast}", ".halving", "must be off, or a mapping", "(got 'fast')"),
    "more epochs at first than at last": _search(
        "{halving: {min_epochs: 5}}", "at most objective.epochs, 4 (got 5)"
    ),
    "min_epochs beyond 64 bits": _search(
        "{halving: {min_epochs: 99999999999999999999}}", ".min_epochs", "too large"
    ),
    "confirmation of nothing": _search("{confirm: {top: 0}}", ".confirm.top", "(got 0)"),
    "a list as search": _search("[trials]", "must be a mapping"),
    "no workers": _dispatch("{workers: 0}", ".workers", "from 1 to 1024 (got 0)"),
    "a million workers": _dispatch("{workers: 1000000}", ".workers", "from 1 to 1024"),
    "an unknown executor": _dispatch("{executor: lokal}", ".executor", "did you mean 'local'?"),
    "a timeout of nothing": _dispatch("{timeout: 0}", ".timeout", "above 0"),
    "memory of nothing": _dispatch("{memory: 0}", ".memory", "at least 1"),
    "memory beyond 64 bits": _dispatch("{memory: 99999999999999999999}", ".memory", "too large"),
    "a seed below 0": edit("name: small", "seed: -1", "config.yaml:1: seed", "(got -1)"),
    "a seed beyond 64 bits": edit(
        "name: small", "seed: 9223372036854775808", "config.yaml:1: seed", "too large"
    ),
    "a seed with a fraction": edit(
        "name: small", "seed: 0.5", "config.yaml:1: seed", "whole number (got 0.5)"
    ),
    "a seed of words": edit(
        "name: small", "seed: [1, 2]", "config.yaml:1: seed", "whole number (got [1, 2])"
    ),
    # -- names of run folders
    "a name that leads elsewhere": _name("../small", "(got '../small')"),
    "an absolute name": _name("/tmp/small", "(got '/tmp/small')"),
    "a name of dots": _name("..", "(got '..')"),
    "a hidden name": _name(".small", "(got '.small')"),
    "a name that looks like an option": _name("'-rf'", "(got '-rf')"),
    "a name of two lines": _name('"a\\nb"', "(got 'a\\nb')"),
    "a name that ends a line": _name('"small\\n"', "(got 'small\\n')"),
    "a name with terminal codes": _name('"\\e[2J"', "(got '\\x1b[2J')"),
    "a name that turns the line around": _name('"abc\\u202exslx"', "\\u202e"),
    "a name of lookalikes": _name("\u0455mall", "(got '\u0455mall')"),
    "a name of 65 letters": _name("x" * 65, "..."),
    "a name with a backslash": _name("a\\b", "(got 'a"),
    "a name of HTML": _name("<script>alert(1)</script>", "(got '<script>"),
    "an empty name": _name("''", "(got '')"),
    "a number as name": edit("name: small", "name: 12", "config.yaml:1: name", "must be text (got 12)"),
    "a stem that is no name": Case(
        ("name", "give name: ...", "(got 'my search')"),
        ("check", "my search.yaml"),
        {"my search.yaml": GOOD.replace("name: small\n", "")},
    ),
    # -- right, though it looks odd
    "fine: a name of 64 letters": fine_edit("name: small", f"name: {'x' * 64}", "fine"),
    "fine: a name with dots and dashes": fine_edit("name: small", "name: 2024.01-a_b", "fine"),
    "fine: the largest seed": fine_edit("name: small", "seed: 9223372036854775807", "fine"),
    "fine: a day and a half": fine_edit(_END, "time_limit: 1.5 d", "fine"),
    "fine: halving as YAML 1.1 reads off": fine_edit(
        "halving: {eta: 2, min_epochs: 1}", "halving: false", "fine"
    ),
    "fine: more workers than a round": fine_edit(
        "name: small", "name: small\ndispatch: {workers: 64}", "fine"
    ),
}
_ = text
