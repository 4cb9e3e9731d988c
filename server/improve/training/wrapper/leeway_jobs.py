"""Submits training jobs to Leeway from Python, a notebook or a pipeline. Needs Python 3.8 or newer and nothing else.

    from leeway_jobs import submit, wait
    job = submit("digits", ["python3", "train.py"], engine="ray-west", folder=".", parameters={"lr": 0.1})
    print(wait(job)["state"])

Environment: MLFLOW_TRACKING_URI and MLFLOW_TRACKING_TOKEN, the same as for MLflow's client; the token needs the scope `training`.
"""

import hashlib
import io
import json
import os
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid
import zipfile

TRIES = 5
ENDED = ("finished", "failed", "stopped", "lost")


class LeewayError(Exception):
    """What Leeway refused, in its words."""

    def __init__(self, status, message):
        super().__init__(message)
        self.status = status


def submit(name, command=None, template=None, engine=None, folder=None, parameters=None, experiment=None, priority=None, **spec):
    """
    Submits a job, and returns it as `GET /training/jobs/{job}` describes it. Repeated calls of one process make one job each; a call that is
    repeated because the network failed makes one job.

    command: program and arguments, without a shell; or `template`, the name of one. folder: files that the command needs, stored once for equal
    contents; names that begin with a dot and __pycache__ are left out. spec: further fields of the specification, such as resources, limits,
    datasets, seed. Raises LeewayError with what Leeway refuses.
    """
    body = {"name": name, "template": template, "engine": engine, "experiment": experiment, "priority": priority}
    body = {key: value for key, value in body.items() if value is not None}
    if template is not None:
        if spec or folder is not None or command is not None:
            raise ValueError("A template says what runs: give it parameters only.")
        body["parameters"] = parameters or {}
    else:
        if not command:
            raise ValueError("Give a command, or a template.")
        body["spec"] = dict(spec, command=list(command), parameters=parameters or {})
        if folder is not None:
            body["spec"]["packageKey"] = _send(_pack(folder))
    return _call("POST", "training/jobs", json.dumps(body).encode(), {"Idempotency-Key": str(uuid.uuid4())})


def wait(job, seconds=None, every=5.0):
    """Waits until a job has ended, and returns it. `job`: what `submit` returned, or an id. Raises TimeoutError after `seconds`."""
    path = "training/jobs/" + urllib.parse.quote(job if isinstance(job, str) else job["id"], safe="")
    until = None if seconds is None else time.monotonic() + seconds
    while True:
        found = _call("GET", path)
        if found["state"] in ENDED:
            return found
        if until is not None and time.monotonic() > until:
            raise TimeoutError("The job %s is %s after %s s." % (found["id"], found["state"], seconds))
        time.sleep(every)


def stop(job, reason=""):
    """Asks a job to stop; its program gets the time to save."""
    path = "training/jobs/%s/stop" % urllib.parse.quote(job if isinstance(job, str) else job["id"], safe="")
    return _call("POST", path, json.dumps({"reason": reason}).encode())


def _pack(folder):
    """A zip of a folder that is the same for the same contents."""
    files = []
    for parent, folders, names in os.walk(folder):
        folders[:] = [each for each in folders if not each.startswith(".") and each != "__pycache__"]
        files += [os.path.join(parent, each) for each in names if not each.startswith(".")]
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as target:
        for path in sorted(files):
            entry = zipfile.ZipInfo(os.path.relpath(path, folder).replace(os.sep, "/"))
            entry.compress_type = zipfile.ZIP_DEFLATED
            # Not what this user may: the same contents are the same package for everybody.
            entry.create_system = 3
            entry.external_attr = (0o100755 if os.stat(path).st_mode & 0o111 else 0o100644) << 16
            with open(path, "rb") as file:
                target.writestr(entry, file.read())
    return packed.getvalue()


def _send(package):
    digest = hashlib.sha256(package).hexdigest()
    _call("PUT", "training/packages/" + digest, package, {"Content-Type": "application/octet-stream"})
    return digest


def _call(method, path, data=None, headers=None):
    """Calls Leeway; tries again while it does not answer, since it may be restarting."""
    base = os.environ["MLFLOW_TRACKING_URI"].rstrip("/")
    headers = dict({"Content-Type": "application/json"} if data is not None else {}, **(headers or {}))
    headers["Authorization"] = "Bearer " + os.environ["MLFLOW_TRACKING_TOKEN"]
    for attempt in range(TRIES):
        try:
            request = urllib.request.Request(base + "/api/v1/" + path, data, headers, method=method)
            with urllib.request.urlopen(request, timeout=120) as answer:
                text = answer.read()
                return json.loads(text) if text else {}
        except urllib.error.HTTPError as error:
            text = error.read(10**5).decode("utf-8", "replace")
            if error.code < 500 and error.code != 429 or attempt == TRIES - 1:
                raise LeewayError(error.code, _message_of(text)) from None
        except OSError:
            if attempt == TRIES - 1:
                raise
        time.sleep(0.5 * 2**attempt)


def _message_of(text):
    try:
        found = json.loads(text)
        return str(found.get("message") or found.get("error", {}).get("message") or text)
    except (ValueError, AttributeError):
        return text
