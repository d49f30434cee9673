# Imitates a program that says nothing, and writes a table: awk -f train.awk -v lr=... -v epochs=...
BEGIN {
    far = log(lr) / log(10) + 1
    if (far < 0) far = -far
    print "epoch;train_rmse;valid_rmse" > "history.csv"
    for (e = 1; e <= epochs; e++) {
        rmse = 2 + 3 / (e + 1) + 0.5 * far
        printf "%d;%.6f;%.6f\n", e, rmse - 0.1, rmse > "history.csv"
    }
}
