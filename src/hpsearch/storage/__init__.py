"""Files and arrays on the disk: written as a whole, read with distrust, mapped rather than read."""
