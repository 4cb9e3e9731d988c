"""/metrics as Prometheus' own client library reads it, in both of its formats."""

import os

import pytest
import requests
from prometheus_client.openmetrics.parser import text_string_to_metric_families as parse_openmetrics
from prometheus_client.parser import text_string_to_metric_families as parse_text

OPENMETRICS = "application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.3"


@pytest.mark.parametrize("variable", ["LEEWAY_URL", "LEEWAY_GATEWAY_URL"])
def test_both_formats_tell_the_same_families(leeway, variable):
    """What is not as a format wants it, its parser refuses."""
    url = f"{os.environ[variable]}/metrics"
    requests.get(url, timeout=30)
    text = requests.get(url, timeout=30)
    assert text.headers["content-type"].startswith("text/plain; version=0.0.4")
    open_text = requests.get(url, headers={"Accept": OPENMETRICS}, timeout=30)
    assert open_text.headers["content-type"].startswith("application/openmetrics-text; version=1.0.0")
    families = {family.name: family for family in parse_openmetrics(open_text.text)}
    assert set(families) >= {family.name for family in parse_text(text.text)}
    served = families["leeway_http_request_duration_seconds"]
    assert served.type == "histogram"
    assert any(sample.name.endswith("_count") and sample.value >= 1 for sample in served.samples)
    assert families["process_cpu_seconds"].type == "counter"
