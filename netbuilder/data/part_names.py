"""The parts that samples are put in, and how files and columns spell them. Imports nothing."""

TRAIN, VALIDATION, TEST, NOWHERE = 0, 1, 2, -1
SPELLED = {
    "train": TRAIN, "training": TRAIN, "validation": VALIDATION, "valid": VALIDATION, "val": VALIDATION,
    "dev": VALIDATION, "test": TEST, "testing": TEST,
}  # fmt: skip
