"""Imitates `model.fit(verbose=2)` of Keras in a script that takes its settings from the environment."""

import os
from math import log10

LR = float(os.environ.get("LR", "0.001"))
UNITS = int(os.environ.get("UNITS", "64"))
EPOCHS = int(os.environ.get("EPOCHS", "4"))

for epoch in range(1, EPOCHS + 1):
    accuracy = 0.95 - 0.5 / (epoch + 1) - 0.02 * abs(log10(LR) + 3) - 0.01 * abs(log10(UNITS) - 2)
    print(f"Epoch {epoch}/{EPOCHS}")
    print(f"1875/1875 - 3s - 2ms/step - accuracy: {accuracy + 0.02:.4f} - loss: {1 - accuracy:.4f}", end="")
    print(f" - val_accuracy: {accuracy:.4f} - val_loss: {1.1 - accuracy:.4f}")
