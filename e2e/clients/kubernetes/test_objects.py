"""What Leeway creates on a cluster, strictly against the schemas of Kubernetes and the models of Kubeflow: no unknown field, no wrong type.

It is not tried on a cluster: no registry of packages has one. Rules across fields are not in the schemas.
"""

import json
import subprocess
from pathlib import Path

import kubernetes_validate
import pytest
from kubeflow_trainer_api.models import TrainerV1alpha1TrainJob
from pydantic import ValidationError

ROOT = Path(__file__).parents[3]
# The oldest that is still supported by its makers, and the newest that the package knows.
VERSIONS = ["1.34", "1.37"]


@pytest.fixture(scope="module")
def everything() -> list[dict]:
    """One for each kind of job, what comes with it, and TrainJobs."""
    program = subprocess.run(
        ["node", "e2e/clients/kubernetes/objects.ts"], cwd=ROOT, check=True, capture_output=True, text=True
    )
    return [json.loads(line) for line in program.stdout.splitlines()]


@pytest.fixture(scope="module")
def objects(everything) -> list[dict]:
    """Those that Kubernetes has schemas for."""
    return [one for one in everything if one["kind"] != "TrainJob"]


@pytest.fixture(scope="module")
def train_jobs(everything) -> list[dict]:
    """Those that Kubeflow has models for."""
    return [one for one in everything if one["kind"] == "TrainJob"]


@pytest.mark.parametrize("version", VERSIONS)
def test_every_object_is_valid(objects, version):
    assert [one["kind"] for one in objects] == ["Job"] * 6 + ["Secret", "Service", "Service", "ConfigMap"]
    for one in objects:
        assert kubernetes_validate.validate(one, version, strict=True) == version


@pytest.mark.parametrize("version", VERSIONS)
def test_a_wrong_object_is_found(objects, version):
    wrong = json.loads(json.dumps(objects[0]))
    wrong["spec"]["template"]["spec"]["containers"][0]["comand"] = ["python3"]
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(wrong, version, strict=True)


def test_fields_of_a_job_are_beside_those_of_leeway(objects):
    pod = objects[5]["spec"]["template"]["spec"]
    assert pod["tolerations"][0]["key"] == "spot"
    assert [volume["name"] for volume in pod["volumes"]] == ["leeway", "work", "data"]
    [container] = pod["containers"]
    assert container["securityContext"] == {"runAsNonRoot": True}
    assert [one["name"] for one in container["env"]][-1] == "HOME"
    assert container["command"] == ["python3", "/leeway/leeway_run.py"]
    assert objects[2]["spec"]["suspend"] is True
    assert objects[2]["metadata"]["labels"]["kueue.x-k8s.io/queue-name"] == "team-a"


def test_several_machines_follow_the_rules_across_fields(objects):
    """Those of the API server's own checks, which are not in the schemas."""
    job, service = objects[4], objects[7]
    spec, pod = job["spec"], job["spec"]["template"]["spec"]
    # completions is required, and no index may be beyond it; successPolicy needs Indexed.
    assert (spec["completionMode"], spec["completions"], spec["parallelism"]) == ("Indexed", 4, 4)
    assert spec["successPolicy"] == {"rules": [{"succeededIndexes": "0"}]}
    # Neither may go with the limit of the whole Job, and a policy on failed pods needs both of the others.
    assert not {"backoffLimitPerIndex", "maxFailedIndexes", "podFailurePolicy"} & set(spec)
    assert (spec["backoffLimit"], spec["podReplacementPolicy"], pod["restartPolicy"]) == (0, "Failed", "Never")
    # Name and index are one host name; names of Services begin with a letter.
    assert len(f"{job['metadata']['name']}-999") <= 63
    assert service["metadata"]["name"][0].isalpha()
    assert pod["subdomain"] == service["metadata"]["name"]
    assert service["spec"]["selector"].items() <= job["spec"]["template"]["metadata"]["labels"].items()
    assert service["spec"]["clusterIP"] == "None"


def known(train_job: dict) -> dict:
    """What Kubeflow's models keep of a TrainJob: they leave out fields that they do not know."""
    return TrainerV1alpha1TrainJob.from_dict(train_job).to_dict()


def test_every_train_job_is_known_to_kubeflow(train_jobs):
    assert len(train_jobs) == 3
    for one in train_jobs:
        assert known(one) == one


def test_a_wrong_train_job_is_found(train_jobs):
    wrong = json.loads(json.dumps(train_jobs[0]))
    [patch] = wrong["spec"]["runtimePatches"]
    [job] = patch["trainingRuntimeSpec"]["template"]["spec"]["replicatedJobs"]
    job["template"]["spec"]["template"]["spec"]["hostNetwork"] = True
    assert known(wrong) != wrong
    wrong["spec"]["trainer"]["numNodes"] = "2"
    with pytest.raises(ValidationError):
        known(wrong)


def test_a_train_job_follows_the_rules_across_fields(train_jobs):
    """Those of Trainer's and JobSet's own checks, which are in no model."""
    for one in train_jobs:
        spec = one["spec"]
        [patch] = spec["runtimePatches"]
        [job] = patch["trainingRuntimeSpec"]["template"]["spec"]["replicatedJobs"]
        [container] = job["template"]["spec"]["template"]["spec"]["containers"]
        # Variables of this container may only be set by the TrainJob itself, and not those of torchrun.
        assert container["name"] == "node" and "env" not in container
        assert not any(variable["name"].startswith("PET_") for variable in spec["trainer"]["env"])
        assert patch["manager"].count("/") == 1
        assert len(f"{one['metadata']['name']}-node-0-999-abcde") <= 63
    assert train_jobs[1]["spec"]["suspend"] is True
    [patch] = train_jobs[2]["spec"]["runtimePatches"]
    assert "tolerations" in json.dumps(patch)
