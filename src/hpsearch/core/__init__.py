"""What every part of hpsearch passes to the next, and stands on: trials, errors, names and random draws."""
