"""LEEWAY_URL and LEEWAY_TOKEN say which Leeway."""

import os

import pytest
from label_studio_sdk import LabelStudio


@pytest.fixture(scope="session")
def base_url() -> str:
    return f"{os.environ['LEEWAY_URL']}/label-studio"


@pytest.fixture(scope="session")
def ls(base_url) -> LabelStudio:
    return LabelStudio(base_url=base_url, api_key=os.environ["LEEWAY_TOKEN"])
