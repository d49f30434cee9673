# Fits y = a x + b to "x,y" lines by steepest descent. Variables: lr, decay (of a), epochs.
BEGIN { FS = "," }
{ x[NR] = $1; y[NR] = $2 }
END {
    for (epoch = 1; epoch <= epochs; epoch++) {
        da = db = 0
        for (i = 1; i <= NR; i++) {
            e = a * x[i] + b - y[i]
            da += 2 * e * x[i] / NR
            db += 2 * e / NR
        }
        a -= lr * (da + decay * a)
        b -= lr * db
        if (a > 1e6 || a < -1e6) { print "mse: nan"; exit }  # it diverged
    }
    for (i = 1; i <= NR; i++) { e = a * x[i] + b - y[i]; mse += e * e / NR }
    printf "a=%.6g b=%.6g mse=%.6g\n", a, b, mse
}
