"""Pictures that stand alone: what they show, and the same as SVG, as PNG and as characters."""
