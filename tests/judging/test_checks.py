"""Installations of vLLM that cannot work are named at start-up."""

from judging.checks import vllm_problems


def test_no_vllm_is_no_problem() -> None:
    assert vllm_problems(gpu_build=False, cpu_build=False, gpu=False) == []


def test_one_build_on_its_machine_is_no_problem() -> None:
    assert vllm_problems(gpu_build=True, cpu_build=False, gpu=True) == []
    assert vllm_problems(gpu_build=False, cpu_build=True, gpu=False) == []


def test_both_builds_together_are_refused() -> None:
    (problem,) = vllm_problems(gpu_build=True, cpu_build=True, gpu=True)
    assert problem.id == "judging.E001"
    assert "overwrite each other's files" in problem.msg


def test_the_gpu_build_without_a_gpu_is_warned_of() -> None:
    (problem,) = vllm_problems(gpu_build=True, cpu_build=False, gpu=False)
    assert problem.id == "judging.W001"
    assert "requirements-vllm-cpu.txt" in str(problem.hint)
