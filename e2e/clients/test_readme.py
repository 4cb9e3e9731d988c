"""The first model as the README tells it: its blocks of code are run as they stand there, one after the other."""

import re
import subprocess
import time
from pathlib import Path
from uuid import uuid4

import numpy as np

README = (Path(__file__).parents[2] / "README.md").read_text()


def blocks(heading: str, language: str) -> list[str]:
    """The blocks of code in one language below a heading."""
    section = README.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    return re.findall(rf"```{language}\n(.*?)```", section, re.DOTALL)


def await_opened(leeway, name: str) -> None:
    """Wait until the worker has opened the model file."""
    deadline = time.monotonic() + 60
    while leeway.get(f"models/{name}/versions/1")["inspection"] == "pending":
        assert time.monotonic() < deadline, "The version was not opened within a minute."
        time.sleep(0.2)


def placed(code: str, leeway, name: str) -> str:
    """A block with this Leeway's addresses, and a name that no other test has."""
    code = code.replace('"digits"', f'"{name}"').replace("endpoints/digits/", f"endpoints/{name}/")
    gateway = leeway.gateway.removeprefix("http://")
    return code.replace("http://localhost:3000", leeway.url).replace("localhost:8080", gateway)


def test_the_first_model_of_the_readme_is_trained_deployed_and_called(leeway, monkeypatch, capsys):
    name = f"readme-{uuid4().hex[:8]}"
    monkeypatch.setenv("MLFLOW_TRACKING_TOKEN", leeway.token)
    (train,) = blocks("Connect Python", "python")
    (deploy,) = blocks("Deploy the first model", "sh")
    call = blocks("Deploy the first model", "python")[0]

    exec(placed(train, leeway, name), {})
    await_opened(leeway, name)
    answer = subprocess.run(
        ["sh", "-ec", placed(deploy, leeway, name)], capture_output=True, text=True, timeout=60, check=True
    )
    assert '"reason":"first release"' in answer.stdout, answer.stdout
    leeway.await_serving(name)
    capsys.readouterr()
    scope = {}
    exec(placed(call, leeway, name), scope)
    assert "[[" in capsys.readouterr().out
    assert np.isclose(scope["response"].as_numpy("probabilities").sum(), 1, atol=1e-5)
