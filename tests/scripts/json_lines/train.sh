#!/bin/sh
# Imitates a service of any language that logs one JSON document per line, with names within names.
#   train.sh LR
awk -v lr="$1" 'BEGIN {
    far = log(lr) / log(10) + 2
    if (far < 0) far = -far
    print "{\"level\": \"info\", \"msg\": \"start\", \"lr\": " lr "}"
    for (e = 1; e <= 9; e++) {
        acc = 0.9 - 0.4 / (e + 1) - 0.05 * far
        printf "{\"level\": \"info\", \"epoch\": %d, \"val\": {\"acc\": %.6f, \"loss\": %.6f}, ", e, acc, 1 - acc
        printf "\"train\": {\"acc\": %.6f, \"loss\": %.6f}}\n", acc + 0.05, 0.9 - acc
    }
}'
