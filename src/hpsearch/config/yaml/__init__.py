"""YAML that means what was typed: text to values with lines, and back."""
