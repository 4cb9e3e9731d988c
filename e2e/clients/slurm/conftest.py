"""A real cluster of Slurm on this machine, Leeway's adapter for it, and a running Leeway. The cluster has a folder of its own, and ends with the tests.

LEEWAY_URL and LEEWAY_TOKEN say which Leeway.
"""

import json
import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

import pytest

ROOT = Path(__file__).parents[3]
sys.path.append(str(ROOT / "e2e/clients/jobs"))

from counting_job import Leeway  # noqa: E402

RESULTS = ROOT / ".cache" / "results"
PROGRAMS = ["munged", "slurmctld", "slurmd", "slurmrestd", "scontrol"]
# Who runs the jobs, and who runs slurmrestd: it refuses to be root.
USER, REST_USER = "nobody", "daemon"
# Whose jobs run programs by the Python of the tests, which has MLflow's client: others may be unable to read it.
JOURNEY_USER = "root"
NODES = ["node1", "node2"]
KILL_WAIT = 5


def missing() -> str | None:
    """Why there can be no cluster here; None where there can."""
    if os.getuid() != 0:
        return "Slurm's daemons start jobs as other users, so these tests need root."
    absent = [name for name in PROGRAMS if not shutil.which(name)]
    if absent:
        return f"Without {', '.join(absent)} of Debian's packages there is no Slurm."
    if not list(Path("/usr/lib").glob("*/slurm-wlm/auth_jwt.so")):
        return "Without Debian's slurm-wlm-jwt-plugin slurmrestd takes no tokens."
    return None


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@dataclass
class Cluster:
    """
    A controller, two machines of two cores, and slurmrestd. Jobs of its partition `spot` make way for those of `high`, both on the first machine;
    `pair` has both machines.
    """

    folder: Path
    url: str = ""
    daemons: dict[str, subprocess.Popen] = field(default_factory=dict)

    @property
    def work(self) -> Path:
        """Where jobs write."""
        return self.folder / "work"

    @property
    def environment(self) -> dict[str, str]:
        """What Slurm's commands need to find this cluster."""
        return {"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "SLURM_CONF": str(self.folder / "slurm.conf")}

    def start(self, name: str, *arguments: object, **options) -> None:
        """Start a daemon in the foreground; what follows a hyphen in its name tells it from others of the same program."""
        with (RESULTS / f"slurm-{name}.log").open("a") as log:
            command = [shutil.which(name.partition("-")[0]), *map(str, arguments)]
            environment = {**self.environment, **options.pop("environment", {})}
            self.daemons[name] = subprocess.Popen(command, env=environment, stdout=log, stderr=log, **options)

    def start_controller(self) -> None:
        """Start the controller with what it has saved."""
        self.start("slurmctld", "-D")
        self.until(lambda: "UP" in self.command("scontrol", "ping"))

    def kill_controller(self) -> None:
        """End the controller at once, as a machine that loses its power does."""
        self.daemons["slurmctld"].kill()
        self.daemons["slurmctld"].wait(timeout=30)

    def let_it_save(self) -> None:
        """Wait until the controller has saved what it knows, as it does every few seconds."""
        time.sleep(12)

    def command(self, *command: str) -> str:
        """What a command of Slurm's prints."""
        return subprocess.run(command, env=self.environment, capture_output=True, text=True, timeout=60).stdout

    def names(self) -> list[str]:
        """Names of the jobs that wait or run."""
        return self.command("squeue", "--noheader", "--format=%100j").split()

    def token(self, user: str = USER, lifespan: int = 3600) -> str:
        """A token of a user."""
        return self.command("scontrol", "token", f"username={user}", f"lifespan={lifespan}").strip().split("=", 1)[1]

    def get(self, path: str) -> dict:
        """Ask slurmrestd directly."""
        headers = {"X-SLURM-USER-NAME": USER, "X-SLURM-USER-TOKEN": self.token()}
        request = urllib.request.Request(f"{self.url}/slurm/v0.0.42{path}", headers=headers)
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)

    def until(self, is_so, seconds: float = 60) -> None:
        """Wait for something while all daemons live."""
        deadline = time.monotonic() + seconds
        while not is_so():
            for name, process in self.daemons.items():
                assert process.poll() is None, (name, (RESULTS / f"slurm-{name}.log").read_text()[-4000:])
            assert time.monotonic() < deadline, {name: _tail(name) for name in self.daemons}
            time.sleep(0.2)


def _tail(name: str) -> str:
    return (RESULTS / f"slurm-{name}.log").read_text()[-2000:]


def _write_settings(folder: Path) -> None:
    name = socket.gethostname().split(".")[0]
    lines = [
        "ClusterName=leeway",
        f"SlurmctldHost={name}(127.0.0.1)",
        f"SlurmctldPort={free_port()}",
        "SlurmUser=root",
        "AuthType=auth/munge",
        f"AuthInfo=socket={folder}/munge.socket",
        "AuthAltTypes=auth/jwt",
        f"AuthAltParameters=jwt_key={folder}/jwt.key",
        "CredType=cred/munge",
        f"StateSaveLocation={folder}/state",
        f"SlurmdSpoolDir={folder}/spool/%n",
        f"SlurmctldPidFile={folder}/slurmctld.pid",
        f"SlurmdPidFile={folder}/slurmd.%n.pid",
        # Control groups are the machine's, not the tests'.
        "ProctrackType=proctrack/linuxproc",
        "TaskPlugin=task/none",
        "JobAcctGatherType=jobacct_gather/none",
        "SelectType=select/cons_tres",
        "SelectTypeParameters=CR_Core_Memory",
        "PreemptType=preempt/partition_prio",
        "PreemptMode=REQUEUE",
        f"KillWait={KILL_WAIT}",
        "MinJobAge=30",
        "ReturnToService=2",
        "MpiDefault=none",
        *[
            f"NodeName={node} NodeHostname={name} NodeAddr=127.0.0.1 Port={free_port()} CPUs=2 RealMemory=1000 State=UNKNOWN"
            for node in NODES
        ],
        "PartitionName=spot Nodes=node1 Default=YES MaxTime=INFINITE PriorityTier=1 PreemptMode=REQUEUE GraceTime=5",
        "PartitionName=high Nodes=node1 MaxTime=INFINITE PriorityTier=10 PreemptMode=OFF",
        "PartitionName=pair Nodes=node[1-2] MaxTime=INFINITE PriorityTier=1 PreemptMode=OFF",
    ]
    (folder / "slurm.conf").write_text("\n".join([*lines, ""]))
    (folder / "cgroup.conf").write_text("CgroupPlugin=disabled\n")


@contextmanager
def slurm_cluster() -> Iterator[Cluster]:
    """Start a cluster; ends with all of its processes."""
    RESULTS.mkdir(parents=True, exist_ok=True)
    for log in RESULTS.glob("slurm-*.log"):
        log.unlink()
    # Short: the path of a socket may have 107 characters.
    cluster = Cluster(Path(tempfile.mkdtemp(prefix="slurm-", dir="/tmp")))
    folder = cluster.folder
    folder.chmod(0o755)
    for name in ["state", "spool", "work"]:
        (folder / name).mkdir()
    user = pwd.getpwnam(USER)
    os.chown(cluster.work, user.pw_uid, user.pw_gid)
    for name in ["jwt.key", "munge.key"]:
        (folder / name).write_bytes(os.urandom(128))
        (folder / name).chmod(0o600)
    _write_settings(folder)
    try:
        paths = {"key-file": "munge.key", "pid-file": "munge.pid", "seed-file": "munge.seed", "log-file": "munge.log"}
        files = [f"--{option}={folder / name}" for option, name in paths.items()]
        # Forced: it finds folders such as /tmp too open for its socket.
        cluster.start("munged", "--foreground", "--force", f"--socket={folder}/munge.socket", *files)
        cluster.until((folder / "munge.socket").exists)
        cluster.start_controller()
        for node in NODES:
            (folder / "spool" / node).mkdir()
            cluster.start(f"slurmd-{node}", "-D", "-N", node)
        for node in NODES:
            cluster.until(lambda node=node: "State=IDLE" in cluster.command("scontrol", "show", "node", node))
        port = free_port()
        rest_user = pwd.getpwnam(REST_USER)
        cluster.start(
            "slurmrestd",
            *["-a", "rest_auth/jwt", "-s", "openapi/slurmctld", "-d", "v0.0.42", f"127.0.0.1:{port}"],
            user=rest_user.pw_uid,
            group=rest_user.pw_gid,
            extra_groups=[],
            environment={"SLURM_JWT": "daemon"},
        )
        cluster.url = f"http://127.0.0.1:{port}"
        cluster.until(lambda: _answers(cluster))
        yield cluster
    finally:
        for name in ["slurmrestd", "slurmctld", *[f"slurmd-{node}" for node in NODES], "munged"]:
            if process := cluster.daemons.get(name):
                process.terminate()
                with suppress(subprocess.TimeoutExpired):
                    process.wait(timeout=20)
                process.kill()
                process.wait(timeout=20)
        _end_processes(folder)
        shutil.rmtree(folder, ignore_errors=True)


def _answers(cluster: Cluster) -> bool:
    try:
        return cluster.get("/ping/")["pings"][0]["pinged"] == "UP"
    except (OSError, KeyError):
        return False


def _end_processes(folder: Path) -> None:
    """Ends the jobs of this cluster, which outlive its daemons."""
    for process in Path("/proc").iterdir():
        with suppress(OSError, ValueError):
            if process.name.isdigit() and f"SLURM_CONF={folder}/".encode() in (process / "environ").read_bytes():
                os.kill(int(process.name), 9)


class Refused(Exception):
    """What the adapter throws."""


@dataclass
class Adapter:
    """Leeway's adapter, by its five calls."""

    process: subprocess.Popen
    wrapper: Path
    handles: dict[str, dict] = field(default_factory=dict)

    def call(self, name: str, **values):
        """Make a call; raises Refused with the words of the adapter."""
        self.process.stdin.write(json.dumps({"name": name, **values}) + "\n")
        self.process.stdin.flush()
        answer = json.loads(self.process.stdout.readline())
        if "error" in answer:
            raise Refused(answer["error"])
        return answer["value"]

    def submit(self, program: str, launch: str | None = None, **spec) -> str:
        """Submit a program, which stands for the wrapper; the id of its launch."""
        launch = launch or f"tj-{uuid4().hex[:26]}-1"
        self.wrapper.write_text(program)
        self.handles[launch] = self.call("submit", launch=launch, spec=spec)
        return launch

    def look(self, launch: str) -> dict:
        """What is said of a launch."""
        return self.call("look", handle=self.handles[launch])

    def stop(self, launch: str, grace: float = 30) -> None:
        """Ask a launch to end."""
        self.call("stop", handle=self.handles[launch], grace=grace)

    def until(self, launch: str, *states: str, seconds: float = 60) -> dict:
        """Wait until a launch is in one of some states."""
        deadline = time.monotonic() + seconds
        while (seen := self.look(launch))["state"] not in states:
            assert time.monotonic() < deadline, seen
            time.sleep(0.3)
        return seen


@contextmanager
def adapter_of(cluster: Cluster, *, token: str | None = None, **settings) -> Iterator[Adapter]:
    """Start the adapter for a cluster."""
    folder = Path(tempfile.mkdtemp(prefix="leeway-slurm-adapter-"))
    wrapper = folder / "wrapper.py"
    wrapper.write_text("")
    given = {"kind": "slurm", "address": cluster.url, "user": USER, "workingFolder": str(cluster.work), **settings}
    command = ["node", "e2e/clients/slurm/adapter.ts", json.dumps(given), token or cluster.token(), str(wrapper)]
    process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        yield Adapter(process, wrapper)
    finally:
        process.stdin.close()
        process.wait(timeout=30)
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """A cluster for all tests."""
    if why := missing():
        pytest.skip(why)
    with slurm_cluster() as started:
        yield started


@pytest.fixture(autouse=True)
def nothing_left(cluster) -> Iterator[None]:
    """Each test gets an idle cluster."""
    yield
    for user in [USER, JOURNEY_USER]:
        cluster.command("scancel", f"--user={user}", "--signal=KILL", "--full")
        cluster.command("scancel", f"--user={user}")
    cluster.command("scontrol", "update", "nodename=node1", "state=resume")
    cluster.until(lambda: not cluster.names())


@pytest.fixture(scope="module")
def spot(cluster) -> Iterator[Adapter]:
    """The adapter for the partition whose jobs may be preempted."""
    with adapter_of(cluster, partition="spot") as started:
        yield started


@pytest.fixture(scope="module")
def high(cluster) -> Iterator[Adapter]:
    """The adapter for the partition that goes first."""
    with adapter_of(cluster, partition="high") as started:
        yield started


@pytest.fixture(scope="session")
def leeway() -> Leeway:
    """The Leeway of this test run."""
    return Leeway(url=os.environ["LEEWAY_URL"], token=os.environ["LEEWAY_TOKEN"])
