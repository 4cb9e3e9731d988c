"""A real Prometheus tells Leeway what fires, amtool sees and silences it, and a real Alertmanager sends its webhook."""

import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from uuid import uuid4

import pytest
import requests
from prometheus_programs import Amtool, free_port, program, running, wait_for


class Target:
    """Something that Prometheus scrapes, and that can break."""

    def __init__(self):
        self.broken = 1
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                self.send_response(200)
                self.send_header("Content-Type", "text/plain; version=0.0.4")
                self.end_headers()
                self.wfile.write(f"demo_broken {outer.broken}\n".encode())

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def target():
    """A target that is broken from the start."""
    one = Target()
    yield one
    one.server.shutdown()


@pytest.fixture
def alertname() -> str:
    """A name that no other test's alerts have."""
    return f"DemoBroken{uuid4().hex[:8]}"


@pytest.fixture
def amtool(leeway, tmp_path) -> Amtool:
    """amtool as a user points it at Leeway."""
    return Amtool(f"{leeway.url}/alertmanager", tmp_path, leeway.token)


@contextmanager
def prometheus(leeway, target: Target, alertname: str, folder):
    """Prometheus with a target, a rule, and Leeway as its Alertmanager."""
    rule = {
        "alert": alertname,
        "expr": "demo_broken == 1",
        "labels": {"severity": "ticket", "service": "demo"},
        "annotations": {"summary": "{{ $labels.instance }} is broken"},
    }
    (folder / "rules.yml").write_text(json.dumps({"groups": [{"name": "demo", "rules": [rule]}]}))
    config = {
        "global": {"scrape_interval": "1s", "evaluation_interval": "1s"},
        "rule_files": [str(folder / "rules.yml")],
        "scrape_configs": [{"job_name": "demo", "static_configs": [{"targets": [target.address]}]}],
        "alerting": {
            "alertmanagers": [
                {
                    "path_prefix": "/alertmanager",
                    "authorization": {"credentials": leeway.token},
                    "static_configs": [{"targets": [leeway.url.removeprefix("http://")]}],
                }
            ]
        },
    }
    # JSON is YAML.
    (folder / "prometheus.yml").write_text(json.dumps(config))
    with running(
        program("prometheus"),
        f"--config.file={folder / 'prometheus.yml'}",
        f"--storage.tsdb.path={folder / 'tsdb'}",
        f"--web.listen-address=127.0.0.1:{free_port()}",
        "--rules.alert.resend-delay=1s",
        log=folder / "prometheus.log",
    ) as process:
        yield process


def test_what_prometheus_tells_is_seen_silenced_and_resolved(leeway, amtool, target, alertname, tmp_path):
    with prometheus(leeway, target, alertname, tmp_path):
        [alert] = wait_for(lambda: amtool.alerts(alertname), "the alert of Prometheus")
        assert alert["labels"] == {
            "alertname": alertname,
            "instance": target.address,
            "job": "demo",
            "service": "demo",
            "severity": "ticket",
        }
        assert alert["annotations"]["summary"] == f"{target.address} is broken"
        assert alert["receivers"] == [{"name": "tickets"}]
        assert (alert["status"]["state"], alert["status"]["silencedBy"]) == ("active", [])
        assert "demo_broken" in requests.utils.unquote(alert["generatorURL"])

        silence = amtool("silence", "add", alertname, "--duration=1h", "--author=Ana", "--comment=We know")
        # amtool leaves out what is silenced unless it is asked for.
        assert amtool.alerts(alertname) == []
        [muted] = amtool.alerts("--silenced", alertname)
        assert (muted["status"]["state"], muted["status"]["silencedBy"]) == ("suppressed", [silence])
        [listed] = amtool.silences(f"alertname={alertname}")
        assert (listed["id"], listed["createdBy"], listed["comment"]) == (silence, "Ana", "We know")
        assert listed["status"]["state"] == "active"

        amtool("silence", "expire", silence)
        assert [one["fingerprint"] for one in amtool.alerts(alertname)] == [alert["fingerprint"]]
        assert amtool.silences(f"alertname={alertname}") == []
        assert [one["id"] for one in amtool.silences("--expired", f"alertname={alertname}")] == [silence]

        target.broken = 0
        wait_for(lambda: amtool.alerts(alertname) == [], "the end of the alert")


def test_amtool_adds_alerts_finds_them_by_matchers_and_shows_the_configuration(leeway, amtool, alertname):
    for region in ("north", "south"):
        amtool("alert", "add", alertname, "severity=critical", f"region={region}", "--annotation=summary=Down")
    assert {one["labels"]["region"] for one in amtool.alerts(alertname)} == {"north", "south"}
    assert [one["labels"]["region"] for one in amtool.alerts(alertname, "region=~n.*")] == ["north"]
    assert [one["receivers"] for one in amtool.alerts(alertname, "region!=north")] == [[{"name": "on-call"}]]
    config = amtool("config", "show")
    assert "receiver: on-call" in config and "receiver: tickets" in config
    assert "on-call" in amtool("config", "routes", "test", "severity=page")
    assert "tickets" in amtool("config", "routes", "test", "severity=whatever")


def test_amtool_changes_a_silence(amtool, alertname):
    silence = amtool("silence", "add", f"alertname={alertname}", "--duration=1h", "--author=Ana", "--comment=First")
    of_alert = f"alertname={alertname}"
    [before] = amtool.silences(of_alert)
    amtool("silence", "update", silence, "--duration=2h", "--comment=Longer")
    [after] = amtool.silences(of_alert)
    assert after["comment"] == "Longer"
    assert after["id"] == silence
    assert after["endsAt"] > before["endsAt"]
    amtool("silence", "expire", after["id"])


def test_strangers_and_tokens_without_the_scope_are_refused(leeway, tmp_path, alertname):
    url = f"{leeway.url}/api/v2"
    stranger = requests.get(f"{url}/alerts", timeout=30)
    assert stranger.status_code == 401
    assert isinstance(stranger.json(), str)
    token = leeway.post("tokens", {"name": f"reader {uuid4().hex[:8]}", "scopes": ["alerts:read"]})["secret"]
    reader = Amtool(f"{leeway.url}/alertmanager", tmp_path, token)
    assert reader.alerts(alertname) == []
    assert "403" in reader.refuses("silence", "add", alertname, "--author=Ana", "--comment=No")
    # A token is a password, too, with any name.
    assert requests.get(f"{url}/alerts", auth=("anyone", token), timeout=30).ok


def test_an_alertmanager_sends_its_webhook(leeway, amtool, alertname, tmp_path):
    port, folder = free_port(), tmp_path / "alertmanager"
    folder.mkdir()
    hook = {
        "url": f"{leeway.url}/api/v1/webhooks/alertmanager",
        "send_resolved": True,
        "http_config": {"authorization": {"credentials": leeway.token}},
    }
    config = {
        "route": {"receiver": "leeway", "group_wait": "1s", "group_interval": "1s", "group_by": ["alertname"]},
        "receivers": [{"name": "leeway", "webhook_configs": [hook]}],
    }
    (folder / "alertmanager.yml").write_text(json.dumps(config))
    with running(
        program("prometheus-alertmanager"),
        f"--config.file={folder / 'alertmanager.yml'}",
        f"--storage.path={folder / 'data'}",
        f"--web.listen-address=127.0.0.1:{port}",
        "--cluster.listen-address=",
        log=folder / "alertmanager.log",
    ):
        url = f"http://127.0.0.1:{port}"
        wait_for(lambda: is_ready(url), "the Alertmanager")
        other = Amtool(url, folder)
        other("alert", "add", alertname, "severity=ticket", "--annotation=summary=Elsewhere")
        [told] = wait_for(lambda: amtool.alerts(alertname), "the alert by webhook")
        assert told["annotations"] == {"summary": "Elsewhere"}
        [there] = other.alerts(alertname)
        assert told["fingerprint"] == there["fingerprint"]
        other("alert", "add", alertname, "severity=ticket", f"--end={there['startsAt']}")
        wait_for(lambda: amtool.alerts(alertname) == [], "the end by webhook")


def is_ready(url: str) -> bool:
    """Whether an Alertmanager answers."""
    try:
        return requests.get(f"{url}/-/ready", timeout=2).ok
    except requests.ConnectionError:
        return False
