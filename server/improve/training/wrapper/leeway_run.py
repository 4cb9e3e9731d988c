#!/usr/bin/env python3
"""Runs the command of a Leeway training job: python3 leeway_run.py

Needs Python 3.8 or newer and nothing else. It asks Leeway what to run, restores the newest checkpoint, runs the command, and tells Leeway of
its log, heartbeats, checkpoints and end. While Leeway is away it keeps the log on disk, and the command goes on. docs/spec/training.md
section 3 of Leeway's repository describes the contract.

Environment: LEEWAY_URL, LEEWAY_LAUNCH, LEEWAY_LAUNCH_TOKEN; optional LEEWAY_STATE_DIR (folder for log and checkpoints), LEEWAY_CHECKPOINT_DIR,
LEEWAY_SPOOL_BYTES (log kept on disk at most), LEEWAY_ECHO=0 (do not repeat the command's output). In a job of several machines each runs it, with
LEEWAY_NODES (how many), LEEWAY_RANK (which, from 0) and LEEWAY_MAIN_ADDRESS (of the first, for the program): rank 0 owns the attempt.
"""

import fcntl
import gzip
import hashlib
import http.client
import json
import os
import platform
import re
import select
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
import traceback
import urllib.error
import urllib.parse
import urllib.request
import zipfile

SPOOL_BYTES = int(os.environ.get("LEEWAY_SPOOL_BYTES") or 10**9)
SEGMENT_BYTES = max(1024, min(8 * 2**20, SPOOL_BYTES // 8))
LOG_SECONDS, LOG_BYTES, POST_BYTES = 1.0, 2**16, 2**20
# A program that prints a line now and then wakes the wrapper less often; the pipe holds what it prints meanwhile.
GATHER_SECONDS, GATHER_BYTES, PIPE_BYTES = 0.05, 2**12, 2**20
PACK_FROM = 2**14
CALL_SECONDS, UPLOAD_SECONDS = 20, 120
START_SECONDS = REPORT_SECONDS = 3600
LOOK_SECONDS, SETTLE_SECONDS, LARGE_BYTES, LARGE_SETTLE_SECONDS = 1.0, 2.0, 10**9, 10.0
BLOCK = 2**20
TAIL_BYTES = 2**12
WAIT_SECONDS = 5
DO_NOT_RUN, MISUSED, TRY_AGAIN, TERMINATED = 0, 78, 75, 143


class Fenced(Exception):
    """Leeway says that this attempt is not valid any more."""


class Refused(Exception):
    """Leeway answered, and a repeated call would get the same."""

    def __init__(self, status, body):
        super().__init__("%s: %s" % (status, body.get("message") or body.get("error_code") or "refused"))
        self.status, self.body = status, body


class Away(Exception):
    """Leeway did not answer, or asks for another try."""


class NoRedirect(urllib.request.HTTPRedirectHandler):
    """A redirect would carry the token to wherever it points."""

    def redirect_request(self, *_):
        return None


OPENER = urllib.request.build_opener(NoRedirect)


def say(text):
    """Writes to the engine's log; a closed one is no reason to end."""
    try:
        os.write(2, ("leeway: %s\n" % text).encode("utf-8", "replace"))
    except OSError:
        pass


def call(url, token, body=None, method="POST", data=None, headers=None, seconds=CALL_SECONDS, sink=None):
    """Calls Leeway once. Returns its JSON, or what `sink` makes of the answer."""
    headers = dict(headers or {})
    headers["Authorization"] = "Bearer " + token
    headers["User-Agent"] = "leeway-run/1"
    if body is not None:
        data = json.dumps(body).encode()
        headers["Content-Type"] = "application/json"
    request = urllib.request.Request(url, data=data, headers=headers, method=method)
    try:
        with OPENER.open(request, timeout=seconds) as answer:
            if sink:
                return sink(answer)
            text = answer.read()
            return json.loads(text) if text else {}
    except urllib.error.HTTPError as error:
        try:
            found = json.loads(error.read(10**5) or b"{}")
        except (ValueError, OSError, http.client.HTTPException):
            found = {}
        found = found if isinstance(found, dict) else {}
        if error.code == 403 and found.get("error_code") == "FENCED":
            raise Fenced()
        # 401 too: an address may be that of something else for a while, and the program is worth more than a call.
        if error.code in (401, 408, 425, 429) or error.code >= 500 or not found:
            raise Away("%s" % error.code)
        raise Refused(error.code, found)
    except (OSError, ValueError, http.client.HTTPException) as error:
        raise Away(str(error) or type(error).__name__)


class Backoff:
    """Waits 0.5 s, then twice as long each time, up to 15 s."""

    def __init__(self):
        self.failures = 0

    def seconds(self):
        self.failures += 1
        return min(15.0, 0.25 * 2 ** min(self.failures, 10)) * (0.8 + 0.4 * (os.urandom(1)[0] / 255.0))

    def worked(self):
        self.failures = 0


# ---------------------------------------------------------------- reproducibility record


def run(argv, seconds=20, limit=None):
    """Output of a program, or None."""
    try:
        done = subprocess.run(argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=seconds)
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout if done.returncode == 0 else None


def line_of(argv):
    out = run(argv)
    return out.decode("utf-8", "replace").strip()[:1000] or None if out else None


def without_login(text):
    """Text without the user and the password of its addresses."""
    return re.sub(r"(?<=://)[^/?#\s]*@", "", text)


def code_record():
    commit = line_of(["git", "rev-parse", "HEAD"])
    if not commit:
        return None
    diff = run(["git", "diff", "--no-ext-diff", "--no-textconv", "--binary", "HEAD"], 60) or b""
    others = run(["git", "ls-files", "--others", "--exclude-standard"], 60) or b""
    for name in others.decode("utf-8", "replace").splitlines()[:1000]:
        diff += ("# not in the repository: %s\n" % name).encode("utf-8", "replace")
    remote = line_of(["git", "config", "--get", "remote.origin.url"])
    return {
        "commit": commit[:100],
        "branch": line_of(["git", "rev-parse", "--abbrev-ref", "HEAD"]),
        # A password may be part of it.
        "remote": without_login(remote)[:2000] if remote else None,
        "diff": diff.decode("utf-8", "replace") if 0 < len(diff) <= 10**6 else None,
        "diffSha256": hashlib.sha256(diff).hexdigest() if diff else None,
        "diffBytes": len(diff),
        "packageSha256": os.environ.get("LEEWAY_PACKAGE_SHA256") or None,
    }


def packages():
    try:
        from importlib import metadata
    except ImportError:
        return []
    found = set()
    for each in metadata.distributions():
        try:
            name, version = each.metadata["Name"], each.version
            source = each.read_text("direct_url.json")
            url = json.loads(source).get("url", "") if source else ""
        except Exception:  # a broken package is no reason not to train
            continue
        if name:
            url = without_login(url)
            found.add(("%s==%s" % (name, version) + (" @ " + url if url else ""))[:1000])
    return sorted(found)[:5000]


SECRET = re.compile("TOKEN|SECRET|PASSW|KEY|CREDENTIAL|AUTH", re.I)
KEPT = ("LEEWAY_", "MLFLOW_", "CUDA_", "NCCL_", "OMP_", "TORCH_", "HF_")
LOCKS = ("requirements.txt", "requirements.lock", "poetry.lock", "uv.lock", "pdm.lock", "Pipfile.lock", "conda-lock.yml", "environment.yml")
DETERMINISM = ("CUBLAS_WORKSPACE_CONFIG", "PYTHONHASHSEED", "TF_DETERMINISTIC_OPS", "TF_CUDNN_DETERMINISTIC", "NVIDIA_TF32_OVERRIDE")


def digest_of(path):
    """SHA-256 of a file; hashing leaves other threads running."""
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        for block in iter(lambda: file.read(BLOCK), b""):
            digest.update(block)
    return digest.hexdigest()


def first_match(path, pattern):
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            found = re.search(pattern, file.read(10**6), re.M)
            return found.group(1).strip() if found else None
    except OSError:
        return None


def make_record(argv):
    environ = os.environ.items()
    memory = first_match("/proc/meminfo", r"^MemTotal:\s+(\d+)")
    gpus, driver, cuda = [], None, None
    if shutil.which("nvidia-smi"):
        names = run(["nvidia-smi", "--query-gpu=name,driver_version", "--format=csv,noheader"]) or b""
        rows = [row.rsplit(",", 1) for row in names.decode("utf-8", "replace").splitlines() if "," in row]
        gpus, driver = [row[0].strip()[:200] for row in rows], rows[0][1].strip()[:100] if rows else None
        found = re.search(rb"CUDA Version:\s*([\d.]+)", run(["nvidia-smi"]) or b"")
        cuda = found.group(1).decode() if found else None
    try:
        cores = len(os.sched_getaffinity(0))
    except (AttributeError, OSError):
        cores = os.cpu_count()
    return {
        "wrapper": digest_of(os.path.abspath(__file__)),
        "command": [part[:10000] for part in argv[:1000]],
        "code": code_record(),
        "environment": {
            "python": platform.python_version()[:100],
            "packages": packages(),
            "lockFiles": {name: digest_of(name) for name in LOCKS if os.path.isfile(name)},
            "cuda": cuda,
            "driver": driver,
            "variables": {
                name[:200]: "<redacted>" if SECRET.search(name) else without_login(value).encode("utf-8", "replace").decode()[:10000]
                for name, value in environ
                if name.startswith(KEPT)
            },
        },
        "hardware": {
            "cpu": (first_match("/proc/cpuinfo", r"^model name\s*:\s*(.+)$") or platform.processor() or None),
            "cores": cores,
            "memoryBytes": int(memory) * 1024 if memory else None,
            "gpus": gpus,
            "node": socket.gethostname()[:500],
        },
        "seed": None,
        "determinism": {name: value[:200] for name, value in environ if name in DETERMINISM},
        "datasets": {},
    }


# ---------------------------------------------------------------- log


class Spool:
    """Log on disk, in files named by the byte that they begin with. Its files survive this process, and the guard goes on with them."""

    def __init__(self, folder):
        self.folder = folder
        os.makedirs(folder, mode=0o700, exist_ok=True)
        self.lock = threading.Lock()
        self.more = threading.Condition(self.lock)
        self.end = 0  # bytes so far
        self.dropped = 0  # bytes that Leeway never gets
        self.file = None
        self.segments = []  # [start, length]
        self.closed = False
        self.wake_at = 0  # bytes from which on the sender wants to know of more

    def resume(self):
        """Takes over what another process wrote."""
        for name in sorted(os.listdir(self.folder)):
            start, size = int(name.split("-")[1]), os.path.getsize(os.path.join(self.folder, name))
            self.segments.append([start, size])
            self.end = max(self.end, start + size)

    def path(self, start):
        return os.path.join(self.folder, "log-%020d" % start)

    def append(self, data):
        with self.lock:
            self.write(data)
            self.limit()

    def note(self, text):
        """Adds a line of the wrapper's own, which begins where a line of the program has ended."""
        with self.lock:
            length = self.segments[-1][1] if self.file is not None else 0
            try:
                is_open = length > 0 and os.pread(self.file, 1, length - 1) != b"\n"
            except OSError:
                is_open = False
            self.write(("%sleeway: %s\n" % ("\n" if is_open else "", text)).encode("utf-8", "replace"))
            self.limit()

    def take(self, source):
        """
        Moves what the command has printed from its pipe into the spool. The kernel does it in one call, so that a wrapper that is killed has it either
        here or still in the pipe, where the guard finds it. Without that call (Python before 3.10, other systems) it is read and written.
        Returns how many bytes, 0 at the end, and the bytes themselves where they can be read.
        """
        select.select([source], [], [])
        with self.lock:
            count = self.splice(source)
            if count is None:
                data = os.read(source, 2**16)
                self.write(data)
                count = len(data)
            else:
                try:
                    data = os.pread(self.file, count, self.segments[-1][1] - count)
                except OSError:
                    data = b""
            self.limit()
        return count, data

    def splice(self, source):
        if not hasattr(os, "splice"):
            return None
        try:
            self.open_segment()
            count = os.splice(source, self.file, 2**16)
        except OSError:
            return None  # nothing was taken: the disk is full, or its file system cannot do it
        self.segments[-1][1] += count
        self.end += count
        return count

    def open_segment(self):
        if self.file is None or self.segments[-1][1] >= SEGMENT_BYTES or self.segments[-1][0] + self.segments[-1][1] != self.end:
            if self.file is not None:
                os.close(self.file)
                self.file = None
            # Not O_APPEND, which splice refuses.
            self.file = os.open(self.path(self.end), os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
            self.segments.append([self.end, 0])

    def write(self, data):
        rest = memoryview(data)
        try:
            self.open_segment()
            while rest:
                written = os.write(self.file, rest)
                self.segments[-1][1] += written
                self.end += written
                rest = rest[written:]
        except OSError:
            # The disk is full: what does not fit is dropped, as the oldest would be, and counted by the gap that it leaves.
            self.end += len(rest)

    def limit(self):
        held = sum(length for _, length in self.segments)
        while held > SPOOL_BYTES and len(self.segments) > 1:
            start, length = self.segments.pop(0)
            held -= length
            self.remove(start)
        if self.end >= self.wake_at:
            self.more.notify_all()

    def remove(self, start):
        try:
            os.unlink(self.path(start))
        except OSError:
            pass

    def close(self):
        with self.lock:
            self.closed = True
            self.more.notify_all()

    def size(self):
        with self.lock:
            return sum(length for _, length in self.segments)

    def read(self, at):
        """The next bytes from `at` on, and where they begin; later where bytes between were dropped."""
        with self.lock:
            for start, length in self.segments:
                if start + length > at:
                    begin = max(at, start)
                    try:
                        with open(self.path(start), "rb") as file:
                            file.seek(begin - start)
                            data = file.read(min(POST_BYTES, start + length - begin))
                        if data:
                            return begin, data
                    except OSError:
                        continue
            return self.end, b""

    def sent(self, at):
        """Forgets what is stored at Leeway."""
        with self.lock:
            while self.segments and self.segments[0][0] + self.segments[0][1] <= at and (len(self.segments) > 1 or self.closed):
                self.remove(self.segments.pop(0)[0])


def send_log(spool, base, token, stop, until=None):
    """Sends the log until it is closed and all is stored. `stop` is set when the attempt is fenced; `until` limits the time."""
    at, backoff = 0, Backoff()
    sent_at = 0.0
    while not stop.is_set():
        with spool.lock:
            spool.wake_at = at + 1
            while not spool.closed and spool.end == at and not stop.is_set():
                spool.more.wait(1.0)
            spool.wake_at = at + LOG_BYTES
            if spool.end - at < LOG_BYTES and not spool.closed:
                rest = sent_at + LOG_SECONDS - time.monotonic()
                if rest > 0:
                    spool.more.wait(rest)
                    if spool.end - at < LOG_BYTES and not spool.closed and sent_at + LOG_SECONDS > time.monotonic():
                        continue
            if spool.closed and spool.end == at:
                return at
        start, data = spool.read(at)
        query = urllib.parse.urlencode({"start": start, "dropped": start - at})
        headers = {"Content-Type": "application/octet-stream"}
        body = data
        if len(data) >= PACK_FROM:
            body, headers["Content-Encoding"] = gzip.compress(data, 1), "gzip"
        sent_at = time.monotonic()
        try:
            next_at = call(base + "/log?" + query, token, data=body, headers=headers)["next"]
            spool.dropped += start - at
            at = next_at
            backoff.worked()
            spool.sent(at)
        except Refused as error:
            if error.status == 409 and isinstance(error.body.get("next"), int):
                at = error.body["next"]
            else:
                say("the log is refused (%s)" % error)
                stop.wait(backoff.seconds())
        except (Away, KeyError, TypeError):
            if until is not None and time.monotonic() > until():
                return at
            stop.wait(backoff.seconds())
    return at


# ---------------------------------------------------------------- checkpoints


def files_below(folder, name):
    """Paths below the folder of an entry's files, with size and time; links count as what they point to."""
    top = os.path.join(folder, name)
    if not os.path.isdir(top):
        return {name: os.stat(top)}
    found = {}
    for at, _, names in os.walk(top):
        for each in names:
            path = os.path.join(at, each)
            found[os.path.relpath(path, folder)] = os.stat(path)
    return found


NEVER_EMPTY = (".bin", ".ckpt", ".h5", ".hdf5", ".joblib", ".keras", ".npy", ".npz", ".pickle", ".pkl", ".pt", ".pth", ".safetensors")


def is_whole(path, size):
    """Whether a file is complete as far as its own format says. One that says nothing counts as complete; an empty one has not been written yet."""
    if size == 0:
        return not path.endswith(NEVER_EMPTY)
    with open(path, "rb") as file:
        head = file.read(64)
        if head[:8] == b"\x89HDF\r\n\x1a\n":
            # It is written in place, and says its length when it is closed: superblock of the HDF5 file format, versions 0 to 3.
            at = {0: 40, 1: 44, 2: 28, 3: 28}.get(head[8] if len(head) > 8 else 255, 64)
            return len(head) >= at + 8 and struct.unpack_from("<Q", head, at)[0] == size
        if path.endswith((".h5", ".hdf5")):
            return False
        if head[:2] == b"PK":
            return zipfile.is_zipfile(path)
        if head[:1] == b"\x80" and head[1:2] in b"\x02\x03\x04\x05":
            file.seek(-1, os.SEEK_END)
            return file.read(1) == b"."
        if path.endswith(".safetensors"):
            if len(head) < 9:
                return False
            length = struct.unpack("<Q", head[:8])[0]
            if length > min(size - 8, 10**8):
                return False
            file.seek(8)
            try:
                entries = json.loads(file.read(length))
                ends = [each["data_offsets"][1] for key, each in entries.items() if key != "__metadata__"]
            except (ValueError, KeyError, TypeError, AttributeError):
                return False
            return 8 + length + max(ends or [0]) == size
    return True


KERAS = ("latest.weights.h5", "training_metadata.json")


def is_json(path):
    """Whether a file is JSON to its end: a mark that is only half written is none."""
    try:
        with open(path, "rb") as file:
            json.loads(file.read(10**8))
        return True
    except ValueError:
        return False


def is_keras_pair(folder, files):
    """Whether both files of BackupAndRestore are of the same save. It writes the weights in place, and then the other one."""
    weights, metadata = (next((path for path in files if os.path.basename(path) == name), None) for name in KERAS)
    if weights is None or metadata is None or files[metadata].st_mtime_ns < files[weights].st_mtime_ns:
        return False
    return is_json(os.path.join(folder, metadata))


def mark_of(folder, name, files):
    """The framework that wrote an entry, or None while its mark is missing. docs/spec/training.md section 16."""
    paths = set(files)
    inside = {os.path.relpath(path, name) for path in paths} if os.path.isdir(os.path.join(folder, name)) else None
    if ".orbax-checkpoint-tmp" in name:
        return None
    if inside is None and set(KERAS) <= paths:
        if not is_keras_pair(folder, files):
            return None
        framework = "keras"
    elif inside is None:
        framework = "lightning" if name.endswith(".ckpt") else "keras" if name.endswith(".keras") else ""
        if framework and not zipfile.is_zipfile(os.path.join(folder, name)):
            return None
        if not framework and name.endswith((".pt", ".pth")):
            framework = "torch"
    elif re.match(r"checkpoint-\d+$", name):
        if "trainer_state.json" not in inside or not is_json(os.path.join(folder, name, "trainer_state.json")):
            return None
        framework = "transformers"
    elif any(path.endswith(".distcp") for path in inside) or ".metadata" in inside:
        if ".metadata" not in inside:
            return None
        framework = "torch.distributed"
    elif inside & set(KERAS):
        if not is_keras_pair(folder, {path: files[path] for path in files if os.path.relpath(path, name) in KERAS}):
            return None
        framework = "keras"
    elif "checkpoint_manager_snapshot.json" in inside:
        try:
            with open(os.path.join(folder, name, "checkpoint_manager_snapshot.json"), encoding="utf-8") as file:
                listed = set(re.findall(r'"checkpoint_dir_name":\s*"([^"]+)"', file.read(10**7)))
        except OSError:
            return None
        if not all(any(path.startswith(each + os.sep) for path in inside) for each in listed):
            return None
        framework = "ray-train"
    elif "_CHECKPOINT_METADATA" in inside or "commit_success.txt" in inside:
        framework = "orbax"
    else:
        framework = ""
    if not paths or not all(is_whole(os.path.join(folder, path), info.st_size) for path, info in files.items()):
        return None
    return framework


STEP = re.compile(r"(?:step[=_-]?|checkpoint-)0*(\d{1,15})(?!\d)", re.I)
UNFINISHED = (".tmp", ".part", ".incomplete", "~")


def step_of(name):
    found = STEP.search(name)
    return int(found.group(1)) if found else None


def look(folder):
    """Entries of the folder that may be checkpoints, oldest first: {name: {path: stat}}."""
    found = {}
    for name in os.listdir(folder):
        if name.startswith((".", "tmp")) or name.endswith(UNFINISHED):
            continue
        try:
            files = files_below(folder, name)
            if files:
                found[name] = files
        except OSError:
            continue  # it is being removed or replaced
    # Keras writes two files into its folder, which are one checkpoint.
    if set(KERAS) & set(found):
        pair = {path: info for name in KERAS for path, info in found.pop(name, {}).items()}
        if set(KERAS) <= set(pair):
            found[KERAS[0]] = pair
    def age(entry):
        times = []
        for path in entry[1]:
            try:
                times.append(os.lstat(os.path.join(folder, path)).st_mtime_ns)
            except OSError:
                times.append(0)
        return (max(times), entry[0])
    return dict(sorted(found.items(), key=age))


def state_of(files):
    return {path: (info.st_size, info.st_mtime_ns, info.st_ino) for path, info in files.items()}


class Checkpoints(threading.Thread):
    """Watches the folder, and sends what is complete in it: files by digest, the manifest last."""

    def __init__(self, folder, base, token, stop, since, most=None, note=say):
        """`most`: bytes of a file that Leeway takes. `note`: what the people of the job are to know."""
        super().__init__(daemon=True)
        self.folder, self.base, self.token, self.stop, self.since = folder, base, token, stop, since
        self.most, self.note = most, note
        self.noted = set()
        self.wake = threading.Event()
        self.ending = threading.Event()
        self.seen = {}  # name -> (state, since, first seen)
        self.sent = {}  # name -> state
        self.unfinished = {}  # first time that something unfinished was seen
        self.digests = {}  # (path, state of the file) -> sha256
        self.until = None
        self.newest_only = False
        self.force = False

    def run(self):
        try:
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), 10)
        except (AttributeError, OSError):
            pass
        backoff = Backoff()
        while not self.stop.is_set():
            ending = self.ending.is_set()
            wait = LOOK_SECONDS
            try:
                self.round(ending)
                backoff.worked()
                if ending:
                    return
            except Fenced:
                self.stop.set()
                return
            except Away as error:
                if ending and self.until is not None and time.monotonic() > self.until:
                    say("the last checkpoint was not sent: Leeway does not answer (%s)" % error)
                    return
                wait = backoff.seconds()
            except OSError as error:
                say("the checkpoint folder cannot be read (%s)" % error)
                if ending:
                    return
            self.wake.wait(wait)
            self.wake.clear()

    def known(self, files):
        """What was restored is stored already."""
        for name, each in look(self.folder).items():
            if set(each) <= files:
                self.sent[name] = state_of(each)

    def round(self, ending):
        now = time.monotonic()
        found = look(self.folder)
        self.seen = {name: each for name, each in self.seen.items() if name in found}
        for name in os.listdir(self.folder):
            if name not in found and not name.startswith("."):
                self.unfinished.setdefault(name, time.time())
        ready = []
        for name, files in found.items():
            state = state_of(files)
            before = self.seen.get(name)
            if not before or before[0] != state:
                first = before[2] if before else min([time.time()] + list(self.unfinished.values()))
                self.seen[name] = before = (state, now, first)
            if self.sent.get(name) == state:
                continue
            size = sum(info.st_size for info in files.values())
            settled = now - before[1] >= (LARGE_SETTLE_SECONDS if size > LARGE_BYTES else SETTLE_SECONDS)
            try:
                framework = mark_of(self.folder, name, files)
            except (OSError, zipfile.BadZipFile):
                continue
            if framework is not None and not settled and not ending:
                self.hash(name, files)  # in the meantime
            elif framework is not None and self.is_too_large(name, files):
                self.sent[name] = state
            elif framework is not None:
                ready.append((name, files, state, framework, before[2]))
        if ready:
            self.unfinished = {}
        if ending and self.newest_only:
            ready = ready[-1:]
        for each in ready:
            self.send(*each)

    def is_too_large(self, name, files):
        """Whether Leeway would refuse a file; each is noted once, since what it was for is lost with it."""
        large = [path for path in sorted(files) if self.most and files[path].st_size > self.most]
        for path in large:
            if path not in self.noted:
                self.noted.add(path)
                words = "checkpoint %s is not kept: %s has %d bytes, and Leeway takes at most %d of a file. %s"
                advice = "Save it in several files, or raise MAX_UPLOAD_BYTES."
                self.note(words % (name, path, files[path].st_size, self.most, advice))
        return bool(large)

    def hash(self, name, files):
        digests = {}
        for path, info in files.items():
            key = (path, info.st_size, info.st_mtime_ns, info.st_ino)
            try:
                digests[path] = self.digests.get(key) or digest_of(os.path.join(self.folder, path))
            except OSError:
                return None
            self.digests[key] = digests[path]
        if len(self.digests) > 20000:
            self.digests = {}
        return digests

    def send(self, name, files, state, framework, first):
        began = time.monotonic()
        digests = self.hash(name, files)
        if digests is None:
            return
        manifest = [{"path": path.replace(os.sep, "/"), "sizeBytes": files[path].st_size, "sha256": digests[path]} for path in sorted(files)]
        try:
            for path in sorted(files):
                self.put(path, digests[path], files[path].st_size)
        except Refused as error:
            self.note("checkpoint %s is refused (%s)" % (name, error))
            self.sent[name] = state
            return
        now = look(self.folder).get(name)
        if now and state_of(now) != state:
            return  # it was written again; the next look sends it
        times = [info.st_mtime for info in files.values()]
        saved = max(times) - min([first] + times)
        body = {
            "name": name,
            "framework": framework,
            "step": step_of(name),
            "files": manifest,
            "savedSeconds": max(0.0, saved) or None,
            "sentSeconds": time.monotonic() - began,
            # The metrics that it logged until then say which step it is of.
            "saved": {"from": self.since * 1000, "until": max(times) * 1000},
        }
        try:
            call(self.base + "/checkpoints", self.token, body, seconds=CALL_SECONDS * 3)
        except Refused as error:
            if error.status == 409:
                self.force = True
                raise Away(str(error))
            self.note("checkpoint %s is refused (%s)" % (name, error))
        self.sent[name] = state
        self.force = False

    def put(self, path, digest, size):
        url = self.base + "/blobs/" + digest
        try:
            # One that was found damaged, or that Leeway does not accept as it is, is sent again.
            if digest not in DAMAGED and not self.force:
                if call(url, self.token, method="HEAD", sink=lambda answer: answer.headers.get("Content-Length")) == str(size):
                    return
        except Refused:
            pass
        except Away as error:
            if str(error) != "404":  # HEAD has no body that says more
                raise
        def blocks():
            with open(os.path.join(self.folder, path), "rb") as file:
                left = size
                while left > 0:
                    if self.stop.is_set():
                        raise Away("stopped")
                    if self.until is not None and time.monotonic() > self.until:
                        raise Away("no time is left")
                    block = file.read(min(BLOCK, left))
                    if not block:
                        raise Away("the file became shorter")
                    left -= len(block)
                    yield block
        headers = {"Content-Type": "application/octet-stream", "Content-Length": str(size)}
        try:
            call(url, self.token, method="PUT", data=blocks() if size else b"", headers=headers, seconds=UPLOAD_SECONDS)
        except Refused as error:
            if error.status != 422:
                raise
            # It changed while it was read; the next look finds that.
            raise Away(str(error))


MARK = ".leeway-checkpoints"
DAMAGED = set()  # digests of files that were not what they are named by


def claim(folder):
    """Empties the folder: what another attempt left half-written must not be found. Never one that is not Leeway's."""
    os.makedirs(folder, exist_ok=True)
    names = os.listdir(folder)
    if names and MARK not in names:
        say("%s has files, and was not made by Leeway: LEEWAY_CHECKPOINT_DIR must be an empty folder" % folder)
        sys.exit(MISUSED)
    with open(os.path.join(folder, MARK), "w"):
        pass
    for name in names:
        path = os.path.join(folder, name)
        if name == MARK:
            continue
        if os.path.isdir(path) and not os.path.islink(path):
            shutil.rmtree(path)
        else:
            os.unlink(path)


def below(folder, path):
    """The path of a file in the folder. Leeway is not to be able to write anywhere else."""
    target = os.path.normpath(os.path.join(folder, *path.split("/")))
    if not target.startswith(os.path.normpath(folder) + os.sep):
        raise ValueError("path outside the folder")
    return target


def fetch(base, token, folder, file, stop):
    """Downloads a file. Returns whether it has its digest."""
    target = below(folder, file["path"])
    os.makedirs(os.path.dirname(target), exist_ok=True)
    def save(answer):
        digest, size = hashlib.sha256(), 0
        with open(target, "wb") as out:
            for block in iter(lambda: answer.read(BLOCK), b""):
                if stop.is_set():
                    raise Fenced()
                digest.update(block)
                size += len(block)
                out.write(block)
        if answer.headers.get("Content-Length") and int(answer.headers["Content-Length"]) != size:
            raise Away("the answer was cut")
        if digest.hexdigest() == file["sha256"] and size == file["sizeBytes"]:
            return True
        return False
    backoff = Backoff()
    differed = False
    while True:
        try:
            if call(base + "/blobs/" + file["sha256"], token, method="GET", seconds=UPLOAD_SECONDS, sink=save):
                return True
            # Memory, disk or network of this machine may have changed it.
            if differed:
                DAMAGED.add(file["sha256"])
                return False
            differed = True
        except (Refused, Away) as error:
            # Anything but "not stored" may be the word of a proxy.
            if isinstance(error, Refused) and error.status == 404:
                return False
            if backoff.failures > 40:
                raise Away(str(error))
            say("a checkpoint cannot be fetched yet (%s)" % error)
            if stop.wait(backoff.seconds()):
                raise Fenced()


def restore(checkpoints, base, token, folder, stop, reports=True):
    """Restores the newest checkpoint whose files all match. Returns it, or None. `reports` is false on all machines but the first."""
    for each in checkpoints:
        claim(folder)
        try:
            good = all(fetch(base, token, folder, file, stop) for file in each["files"])
        except ValueError:
            good = False
        say("checkpoint %s (step %s) %s" % (each["name"], each["step"], "is restored" if good else "was not fetched whole, the one before is tried"))
        backoff = Backoff()
        while reports:
            try:
                # Leeway reads the files itself before it believes that they are damaged.
                path, seconds = ("restored", CALL_SECONDS) if good else ("torn", UPLOAD_SECONDS)
                call("%s/checkpoints/%s/%s" % (base, each["id"], path), token, {}, seconds=seconds)
                break
            except Refused:
                break
            except Away:
                if backoff.failures > 40:
                    break
                stop.wait(backoff.seconds())
        if good:
            return each
    claim(folder)
    return None


LAST = "last.ckpt"


def add_last(restored, folder):
    """
    Lightning's `ckpt_path="last"` looks for a file of that name alone, and without it begins from the start without a word. The program may have
    been killed between its newest checkpoint and the copy of that name. Returns the paths that are there now.
    """
    paths = {file["path"].replace("/", os.sep) for file in restored["files"]}
    name = restored["name"]
    if paths == {name} and name.endswith(".ckpt") and not name.startswith("last"):
        shutil.copy2(os.path.join(folder, name), os.path.join(folder, LAST))
        paths.add(LAST)
    return paths


# ---------------------------------------------------------------- the program


def oom_kills():
    """How often the kernel killed something in this cgroup because memory ran out."""
    total = 0
    try:
        with open("/proc/self/cgroup", encoding="utf-8") as file:
            groups = file.read().splitlines()
    except OSError:
        return 0
    for group in groups:
        _, controllers, path = (group.split(":", 2) + ["", ""])[:3]
        if controllers == "":
            tries = ["/sys/fs/cgroup%s/memory.events" % path.rstrip("/"), "/sys/fs/cgroup/memory.events"]
        elif "memory" in controllers.split(","):
            tries = ["/sys/fs/cgroup/memory%s/memory.oom_control" % path.rstrip("/"), "/sys/fs/cgroup/memory/memory.oom_control"]
        else:
            continue
        for each in tries:
            found = first_match(each, r"^oom_kill (\d+)")
            if found is not None:
                total += int(found)
                break
    return total


def kill_group(pid, number):
    try:
        os.killpg(pid, number)
        return True
    except (ProcessLookupError, PermissionError):
        return False


def resident_bytes(session):
    """Memory of all processes of the program's session."""
    total, page = 0, os.sysconf("SC_PAGE_SIZE")
    try:
        for name in os.listdir("/proc"):
            if not name.isdigit():
                continue
            try:
                with open("/proc/%s/stat" % name, "rb") as file:
                    fields = file.read().rsplit(b")", 1)[1].split()
            except (OSError, IndexError):
                continue
            if int(fields[3]) == session:
                total += int(fields[21]) * page
    except OSError:
        return None
    return total


def gpu_usage():
    out = run(["nvidia-smi", "--query-gpu=name,memory.used,memory.total,utilization.gpu", "--format=csv,noheader,nounits"])
    gpus = []
    for row in (out or b"").decode("utf-8", "replace").splitlines():
        cells = [cell.strip() for cell in row.split(",")]
        try:
            used = {"name": cells[0][:200], "usedBytes": int(cells[1]) * 2**20, "totalBytes": int(cells[2]) * 2**20}
            used["utilisation"] = min(1.0, int(cells[3]) / 100.0) if cells[3].isdigit() else None
            gpus.append(used)
        except (IndexError, ValueError):
            continue
    return gpus


def name_of(number):
    try:
        return signal.Signals(number).name
    except ValueError:
        return "SIG%d" % number


def report_end(base, token, end, stop, path="/end"):
    """Reports the end until Leeway has it, or an hour has passed."""
    until, backoff = time.monotonic() + REPORT_SECONDS, Backoff()
    while time.monotonic() < until and not stop.is_set():
        try:
            call(base + path, token, end)
            return True
        except Fenced:
            return False
        except Refused as error:
            say("the end is refused (%s)" % error)
            return False
        except Away:
            stop.wait(backoff.seconds())
    return False


class Guard:
    """
    A second process that starts the command and outlives this one. When this one dies without a word (SIGKILL), it kills the command, sends the
    rest of the log and reports the end, so that neither a copy without a wrapper runs on nor a byte is lost.
    """

    def __init__(self, base, token, spool_folder, remains, most, rank=0):
        self.base, self.token, self.spool_folder, self.remains = base, token, spool_folder, remains
        self.most, self.rank = most, rank
        self.log_out, self.log_in = os.pipe()
        try:
            fcntl.fcntl(self.log_in, 1031, PIPE_BYTES)  # F_SETPIPE_SZ, which Python knows from 3.10 on
        except OSError:
            pass
        control_out, self.control = os.pipe()
        self.status, status_in = os.pipe()
        self.oom = oom_kills()
        self.buffer = b""
        # Before any thread is started: a fork copies only this one.
        self.pid = os.fork()
        if self.pid:
            os.close(control_out)
            os.close(status_in)
            os.close(self.log_in)
            return
        try:
            os.close(self.control)
            os.close(self.status)
            os.setsid()
            for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
                # Not SIG_IGN, which the command would inherit.
                signal.signal(number, lambda *_: None)
            self.guard(control_out, status_in)
        except BaseException as error:  # it must never return into the wrapper's code
            say("guard: %r" % error)
        finally:
            os._exit(0)

    def guard(self, control, status):
        wake_out, wake_in = os.pipe()
        os.set_blocking(wake_in, False)
        signal.set_wakeup_fd(wake_in)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        command, end, terminated, started, started_any, folder = None, None, False, time.time(), False, None
        text = b""
        while True:
            ready, _, _ = select.select([control, wake_out], [], [], 5.0)
            if wake_out in ready:
                os.read(wake_out, 4096)
            if control in ready:
                data = os.read(control, 2**16)
                if not data:
                    break
                text += data
                while b"\n" in text:
                    line, text = text.split(b"\n", 1)
                    word = json.loads(line)
                    if word == "bye":
                        return
                    if word == "term":
                        terminated = True
                        continue
                    started, folder = time.time(), word["folder"]
                    command, end = self.start(word)
                    started_any = True
                    os.close(self.log_in)
                    self.answer(status, {"pid": command.pid if command else None})
                    if end:
                        self.answer(status, end)
            if command and end is None:
                code = command.poll()
                if code is not None:
                    end = self.end_of(code)
                    self.answer(status, end)
        # The wrapper is gone.
        if command:
            kill_group(command.pid, signal.SIGKILL)
        if end is None:
            if command:
                command.wait()
            end = dict(self.end_of(None), signal="SIGKILL")
        if not started_any:
            os.close(self.log_in)
        say("guard: the wrapper is gone, the command has ended and is reported")
        if self.rank:
            report_end(self.base, self.token, dict(end, wasTerminated=terminated), threading.Event(), "/rank-end")
            shutil.rmtree(self.remains, ignore_errors=True)
            return
        spool, stop = Spool(self.spool_folder), threading.Event()
        spool.resume()
        os.set_blocking(self.log_out, False)
        until = time.monotonic() + 5
        while time.monotonic() < until:
            try:
                data = os.read(self.log_out, 2**16)
                if not data:
                    break
                spool.append(data)
            except BlockingIOError:
                time.sleep(0.05)
        spool.close()
        ended = time.time()
        deadline = time.monotonic() + REPORT_SECONDS
        # It is not to be taken for lost before all is sent.
        heart = Heart(self.base, self.token, 10.0, stop, spool)
        heart.start()
        try:
            send_log(spool, self.base, self.token, stop, until=lambda: deadline)
            if folder:
                self.send_newest(folder, stop, started)
            report = {"wasTerminated": terminated, "logBytes": spool.end, "logDropped": spool.dropped, "startedAt": started, "endedAt": ended}
            report_end(self.base, self.token, dict(end, **report), stop)
        except Fenced:
            pass
        heart.done.set()
        shutil.rmtree(self.remains, ignore_errors=True)

    def send_newest(self, folder, stop, since):
        """Sends what the command saved last, which the wrapper may not have sent. Older ones would come back as newer than they are."""
        checkpoints = Checkpoints(folder, self.base, self.token, stop, since, self.most)
        checkpoints.newest_only = True
        checkpoints.until = time.monotonic() + REPORT_SECONDS
        checkpoints.ending.set()
        checkpoints.run()
        if stop.is_set():
            raise Fenced()

    @staticmethod
    def answer(status, word):
        try:
            os.write(status, json.dumps(word).encode() + b"\n")
        except OSError:
            pass  # the wrapper is gone, which the other pipe says

    def start(self, word):
        try:
            made = subprocess.Popen(
                word["argv"],
                stdin=subprocess.DEVNULL,
                stdout=self.log_in,
                stderr=subprocess.STDOUT,
                env=word["env"],
                start_new_session=True,
            )
            return made, None
        except OSError as error:
            os.write(self.log_in, ("%s: %s\n" % (word["argv"][0], error.strerror)).encode("utf-8", "replace"))
            code = 127 if isinstance(error, FileNotFoundError) else 126
            return None, {"code": code, "signal": None, "ranOutOfMemory": False}

    def end_of(self, code):
        killed = code is None or code < 0
        return {
            "code": None if killed else code,
            "signal": name_of(-code) if code is not None and code < 0 else None,
            "ranOutOfMemory": code != 0 and oom_kills() > self.oom,
        }

    def tell(self, word):
        try:
            data = json.dumps(word).encode() + b"\n"
            while data:
                data = data[os.write(self.control, data) :]
        except OSError:
            pass

    def word(self, seconds):
        """The next thing that the guard says; None after the time; an end when the guard is gone."""
        if b"\n" not in self.buffer:
            ready, _, _ = select.select([self.status], [], [], seconds)
            if not ready:
                return None
            data = os.read(self.status, 2**16)
            if not data:
                return {"code": None, "signal": "SIGKILL", "ranOutOfMemory": False}
            self.buffer += data
            if b"\n" not in self.buffer:
                return None
        line, self.buffer = self.buffer.split(b"\n", 1)
        return json.loads(line)


class Heart(threading.Thread):
    """Says that the attempt is alive, and learns whether it is to go on."""

    def __init__(self, base, token, every, stop, spool):
        super().__init__(daemon=True)
        self.base, self.token, self.every, self.stop, self.spool = base, token, every, stop, spool
        self.asked = threading.Event()
        self.done = threading.Event()
        self.grace = None
        self.terminated_at = 0.0
        self.session = None
        self.step = None
        self.checkpoints = None
        self.gpus = shutil.which("nvidia-smi") is not None

    def run(self):
        seq, gpus = 0, []
        while not self.stop.is_set() and not self.done.is_set():
            seq += 1
            if self.gpus and seq % 3 == 1:
                gpus = gpu_usage()
            body = {
                "seq": seq,
                "rssBytes": resident_bytes(self.session) if self.session else None,
                "gpus": gpus,
                "step": self.step,
                "spoolBytes": self.spool.size(),
            }
            try:
                answer = call(self.base + "/heartbeat", self.token, body)
                if answer.get("checkpointNow") and self.checkpoints:
                    self.checkpoints.wake.set()
                if answer.get("do") == "stop":
                    self.grace = answer.get("graceSeconds")
                    self.asked.set()
            except Fenced:
                self.stop.set()
                return
            except (Away, Refused):
                pass
            self.done.wait(self.every)


class Pump(threading.Thread):
    """Takes what the command prints, at once, so that it never waits for Leeway."""

    def __init__(self, source, spool):
        super().__init__(daemon=True)
        self.source, self.spool = source, spool
        self.echo = os.environ.get("LEEWAY_ECHO") != "0"

    def run(self):
        while True:
            count, data = self.spool.take(self.source)
            if not count:
                return
            is_little = count < GATHER_BYTES
            if self.echo:
                try:
                    os.write(1, data)
                except OSError:
                    self.echo = False
            if is_little:
                time.sleep(GATHER_SECONDS)


class Tail:
    """The last that a command printed, on a machine whose log Leeway does not keep."""

    def __init__(self):
        self.kept = b""

    def take(self, source):
        data = os.read(source, 2**16)
        self.kept = (self.kept + data)[-TAIL_BYTES:]
        return len(data), data

    def size(self):
        return 0

    def text(self):
        return self.kept.decode("utf-8", "replace")


def rank_of():
    """Which machine of the job this is; 0 for the first, or the only one."""
    try:
        several = int(os.environ.get("LEEWAY_NODES") or 1) > 1
        return int(os.environ.get("LEEWAY_RANK") or 0) if several else 0
    except ValueError:
        say("LEEWAY_NODES and LEEWAY_RANK must be numbers")
        sys.exit(MISUSED)


def ask_start(url, launch, token, argv, rank):
    """Asks Leeway what to run. Ends this program where it is not to run."""
    body = {"host": socket.gethostname()[:500], "rank": rank}
    if not rank:
        body.update(pid=os.getpid(), record=make_record(argv))
    for name, variable in (("podUid", "POD_UID"), ("node", "NODE_NAME")):
        if os.environ.get(variable):
            body[name] = os.environ[variable][:100]
    if (os.environ.get("SLURM_RESTART_COUNT") or "").isdigit():
        body["restartCount"] = int(os.environ["SLURM_RESTART_COUNT"])
    until, backoff = time.monotonic() + START_SECONDS, Backoff()
    while True:
        try:
            path = "%s/launches/%s/%s" % (url, urllib.parse.quote(launch, safe=""), "join" if rank else "start")
            return call(path, token, body, seconds=60)
        except Fenced:
            sys.exit(DO_NOT_RUN)
        except Refused as error:
            say(str(error))
            sys.exit(DO_NOT_RUN if error.status == 409 else MISUSED)
        except Away as error:
            if time.monotonic() > until:
                say("Leeway does not answer (%s)" % error)
                sys.exit(TRY_AGAIN)
            say("Leeway does not answer yet, or the first machine has not started (%s)" % error if rank else "Leeway does not answer yet (%s)" % error)
            time.sleep(backoff.seconds())


def command_of(started, state):
    argv, env = list(started["command"]), dict(os.environ)
    env.pop("LEEWAY_LAUNCH_TOKEN", None)
    env.update(started.get("environment") or {})
    parameters = started.get("parameters") or {}
    if started.get("parametersAs") == "arguments":
        for name, value in parameters.items():
            argv += ["--" + name, value if isinstance(value, str) else json.dumps(value)]
    path = os.path.join(state, "parameters.json")
    with open(path, "w", encoding="utf-8") as file:
        json.dump(parameters, file)
    env.update(
        LEEWAY_JOB_ID=started["jobId"],
        LEEWAY_ATTEMPT=str(started["attempt"]),
        LEEWAY_SEED=str(started["seed"]),
        LEEWAY_GRACE_SECONDS=str(started["graceSeconds"]),
        LEEWAY_DEADLINE=str(started.get("deadline") or ""),
        LEEWAY_PARAMS=path,
    )
    env.setdefault("PYTHONHASHSEED", str(started["seed"]))
    env.setdefault("PYTHONUNBUFFERED", "1")
    # For `from leeway_run import cached`, after everything of the program's own.
    here = os.path.dirname(os.path.abspath(__file__))
    env["PYTHONPATH"] = os.pathsep.join(filter(None, [env.get("PYTHONPATH"), here]))
    return argv, env


def main():
    argv = sys.argv[1:]
    if argv[:1] == ["--"]:
        argv = argv[1:]
    try:
        url, launch, token = (os.environ[name] for name in ("LEEWAY_URL", "LEEWAY_LAUNCH", "LEEWAY_LAUNCH_TOKEN"))
    except KeyError as error:
        say("%s is not set" % error)
        sys.exit(MISUSED)
    url = url.rstrip("/") + "/api/v1/training"
    terminated = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: terminated.set())
    signal.signal(signal.SIGINT, lambda *_: terminated.set())
    rank = rank_of()
    started = ask_start(url, launch, token, argv, rank)
    base = "%s/attempts/%s/%s" % (url, urllib.parse.quote(started["jobId"], safe=""), started["attempt"])
    token = started["token"]
    own_state = os.environ.get("LEEWAY_STATE_DIR")
    state = own_state or tempfile.mkdtemp(prefix="leeway-")
    # The folder may be one that all machines share.
    attempt_folder = os.path.join(state, "attempt-%s%s" % (started["attempt"], "-rank-%d" % rank if rank else ""))
    os.makedirs(attempt_folder, mode=0o700, exist_ok=True)
    remains = attempt_folder if own_state else state
    guard = Guard(base, token, os.path.join(attempt_folder, "log"), remains, started.get("maxFileBytes"), rank)
    spool = Tail() if rank else Spool(os.path.join(attempt_folder, "log"))
    stop = threading.Event()  # fenced
    heart = Heart(base, token, float(started.get("heartbeatSeconds") or 10), stop, spool)
    heart.start()
    try:
        if rank:
            code = run_rank(started, base, token, rank, state, attempt_folder, guard, spool, stop, heart, terminated)
        else:
            code = run_program(started, base, token, state, attempt_folder, guard, spool, stop, heart, terminated)
    except Fenced:
        code = TERMINATED
    except SystemExit as error:
        code = error.code
    except BaseException:
        # Without this process the guard ends the command, and reports that.
        traceback.print_exc()
        sys.stderr.flush()
        os._exit(1)
    heart.done.set()
    guard.tell("bye")
    shutil.rmtree(remains, ignore_errors=True)
    sys.exit(code)


def run_program(started, base, token, state, attempt_folder, guard, spool, stop, heart, terminated):
    folder = os.path.abspath(os.environ.get("LEEWAY_CHECKPOINT_DIR") or os.path.join(state, "checkpoints"))
    restored = restore(started.get("checkpoints") or [], base, token, folder, stop)
    if stop.is_set():
        raise Fenced()
    command, env = command_of(started, attempt_folder)
    env["LEEWAY_CHECKPOINT_DIR"] = folder
    env["LEEWAY_RESUME_FROM"] = os.path.join(folder, restored["name"]) if restored else ""
    def note(text):
        say(text)
        spool.note(text)

    checkpoints = Checkpoints(folder, base, token, stop, time.time(), started.get("maxFileBytes"), note)
    if restored:
        checkpoints.known(add_last(restored, folder))
    heart.checkpoints = checkpoints
    sender = {}

    def send():
        try:
            sender["at"] = send_log(spool, base, token, stop, until=lambda: sender.get("until", float("inf")))
        except Fenced:
            stop.set()

    sending = threading.Thread(target=send, daemon=True)
    pump = Pump(guard.log_out, spool)
    started_at = time.time()
    was_terminated = False
    if terminated.is_set() or heart.asked.is_set():
        # It was asked to end before it began.
        end, was_terminated = {"code": None, "signal": "SIGTERM", "ranOutOfMemory": False}, True
        pid = None
    else:
        pump.start()
        sending.start()
        guard.tell({"argv": command, "env": env, "folder": folder})
        pid = (guard.word(60) or {}).get("pid")
        heart.session = pid
        checkpoints.start()
        end, was_terminated = wait_for_end(started, guard, pid, stop, heart, terminated)
        if pid:
            # What it left running would hold the log open, and write to a folder that nobody watches.
            kill_group(pid, signal.SIGKILL)
        pump.join(10)
    ended_at = time.time()
    if stop.is_set():
        raise Fenced()
    if pid:
        limit = float(started["graceSeconds"]) if was_terminated else REPORT_SECONDS
        if was_terminated:
            left = max(3.0, heart.terminated_at + limit - 1 - time.monotonic())
            checkpoints.newest_only = True
        else:
            left = limit
        checkpoints.until = time.monotonic() + left
        sender["until"] = time.monotonic() + REPORT_SECONDS
        checkpoints.ending.set()
        checkpoints.wake.set()
        checkpoints.join(left + UPLOAD_SECONDS)
    # What was said of the last checkpoint is part of the log.
    spool.close()
    if sending.is_alive():
        sending.join(REPORT_SECONDS + CALL_SECONDS)
    if stop.is_set():
        raise Fenced()
    report = {
        "wasTerminated": was_terminated,
        "logBytes": spool.end,
        "logDropped": spool.dropped,
        "startedAt": started_at,
        "endedAt": ended_at,
    }
    if not report_end(base, token, dict(end, **report), stop) and stop.is_set():
        raise Fenced()
    return code_of(end, was_terminated)


def code_of(end, was_terminated):
    if was_terminated:
        return TERMINATED
    if end["signal"]:
        return 128 + getattr(signal, end["signal"], 9)
    return end["code"]


def run_rank(started, base, token, rank, state, attempt_folder, guard, tail, stop, heart, terminated):
    """Runs the command on another machine than the first, which alone sends log and checkpoints. Its failure ends the attempt."""
    folder = os.path.abspath(os.environ.get("LEEWAY_CHECKPOINT_DIR") or os.path.join(state, "checkpoints")) + "-rank-%d" % rank
    restored = restore(started.get("checkpoints") or [], base, token, folder, stop, reports=False)
    command, env = command_of(started, attempt_folder)
    env["LEEWAY_CHECKPOINT_DIR"] = folder
    env["LEEWAY_RESUME_FROM"] = os.path.join(folder, restored["name"]) if restored else ""
    if restored:
        add_last(restored, folder)
    if stop.is_set():
        raise Fenced()
    if terminated.is_set() or heart.asked.is_set():
        end, was_terminated = {"code": None, "signal": "SIGTERM", "ranOutOfMemory": False}, True
    else:
        pump = Pump(guard.log_out, tail)
        pump.start()
        guard.tell({"argv": command, "env": env, "folder": None})
        pid = (guard.word(60) or {}).get("pid")
        heart.session = pid
        end, was_terminated = wait_for_end(started, guard, pid, stop, heart, terminated)
        if pid:
            kill_group(pid, signal.SIGKILL)
        pump.join(10)
    if stop.is_set():
        raise Fenced()
    report_end(base, token, dict(end, wasTerminated=was_terminated, lastLines=tail.text()), stop, "/rank-end")
    if stop.is_set():
        raise Fenced()
    return code_of(end, was_terminated)


def wait_for_end(started, guard, pid, stop, heart, terminated):
    """Waits until the program has ended, and asks it to where that is wanted. Returns its end, and whether SIGTERM was forwarded."""
    asked_at, killed = None, False
    while True:
        word = guard.word(0.2)
        if word is not None and "code" in word:
            return word, asked_at is not None
        now = time.monotonic()
        if asked_at is None and (terminated.is_set() or heart.asked.is_set() or stop.is_set()):
            grace = float((heart.grace if heart.asked.is_set() else None) or started["graceSeconds"])
            asked_at = heart.terminated_at = now
            guard.tell("term")
            if pid:
                kill_group(pid, signal.SIGTERM)
        if asked_at is not None and not killed and now > asked_at + max(1.0, grace - 5):
            killed = True
            if pid:
                kill_group(pid, signal.SIGKILL)


# ---------------------------------------------------------------- results of steps, for programs


def cached(step, make, code=None, parameters=None, inputs=(), no_cache=None):
    """
    Returns a folder with what `make(folder)` writes, which is made once for equal contents: the code, the parameters, the digests of its
    inputs, and the installed packages. Another job that makes it now is waited for. A program calls it as
    `from leeway_run import cached`; without Leeway, `make` is called.

    code: files that the step is made of; the one that defines `make` when left out. inputs: digests, such as those of LEEWAY_DATASETS.
    no_cache: why it is made though it may be there.
    """
    folder = tempfile.mkdtemp(prefix="leeway-%s-" % re.sub(r"[^A-Za-z0-9]", "-", step)[:40])
    url, token = os.environ.get("MLFLOW_TRACKING_URI"), os.environ.get("MLFLOW_TRACKING_TOKEN")
    if not (url and token and os.environ.get("LEEWAY_JOB_ID")):
        make(folder)
        return folder
    base = url.rstrip("/") + "/api/v1/training/cache"
    files = [make.__code__.co_filename] if code is None else list(code)
    wanted = {
        "step": step,
        "code": {os.path.relpath(path): digest_of(path) for path in files},
        "parameters": dict(parameters or {}),
        "inputs": list(inputs),
        "environment": hashlib.sha256("\n".join([platform.python_version()] + packages()).encode("utf-8", "replace")).hexdigest(),
    }
    if no_cache:
        wanted["noCache"] = {"reason": no_cache}
    said = None
    while True:
        found = patiently(lambda: call(base + "/claim", token, wanted))
        if found["state"] == "running":
            if said != found["jobId"]:
                said = found["jobId"]
                say("%s is made by job %s now; waiting for it" % (step, said))
            time.sleep(WAIT_SECONDS)
        elif found["state"] == "make":
            make_result(base + "/" + found["key"], token, folder, make)
            return folder
        elif all(fetch_result(base + "/" + found["key"], token, folder, file) for file in found["files"]):
            say("%s is from job %s: %.0f s saved" % (step, found["jobId"], found["seconds"] or 0))
            return folder
        else:
            # It has gone since, or is damaged, and is made again.
            shutil.rmtree(folder)
            os.mkdir(folder)
            wanted["noCache"] = {"reason": "a file of it is missing or damaged"}


def make_result(base, token, folder, make):
    began = time.time()
    try:
        make(folder)
        seconds = time.time() - began
        files = []
        for parent, _, names in os.walk(folder):
            for name in names:
                path = os.path.join(parent, name)
                inside = os.path.relpath(path, folder).replace(os.sep, "/")
                files.append({"path": inside, "sizeBytes": os.path.getsize(path), "sha256": digest_of(path)})
        for file in files:
            patiently(lambda: send_result(base, token, folder, file))
        patiently(lambda: call(base + "/done", token, {"files": sorted(files, key=lambda file: file["path"]), "seconds": seconds}))
    except (Refused, Away) as error:
        # The result is there; that nobody else can use it is no reason to fail.
        say("the result of this step is not kept (%s)" % error)
    except BaseException:
        try:
            call(base + "/failed", token, {})
        except (Fenced, Refused, Away):
            pass
        raise


def send_result(base, token, folder, file):
    with open(below(folder, file["path"]), "rb") as body:
        headers = {"Content-Type": "application/octet-stream", "Content-Length": str(file["sizeBytes"])}
        call(base + "/files/" + file["sha256"], token, method="PUT", data=body, headers=headers, seconds=UPLOAD_SECONDS)


def fetch_result(base, token, folder, file):
    """Downloads a file of a result. Returns whether it has its digest: it may have been removed meanwhile."""
    target = below(folder, file["path"])
    os.makedirs(os.path.dirname(target), exist_ok=True)

    def save(answer):
        with open(target, "wb") as out:
            shutil.copyfileobj(answer, out, BLOCK)
        return digest_of(target) == file["sha256"]

    try:
        return patiently(lambda: call(base + "/files/" + file["sha256"], token, method="GET", seconds=UPLOAD_SECONDS, sink=save))
    except Refused:
        return False


def patiently(work):
    """Calls until Leeway answers, for some minutes."""
    backoff = Backoff()
    while True:
        try:
            return work()
        except Away:
            if backoff.failures > 40:
                raise
            time.sleep(backoff.seconds())


if __name__ == "__main__":
    main()
