/** Runs one multiplication on the provider named by the first argument and reports to the parent process whether it worked. */
import ort from "onnxruntime-node";

/** ONNX file of y = a × b on float32 [2]: the smallest model that uses a GPU. */
const model = Buffer.from(
  "CAg6RgoOCgFhCgFiEgF5IgNNdWwSAWdaDwoBYRIKCggIARIECgIIAloPCgFiEgoKCAgBEgQKAggCYg8KAXkSCgoICAESBAoCCAJCBAoAEA0=",
  "base64",
);

async function multiply(): Promise<string | undefined> {
  const session = await ort.InferenceSession.create(model, {
    executionProviders: [process.argv[2] ?? "cpu"],
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    logSeverityLevel: 4,
  });
  const tensor = (values: number[]) => new ort.Tensor("float32", Float32Array.from(values), [2]);
  const { y } = await session.run({ a: tensor([2, 3]), b: tensor([5, 7]) });
  await session.release();
  const result = [...((y?.data ?? []) as Float32Array)];
  return result[0] === 10 && result[1] === 21
    ? undefined
    : `It returned wrong results: 2×5 and 3×7 were ${result.join(" and ")}.`;
}

const error = await multiply().catch((cause: unknown) => (cause instanceof Error ? cause.message : String(cause)));
process.send?.({ error });
process.disconnect?.();
