"""Requests to end a job early: when the work hears of them."""

import signal

import pytest

from judging.core.interrupts import Interrupts


class Ended(BaseException):
    pass


def test_ends_the_work_at_once_between_two_steps() -> None:
    interrupts = Interrupts()
    with pytest.raises(Ended), interrupts.listening():
        interrupts.arrive(Ended())


def test_waits_for_the_end_of_a_step() -> None:
    interrupts, done = Interrupts(), []

    def work() -> None:
        with interrupts.held():
            interrupts.arrive(Ended())
            done.append("the step")
        done.append("what comes after it")

    with pytest.raises(Ended), interrupts.listening():
        work()
    assert done == ["the step"]
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)


def test_a_step_that_hangs_is_cut_by_the_second_signal() -> None:
    interrupts, done = Interrupts(), []

    def step() -> None:
        interrupts.arrive(Ended("first"))
        done.append("hanging")
        assert signal.getitimer(signal.ITIMER_REAL)[0] > 0, "a second signal is on its way"
        interrupts.arrive(Ended("second"))
        done.append("never")

    with pytest.raises(Ended, match="second"), interrupts.listening(), interrupts.held():
        step()
    assert done == ["hanging"]
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)


def test_without_work_in_hand_nothing_happens() -> None:
    interrupts = Interrupts()
    interrupts.arrive(Ended())
    with interrupts.listening():
        pass
    interrupts.arrive(Ended())


def test_the_error_of_a_step_is_not_hidden_by_what_waited() -> None:
    interrupts = Interrupts()

    def step() -> None:
        interrupts.arrive(Ended())
        raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"), interrupts.listening(), interrupts.held():
        step()
    with interrupts.held():
        pass
