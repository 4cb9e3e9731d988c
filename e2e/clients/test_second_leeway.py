"""One Leeway sends its webhook to another: an alert fires here and there, and ends here and there."""

import os
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import uuid4

import pytest
import requests


@dataclass(frozen=True)
class Workspace:
    """A workspace with nothing in it, and a token that opens it and no other."""

    url: str
    token: str

    def call(self, method: str, path: str, body: object = None) -> requests.Response:
        """Ask it; a refusal fails the test with its text."""
        headers = {"Authorization": f"Bearer {self.token}"}
        answer = requests.request(method, f"{self.url}/{path}", headers=headers, json=body, timeout=60)
        assert answer.ok, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer

    def tell(self, labels: dict[str, str], **alert) -> None:
        """Post an alert as Prometheus does."""
        self.call("POST", "api/v2/alerts", [{"labels": labels} | alert])

    def firing(self) -> list[dict]:
        """What fires, as amtool lists it."""
        return self.call("GET", "api/v2/alerts").json()


@pytest.fixture
def new_workspace(leeway):
    """Makes workspaces."""

    def make(scopes: list[str]) -> Workspace:
        slug = f"two-{uuid4().hex[:8]}"
        leeway.post("workspaces", {"slug": slug, "name": slug})
        answer = requests.post(
            f"{leeway.url}/w/{slug}/api/v1/tokens",
            auth=(os.environ["LEEWAY_EMAIL"], os.environ["LEEWAY_PASSWORD"]),
            json={"name": "two", "scopes": scopes},
            timeout=60,
        )
        assert answer.status_code == 201, answer.text
        return Workspace(leeway.url, answer.json()["secret"])

    return make


def wait_for(question, what: str, seconds: float = 60):
    """Asks until the answer is something. Returns it."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if answer := question():
            return answer
        time.sleep(0.2)
    raise AssertionError(f"{what} did not come within {seconds:.0f} s.")


def test_what_fires_in_one_leeway_fires_and_ends_in_another(new_workspace):
    scopes = ["alerts", "alerts:read"]
    sender, receiver = new_workspace(scopes), new_workspace(scopes)
    hook = {
        "kind": "webhook",
        "url": f"{receiver.url}/api/v1/webhooks/alertmanager",
        "authorization": "bearer",
    }
    channels = [{"settings": hook, "secret": receiver.token}]
    made = sender.call("POST", "api/v1/receivers", {"name": "on-call", "channels": channels}).json()
    assert receiver.token not in str(made)
    root = {"receiver": "on-call", "groupBy": ["alertname"], "groupWaitSeconds": 0, "groupIntervalSeconds": 1}
    sender.call("PUT", "api/v1/alert-routing", {"routing": {"root": root}, "reason": "All goes to the other one"})

    labels = {"alertname": "Elsewhere", "severity": "page", "service": "card-fraud", "region": "north"}
    sender.tell(labels, annotations={"summary": "card-fraud is down"}, generatorURL="http://there/graph")
    [told] = sender.firing()
    [seen] = wait_for(receiver.firing, "The alert at the other Leeway")
    assert (seen["labels"], seen["annotations"]) == (labels, {"summary": "card-fraud is down"})
    assert seen["fingerprint"] == told["fingerprint"]
    assert seen["startsAt"] == told["startsAt"]
    assert seen["generatorURL"] == "http://there/graph"
    # There it is an alert like any other, on its way to whoever is on call.
    [group] = receiver.call("GET", "api/v1/alert-groups").json()["groups"]
    assert (group["receiver"], group["state"]) == ("on-call", "firing")

    sender.tell(labels, startsAt=told["startsAt"], endsAt=datetime.now(UTC).isoformat())
    wait_for(lambda: receiver.firing() == [], "The end at the other Leeway")
    log = wait_for(lambda: delivered(sender), "The receipt")
    assert [one["attempts"][-1]["status"] for one in log] == [200, 200]


def delivered(sender: Workspace) -> list[dict]:
    """What the sender told, once both messages have arrived."""
    log = sender.call("GET", "api/v1/notifications").json()["notifications"]
    told = [one for one in log if one["kind"] == "group"]
    return told if len(told) == 2 and all(one["state"] == "delivered" for one in told) else []


def test_the_other_leeway_refuses_a_token_without_the_scope_which_is_told(new_workspace):
    sender, receiver = new_workspace(["alerts"]), new_workspace(["alerts:read"])
    hook = {
        "kind": "webhook",
        "url": f"{receiver.url}/api/v1/webhooks/alertmanager",
        "authorization": "bearer",
    }
    channels = [{"settings": hook, "secret": receiver.token}]
    made = sender.call("POST", "api/v1/receivers", {"name": "on-call", "channels": channels}).json()
    tried = sender.call("POST", f"api/v1/channels/{made['channels'][0]['id']}/tests").json()
    assert (tried["isDelivered"], tried["status"]) == (False, 403)
    assert receiver.firing() == []
