"""The usual home-made server: FastAPI, pydantic and ONNX Runtime. The path of the model stands in MODEL."""

import os

import numpy as np
import onnxruntime
from fastapi import FastAPI
from pydantic import BaseModel

options = onnxruntime.SessionOptions()
options.intra_op_num_threads = 1
session = onnxruntime.InferenceSession(os.environ["MODEL"], options, providers=["CPUExecutionProvider"])
names = [output.name for output in session.get_outputs()]
app = FastAPI()


class Tensor(BaseModel):
    """One input."""

    name: str
    shape: list[int]
    datatype: str
    data: list[float]


class InferRequest(BaseModel):
    """What the Open Inference Protocol sends."""

    inputs: list[Tensor]


@app.get("/ready")
async def ready() -> dict:
    """Tell that it answers."""
    return {"ready": True}


# On the loop itself: for a small model, the thread that "def" would take costs more than the run.
@app.post("/infer")
async def infer(request: InferRequest) -> dict:
    """Run the model."""
    feeds = {one.name: np.array(one.data, dtype=np.float32).reshape(one.shape) for one in request.inputs}
    results = zip(names, session.run(None, feeds), strict=True)
    outputs = [
        {"name": name, "datatype": "FP32", "shape": list(result.shape), "data": result.flatten().tolist()}
        for name, result in results
    ]
    return {"model_name": "tiny", "model_version": "1", "outputs": outputs}
