import argparse


def parsed():
    parser = argparse.ArgumentParser()
    parser.add_argument("--learning_rate", type=float, default=6e-4)
    parser.add_argument("--n_embd", type=int, default=384, choices=[128, 256, 384, 768])
    parser.add_argument("--dropout", type=float, default=0.0)
    parser.add_argument("--max_steps", type=int, default=200)
    return parser.parse_args()
