"""The scales that several families of rubrics share."""

from judging.core.scales import Criterion, Scale

CLEAN_OR_WRONG = Criterion("", Scale(values=("clean", "wrong")), clean_if="clean")
ONE_TO_FIVE = Criterion("", Scale(1, 5, 1), clean_if=4)
ONE_TO_TEN = Criterion("", Scale(1, 10), clean_if=7)
