"""The search of runs, by the unmodified MLflow client."""

import math

import mlflow
from conftest import refused


def test_search_finds_orders_and_pages_runs(client, experiment):
    for index in range(7):
        run = client.create_run(experiment, run_name=f"r{index}")
        client.log_metric(run.info.run_id, "acc", math.nan if index == 6 else index / 10)
        client.log_param(run.info.run_id, "lr", str(index % 2))
        client.set_tag(run.info.run_id, "k", "odd" if index % 2 else "even")
        if index < 3:
            client.set_terminated(run.info.run_id)

    def names(filter_string: str = "", order_by=("metrics.acc DESC",), **options) -> list[str]:
        return [
            run.info.run_name for run in client.search_runs([experiment], filter_string, order_by=order_by, **options)
        ]

    assert names() == ["r5", "r4", "r3", "r2", "r1", "r0", "r6"]
    assert names("metrics.acc > 0.2 and params.lr = '1'") == ["r5", "r3"]
    assert names("tags.k ILIKE 'EV%' AND attributes.status = 'FINISHED'") == ["r2", "r0"]
    assert names("attributes.run_name LIKE 'r%' AND run_name != 'r1' AND metrics.acc <= 0.1") == ["r0"]
    assert names("params.nothing IS NULL AND start_time > 0") == names()
    # Leeway's own: alternatives, negation, lists.
    assert names("(metrics.acc = 0.5 OR run_name IN ('r0', 'r1')) AND NOT tags.k = 'odd'") == ["r0"]
    with refused("INVALID_PARAMETER_VALUE"):
        names("metrics.acc >")

    pages, token = [], None
    while True:
        page = client.search_runs([experiment], max_results=3, order_by=["metrics.acc"], page_token=token)
        pages.append([run.info.run_name for run in page])
        token = page.token
        if not token:
            break
    assert pages == [["r0", "r1", "r2"], ["r3", "r4", "r5"], ["r6"]]
    frame = mlflow.search_runs([experiment], "metrics.acc >= 0.4", order_by=["metrics.acc"])
    assert list(frame["tags.mlflow.runName"]) == ["r4", "r5"]
