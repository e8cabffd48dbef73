"""What the engine is asked for."""

from __future__ import annotations

from dataclasses import replace

import pytest
from docker.types import HostConfig

from harness.agent_service import agent_layout
from harness.sandboxes.docker.agents import agents_request
from harness.sandboxes.docker.limits import ContainerLimits
from harness.sandboxes.docker.request import ContainerRequest, container_arguments, host_arguments

REQUEST = ContainerRequest(
    image="sha256:1",
    program=("/flywheel/loader", "x"),
    environment={"A": "1"},
    labels={"flywheel.owner.process": "1"},
    limits=ContainerLimits(memory=300 << 20, cpus=0.5, processes=9),
    binds=(("/here", "/there"),),
    masked=("/masked",),
    emptied=("/data",),
    scratch=(("/workspace", 5), ("/tmp", 6)),
)


def sent(request: ContainerRequest) -> HostConfig:
    """The host part as the SDK sends it."""
    return HostConfig(version="1.41", **host_arguments(request))


def test_nothing_is_allowed_that_a_task_does_not_need() -> None:
    """No network, no capability, no new privilege, no write to the root, and the engine's filter of calls."""
    host = sent(REQUEST)

    assert host["NetworkMode"] == "none"
    assert host["CapDrop"] == ["ALL"]
    assert host["SecurityOpt"] == ["no-new-privileges:true"]
    assert host["ReadonlyRootfs"]
    assert not host.get("Privileged")
    assert "CapAdd" not in host
    assert "Binds" not in host


def test_every_resource_has_its_limit() -> None:
    """Memory without swap, cores, processes, open files, and each folder that can be written."""
    host = sent(REQUEST)

    assert (host["Memory"], host["MemorySwap"]) == (300 << 20, 300 << 20)
    assert host["NanoCpus"] == 500_000_000
    assert host["PidsLimit"] == 9
    assert [limit["Name"] for limit in host["Ulimits"]] == ["nofile", "core"]
    assert host["ShmSize"] == 16 << 20
    assert "size=5" in host["Tmpfs"]["/workspace"].split(",")
    assert "nr_inodes=20000" in host["Tmpfs"]["/tmp"].split(",")
    assert host["Tmpfs"]["/masked"].startswith("ro,")


def test_all_that_is_shown_of_this_machine_is_read_only() -> None:
    """And an image's volumes, which would be disk without a limit, are memory."""
    mounts = {mount["Target"]: mount for mount in sent(REQUEST)["Mounts"]}

    assert mounts["/there"]["Source"] == "/here"
    assert mounts["/there"]["ReadOnly"]
    assert mounts["/data"]["Type"] == "tmpfs"
    assert mounts["/data"]["TmpfsOptions"]["SizeBytes"] == 16 << 20


def test_the_first_process_is_ours_and_nobody() -> None:
    """Whatever entry point, user and health check the image has."""
    arguments = container_arguments(REQUEST)

    assert arguments["entrypoint"] == ["/flywheel/loader", "x"]
    assert arguments["command"] == []
    assert arguments["user"] == "65534:65534"
    assert arguments["healthcheck"] == {"test": ["NONE"]}
    assert arguments["network_disabled"]


def test_a_network_is_the_engines_bridge() -> None:
    """Nothing else changes for a task that asks for it."""
    plain, asked = host_arguments(REQUEST), host_arguments(replace(REQUEST, network=True))

    assert asked.pop("network_mode") == "bridge"
    assert plain.pop("network_mode") == "none"
    assert asked == plain


@pytest.mark.parametrize("wrong", [{"memory": 1 << 20}, {"cpus": 0}, {"processes": 3}])
def test_limits_that_no_container_survives_are_refused(wrong: dict[str, int]) -> None:
    """They would make every run one of infrastructure."""
    with pytest.raises(ValueError, match="a container needs"):
        ContainerLimits(**wrong)


def test_agents_see_what_they_see_in_namespaces() -> None:
    """The layout's folders at their places, its links as what they point at, no suites and no verifiers."""
    layout = agent_layout()
    request = agents_request(layout, "empty", ContainerLimits())
    shown = {target for _, target in request.binds}

    assert {target for _, target in layout.rebinds} <= shown
    assert {path for path, _ in layout.links} <= shown
    assert set(layout.scratch) < set(request.scratch)
    assert not any(path.endswith(("/benchmarks", "/flywheel", "/analyzers", "/tests")) for path in shown)
    assert request.home == layout.home
    assert not request.network
