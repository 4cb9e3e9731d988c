"""Who may call the MLflow interface, and calls that it does not know."""

import requests


def test_a_stranger_is_told_to_sign_in(leeway):
    answer = leeway.mlflow("POST", "/api/2.0/mlflow/experiments/search", json={}, headers={"Authorization": "Bearer x"})
    assert (answer.status_code, answer.json()["error_code"]) == (401, "UNAUTHENTICATED")
    assert answer.headers["WWW-Authenticate"].startswith("Basic")


def test_a_token_works_as_a_password_too(leeway):
    answer = leeway.mlflow("POST", "/api/2.0/mlflow/experiments/search", json={}, headers={"Authorization": ""})
    assert answer.status_code == 401
    basic = requests.post(
        f"{leeway.url}/api/2.0/mlflow/experiments/search", json={}, auth=("anyone", leeway.token), timeout=30
    )
    assert basic.status_code == 200


def test_unknown_calls_let_the_client_go_another_way(leeway):
    answer = leeway.mlflow("GET", "/api/2.0/mlflow/gateway-proxy")
    assert answer.status_code == 404
    assert not answer.headers["Content-Type"].startswith("application/json")
