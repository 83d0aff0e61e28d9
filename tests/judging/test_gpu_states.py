"""What workers say of their GPUs, and what the page of a run makes of it."""

import socket
import threading
from dataclasses import replace

import pytest
from django.test import Client
from redis import Redis

from judging.actions.gpus import KEPT_SECONDS, tell_gpus, telling_gpus
from judging.actions.judges import judge_for
from judging.actions.runs import RunScope, open_run
from judging.core.builtin import JUDGES
from judging.engines.gpu_memory import GIB, GpuState
from judging.reports.gpus import PREFIX, gpus_of_workers
from tests.factories import make_dataset, make_items

STATE = GpuState(gpu=0, name="NVIDIA H200", used=90 * GIB, total=141 * GIB, load=97)


def test_what_a_worker_says_is_read_back(valkey: Redis) -> None:
    tell_gpus(valkey, look=lambda: [STATE, replace(STATE, gpu=1, load=None)])
    found = gpus_of_workers()
    assert [(gpu.host, gpu.state.gpu, gpu.used_gib) for gpu in found] == [
        (socket.gethostname(), 0, 90.0),
        (socket.gethostname(), 1, 90.0),
    ]
    assert 0 < valkey.ttl(f"{PREFIX}{socket.gethostname()}") <= KEPT_SECONDS


def test_a_machine_without_a_gpu_says_nothing(valkey: Redis) -> None:
    tell_gpus(valkey, look=list)
    assert gpus_of_workers() == []


def test_a_silent_queue_shows_no_gpus() -> None:
    assert gpus_of_workers() == []


def test_it_is_said_as_long_as_the_worker_lives(valkey: Redis) -> None:
    looked = threading.Event()

    def look() -> list[GpuState]:
        looked.set()
        return [STATE]

    with telling_gpus(valkey, look=look):
        assert looked.wait(10)
    assert not [thread for thread in threading.enumerate() if thread.name == "gpu-states"]
    assert gpus_of_workers()


@pytest.mark.django_db
def test_the_page_of_a_run_shows_the_gpus_of_its_workers(lead_client: Client, valkey: Redis) -> None:
    dataset = make_dataset()
    make_items(dataset, 1)
    run = open_run(judge_for(replace(JUDGES["verdict"], engine="vllm_offline", model="m")), dataset, scope=RunScope())
    tell_gpus(valkey, look=lambda: [STATE])
    page = lead_client.get(run.get_absolute_url()).content.decode()
    assert "NVIDIA H200" in page
    assert "90.0 of 141.0 GiB" in page
    assert "97 %" in page
    assert "No worker listens to the queue gpu" in page


@pytest.mark.django_db
def test_a_run_without_a_gpu_shows_none(lead_client: Client, valkey: Redis) -> None:
    dataset = make_dataset()
    make_items(dataset, 1)
    run = open_run(judge_for(JUDGES["scripted"]), dataset, scope=RunScope())
    tell_gpus(valkey, look=lambda: [STATE])
    assert "NVIDIA H200" not in lead_client.get(run.get_absolute_url()).content.decode()
