/* A program in C: train LR WIDTH EPOCHS. Compiled by the test: cc -o train train.c -lm */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

int main(int count, char **given) {
    if (count != 4) {
        fprintf(stderr, "usage: train LR WIDTH EPOCHS\n");
        return 2;
    }
    double lr = atof(given[1]), width = atof(given[2]);
    for (int epoch = 1; epoch <= atoi(given[3]); epoch++) {
        double err = 0.1 + 0.4 / (epoch + 1) + 0.03 * fabs(log10(lr) + 1) + 0.1 / width;
        printf("epoch %d/%s: train err = %.3e, valid err = %.6e\n", epoch, given[3], err - 0.01, err);
    }
    return 0;
}
