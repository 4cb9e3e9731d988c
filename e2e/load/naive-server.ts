/** Reference server: the binding used as in its examples, on the thread that handles requests. Arguments: port, path of the model. */
import { createServer } from "node:http";
import ort from "onnxruntime-node";

const [port, path] = process.argv.slice(2);
const session = await ort.InferenceSession.create(path ?? "", { intraOpNumThreads: 1, interOpNumThreads: 1 });

// As the gateway measures itself: how late a timer fires.
const everyMs = 20;
let dueAt = performance.now() + everyMs;
let delaysMs: number[] = [];
setInterval(() => {
  delaysMs.push(Math.max(0, performance.now() - dueAt));
  dueAt = performance.now() + everyMs;
}, everyMs);

createServer(async (request, response) => {
  if (request.url === "/delays") {
    response.end(JSON.stringify(delaysMs));
    delaysMs = [];
    return;
  }
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const { inputs } = JSON.parse(Buffer.concat(chunks).toString()) as { inputs: { shape: number[]; data: number[] }[] };
  const x = new ort.Tensor("float32", Float32Array.from(inputs[0]?.data ?? []), inputs[0]?.shape);
  const { y } = await session.run({ x });
  response.setHeader("content-type", "application/json");
  response.end(JSON.stringify({ outputs: [{ name: "y", shape: y?.dims, data: Array.from(y?.data as Float32Array) }] }));
}).listen(Number(port), "127.0.0.1");
