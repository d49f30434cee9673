"""Imitates a training in a package, whose options stand in another module: python -m pkg.train."""

from math import log10

from pkg.options import parsed

args = parsed()
for step in range(0, args.max_steps, 50):
    print(f"step {step}: train loss {2 - step / 1000:.4f}, val loss {2.1 - step / 1000:.4f}")
perplexity = 20 + 5 * abs(log10(args.learning_rate) + 3.5) + args.dropout + 64 / args.n_embd
print(f"final | val_ppl: {perplexity:,.4f} | tokens: 1,234,567")
