"""Lines as programs of the field print them, and what is read of each."""

from __future__ import annotations

import math

import pytest

from hpsearch.objectives.command.reading.streams import Found, Reading, Streams

_NAN = math.nan
_E = "\x1b["


def said(text: str, wanted: str, how: Reading = Reading(), errors: str = "") -> Found:  # noqa: B008 - immutable
    streams = Streams(wanted, how)
    streams.output(text.encode())
    streams.errors(errors.encode())
    return streams.found()


#: What is printed, what ranks, its value, and other metrics that are read too.
LINES: list[tuple[str, str, float, dict[str, float]]] = [
    # a name and a number
    ("acc: 1.2e-3", "acc", 0.0012, {}),
    ("acc=0.5", "acc", 0.5, {}),
    ("acc = .5", "acc", 0.5, {}),
    ("score:-1.5E+3", "score", -1500, {}),
    ("Accuracy - 0.5", "Accuracy", 0.5, {}),
    ("loss \u2013 0.31", "loss", 0.31, {}),
    ("Accuracy is 0.81", "accuracy", 0.81, {}),
    ("Final score is: 0.81", "score", 0.81, {}),
    ("val_loss -> 0.25", "val_loss", 0.25, {}),
    ("final loss of 0.125.", "loss", 0.125, {}),
    ("AUC 0.93", "auc", 0.93, {}),
    ("The accuracy: 0.93.", "accuracy", 0.93, {}),
    ("accuracy                           0.91       100", "accuracy", 0.91, {}),
    ("loss: nan", "loss", _NAN, {}),
    ("loss inf", "loss", math.inf, {}),
    ("acc: 0.91 +- 0.02", "acc", 0.91, {}),
    ("loss: 0.3456 (0.4012)", "loss", 0.3456, {}),
    ("\u7cbe\u5ea6\uff1a0.91 acc\uff1a0.9", "acc", 0.9, {}),
    ("pr\u00e9cision=0.5", "pr\u00e9cision", 0.5, {}),
    # several of them, and of which part of the data each is
    ("val acc: 0.91, train acc: 0.99", "val_acc", 0.91, {"train_acc": 0.99}),
    ("train acc: 0.99, val acc: 0.91", "train acc", 0.99, {"val_acc": 0.91}),
    ("train Loss: 0.63 Acc: 0.67\nval Loss: 0.2 Acc: 0.9", "val_acc", 0.9, {"train_Acc": 0.67}),
    ("[train] loss: 0.1 | [val] loss: 0.2", "val_loss", 0.2, {"train_loss": 0.1}),
    ("Train - loss 0.1, acc 0.99; Valid - loss 0.2, acc 0.9", "valid_acc", 0.9, {"Train_acc": 0.99}),
    ("val acc: 0.90 best val acc: 0.92", "val_acc", 0.9, {}),
    ("mean IoU: 0.71, mean Dice: 0.8", "mean_iou", 0.71, {"Dice": 0.8}),
    ("student acc: 0.9", "student_acc", 0.9, {}),
    ("loss(train): 0.1 loss(val): 0.2", "val_loss", 0.2, {"train_loss": 0.1}),
    ("F1 (macro): 0.7, F1 (micro): 0.8", "macro_f1", 0.7, {"micro_F1": 0.8}),
    ("macro F1: 0.7, micro F1: 0.8", "micro_f1", 0.8, {"F1": 0.7}),
    ("Validation accuracy = 91.3 %", "val_accuracy", 0.913, {}),
    ("episode 7, reward: 195.3, avg reward: 180.2", "reward", 195.3, {"avg_reward": 180.2}),
    ("total loss: 3.2, cls loss: 1.1, box loss: 2.1", "total_loss", 3.2, {"box_loss": 2.1}),
    ("Epoch 2\nval acc 0.85\nBest val acc: 0.92", "val_acc", 0.85, {"Best_val_acc": 0.92}),
    ("Best val acc: 0.92\nlast val acc: 0.85", "best_val_acc", 0.92, {"acc": 0.85}),
    ("Best val acc: 0.92", "val_acc", 0.92, {}),
    ("loss: 1, best acc: 0.92", "loss", 1, {"best_acc": 0.92}),
    # percents, and counts
    ("Accuracy: 91.3%", "Accuracy", 0.913, {}),
    ("acc=91.3 %, loss=2", "acc", 0.913, {"loss": 2}),
    ("Accuracy: 9856/10000 (99%)", "Accuracy", 0.9856, {}),
    ("accuracy: 45/50", "accuracy", 0.9, {}),
    ("acc: 0.5, step: 45/50", "acc", 0.5, {"step": 45}),
    ("mean IoU (%): 71.2", "mean_IoU", 0.712, {}),
    ("91.3% accuracy", "accuracy", 0.913, {}),
    ("Test set: Average loss: 0.0266, Accuracy: 9913/10000 (99%)", "Accuracy", 0.9913, {"loss": 0.0266}),
    ("Accuracy of the network on the 10000 test images: 55 %", "accuracy", 0.55, {}),
    # thousands and decimal commas
    ("loss: 1,234.5", "loss", 1234.5, {}),
    ("loss: 1,234,567", "loss", 1234567, {}),
    ("loss: 1.234,5", "loss", 1234.5, {}),
    ("acc: 0,91", "acc", 0.91, {}),
    ("loss=0,912;acc=0,5", "loss", 0.912, {"acc": 0.5}),
    ("a=1,acc=0.25", "acc", 0.25, {"a": 1}),
    # names with marks
    ("Acc@1 76.1 Acc@5 92.8", "Acc@1", 76.1, {"Acc@5": 92.8}),
    (" * Acc@1 76.130 Acc@5 92.862", "acc@5", 92.862, {"Acc@1": 76.13}),
    ("recall@10 : 0.21", "recall@10", 0.21, {}),
    ("mAP@0.5: 0.71, mAP@0.5:0.95: 0.45", "mAP@0.5", 0.71, {}),
    ("R^2: 0.83", "R^2", 0.83, {}),
    ("R^2: 0.83", "r2", 0.83, {}),
    ("eval/loss: 2, eval/acc: 0.5", "eval/acc", 0.5, {"eval/loss": 2}),
    ("top-1: 0.7", "top-1", 0.7, {}),
    ("F1-Score: 0.7", "f1_score", 0.7, {}),
    # as libraries print them
    ("{'eval_loss': 0.3, 'eval_accuracy': '0.91', 'epoch': 2.0}", "eval_accuracy", 0.91, {"eval_loss": 0.3}),
    ("acc: np.float64(0.91)", "acc", 0.91, {}),
    ("loss: tensor(0.3, device='cuda:0')", "loss", 0.3, {}),
    ("{'loss': tensor(0.3, device='cuda:0', grad_fn=<NllLossBackward0>)}", "loss", 0.3, {}),
    ("loss=Array(0.5, dtype=float32)", "loss", 0.5, {}),
    ("loss tf.Tensor(0.25, shape=(), dtype=float32)", "loss", 0.25, {}),
    ("[10]\tvalidation-auc:0.93\ttrain-auc:0.99", "validation-auc", 0.93, {"train-auc": 0.99}),
    ("[10]\tvalid_0's auc: 0.93\tvalid_0's binary_logloss: 0.3", "auc", 0.93, {"binary_logloss": 0.3}),
    ("10:\tlearn: 0.5\ttest: 0.4\tbest: 0.3 (8)\ttotal: 1s", "test", 0.4, {"learn": 0.5}),
    (
        "469/469 [====] - 2s 4ms/step - loss: 0.3 - accuracy: 0.9 - val_accuracy: 0.8",
        "val_accuracy",
        0.8,
        {"loss": 0.3},
    ),
    ("Iteration 5, loss = 0.48", "loss", 0.48, {}),
    ("[2024-01-01 12:00:00,123][__main__][INFO] - val_acc: 0.9", "val_acc", 0.9, {}),
    ("2024-01-01 12:00:00 INFO root: Test Accuracy: 0.9", "accuracy", 0.9, {}),
    ("\u2502 test_acc \u2502 0.91 \u2502", "test_acc", 0.91, {}),
    # JSON, whose names may be in others
    ('{"epoch": 3, "val": {"acc": 0.9}, "train": {"acc": 0.99}}', "val.acc", 0.9, {"train.acc": 0.99}),
    ('{"val": {"acc": 0.9}}\n{"train": {"acc": 0.99}}', "val.acc", 0.9, {"train.acc": 0.99}),
    ('{"metrics": {"val": {"acc": 0.9}}, "acc": 0.1}', "metrics.val.acc", 0.9, {}),
    ('INFO {"loss": 0.5, "acc": 0.9}', "acc", 0.9, {"loss": 0.5}),
    ('{"val": {"acc": 0.9}, "lr": 1}', "acc", 0.9, {"lr": 1}),
    # progress bars, and colours
    ("\r 10%|#  | 1/10 [00:00<00:09, loss=0.9]\r 90%|## | 9/10 [00:09<00:01, loss=0.5]", "loss", 0.5, {}),
    ("Epoch 3: 100%|####| 10/10 [00:00<00:00, 50.1it/s, v_num=0, val_acc=0.9]", "val_acc", 0.9, {"v_num": 0}),
    (f"acc: {_E}1;32m0.5{_E}0m", "acc", 0.5, {}),
    (f"{_E}2K{_E}1macc{_E}0m 0.5", "acc", 0.5, {}),
    ("loss: 0.9\b\b\b\b\b\b\b\b\bloss: 0.5", "loss", 0.5, {}),
    # tables
    (
        "epoch  train_loss  valid_loss  accuracy  time\n0      0.47        0.35        0.84      00:12",
        "accuracy",
        0.84,
        {"valid_loss": 0.35},
    ),
    (
        "  epoch    train_loss    valid_acc     dur\n-------  ------------  -----------  ------\n"
        "      1        0.6924       0.5400  0.0573\n      2        0.5       0.6  0.05",
        "valid_acc",
        0.6,
        {"train_loss": 0.5},
    ),
    ("epoch,lr,val_acc\n1,0.1,0.5\n2,0.1,0.75", "val_acc", 0.75, {"lr": 0.1}),
    (
        "| epoch | loss | val acc |\n|-------|------|---------|\n| 1 | 0.5 | 91% |",
        "val_acc",
        0.91,
        {"loss": 0.5},
    ),
    ("epoch\tloss\tacc\n1\t0.5\t0.9", "acc", 0.9, {"loss": 0.5}),
    (
        "   Class     Images  Instances   Box(P     R      mAP50  mAP50-95)\n"
        "     all        128        929   0.64     0.53   0.6   0.45",
        "mAP50",
        0.6,
        {"R": 0.53},
    ),
    (
        "              precision    recall  f1-score   support\n\n"
        "   macro avg       0.91      0.90      0.89       100",
        "macro_avg_f1-score",
        0.89,
        {"recall": 0.9},
    ),
]


@pytest.mark.parametrize(("text", "wanted", "value", "others"), LINES, ids=[line[0][:40] for line in LINES])
def test_lines_are_read_as_programs_print_them(
    text: str, wanted: str, value: float, others: dict[str, float]
) -> None:
    found = said(text, wanted)
    assert (found.where, found.unclear) == ("standard output", "")
    assert found.metrics[wanted] == pytest.approx(value, abs=0, rel=1e-12, nan_ok=True)
    assert {name: found.metrics.get(name) for name in others} == others


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("time: 3s, version: 1.2.3, at 12:30, score: high", "time"),
        ("time: 3s, version: 1.2.3, at 12:30, score: high", "version"),
        ("acc: 1,2,3", "acc"),
        ("accuracies: 0.5", "acc"),
        ("macc=0.5", "acc"),
        ("Accuracy for class: plane is 51.2 %", "accuracy"),
        ("the loss is lower than ever", "loss"),
        ("loss: tensor(0.3, device='cuda:0')", "cuda"),
        ("Training:  45%|####      | 9/20", "Training"),
        ("10 - 20", "acc"),
        ("loss (train/val): 0.3/0.4", "loss"),
        ("val_acc improved from 0.5 to 0.6", "val_acc"),
    ],
)
def test_no_number_is_taken_for_another(text: str, wanted: str) -> None:
    found = said(text, wanted)
    assert wanted not in found.metrics
    assert (found.where, found.unclear) == ("", "")


@pytest.mark.parametrize(
    ("text", "wanted", "told"),
    [
        ("val acc: 0.91, train acc: 0.99", "acc", ("val_acc", "train_acc")),
        ('{"val": {"acc": 0.9}, "train": {"acc": 0.99}}', "acc", ("val.acc", "train.acc")),
        ("train acc: 0.9\nval acc: 0.8", "acc", ("train_acc", "val_acc")),
        ("F1 (macro): 0.7, F1 (micro): 0.8", "F1", ("macro_F1", "micro_F1")),
        ("macro F1: 0.7\nmicro F1: 0.8", "F1", ("macro_F1", "micro_F1")),
        ("cls loss: 1.1, box loss: 2.1", "loss", ("cls_loss", "box_loss")),
        ("loss: 1,234", "loss", ("1,234", "1234", "1.234")),
    ],
)
def test_what_may_be_several_is_said_and_not_guessed(text: str, wanted: str, told: tuple[str, ...]) -> None:
    found = said(text, wanted)
    assert wanted not in found.metrics
    assert found.where == ""
    assert all(word in found.unclear for word in told)
    if wanted != "loss":  # each of the names that it tells can be given
        assert {said(text, name).where for name in told} == {"standard output"}


def test_where_a_name_stands_alone_at_last_that_is_meant() -> None:
    assert said("train acc: 0.99\nval acc: 0.9\nacc: 0.8", "acc").metrics["acc"] == 0.8
    assert said("acc: 0.5\nFinal test acc: 0.8", "acc").metrics["acc"] == 0.8


def test_plain_lines_that_tell_what_ranks_are_all_that_is_read() -> None:
    text = "epoch loss acc\n1 0.5 0.7\nrecall 0.4, val acc: 0.9"
    assert said(text, "acc").metrics == {"acc": 0.9}
    assert said(text, "recall").metrics["loss"] == 0.5
