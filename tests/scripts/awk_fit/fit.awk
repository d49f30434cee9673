# Fits a line by steepest descent, as a program in awk: variables rate and decay, the table on its command line.
BEGIN { FS = "," }
{ x[NR] = $1; y[NR] = $2 }
END {
    for (step = 1; step <= 50; step++) {
        d = 0
        for (i = 1; i <= NR; i++) d += 2 * (a * x[i] - y[i]) * x[i] / NR
        a -= rate * (d + decay * a)
    }
    for (i = 1; i <= NR; i++) mse += (a * x[i] - y[i]) ^ 2 / NR
    print "slope", a
    printf "MSE = %.9g\n", mse
}
