"""A run as one page of HTML: what stands on it, how it is drawn, and the file that needs nothing else."""
