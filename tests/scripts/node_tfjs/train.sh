#!/bin/sh
# Imitates what TensorFlow.js prints under node, by a shell.
lr=0.01 epochs=3
for given; do
    case $given in
        --lr=*) lr=${given#--lr=} ;;
        --epochs=*) epochs=${given#--epochs=} ;;
    esac
done
awk -v lr="$lr" -v epochs="$epochs" 'BEGIN {
    far = log(lr) / log(10) + 3; if (far < 0) far = -far
    for (e = 1; e <= epochs; e++) {
        acc = 0.95 - 0.5 / (e + 1) - 0.03 * far
        print "Epoch " e " / " epochs
        for (s = 1; s <= 3; s++)
            printf "eta=%.1f %s> acc=%.2f loss=%.2f \r", 3 - s, substr("======", 1, 2 * s), acc * s / 3, 1 - acc
        printf "\n1520ms 253us/step - acc=%.4f loss=%.4f val_acc=%.5f val_loss=%.4f \n", acc, 1 - acc, acc, 1 - acc
    }
}'
