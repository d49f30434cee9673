#!/bin/sh
# Imitates a shell script that wraps a program of another language, and reads its options itself.
usage() {
    echo "usage: $0 [options]"
    echo
    echo "options:"
    echo "  --lr RATE        learning rate (default: 0.01)"
    echo "  --layers N       how many layers (default: 2)"
    echo "  --epochs N       passes over the data (default: 3)"
    echo "  --help           this text"
}
lr=0.01 layers=2 epochs=3
while [ $# -gt 0 ]; do
    case $1 in
        --lr) lr=$2; shift 2 ;;
        --layers) layers=$2; shift 2 ;;
        --epochs) epochs=$2; shift 2 ;;
        --help) usage; exit ;;
        *) usage >&2; exit 2 ;;
    esac
done
echo "training: lr=$lr layers=$layers"
epoch=1
while [ "$epoch" -le "$epochs" ]; do
    awk -v e="$epoch" -v lr="$lr" -v layers="$layers" 'BEGIN {
        far = log(lr) / log(10) + 2; if (far < 0) far = -far
        printf "epoch %d dev WER %.4f%%\n", e, 100 * (0.1 + 0.3 / (e + 1) + 0.02 * far + 0.01 * layers)
    }'
    epoch=$((epoch + 1))
done
