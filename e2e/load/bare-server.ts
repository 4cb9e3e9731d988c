/** Reference server: a Fastify handler that parses the request and returns JSON of the same shape, without a model. Argument: port. */
import Fastify from "fastify";

interface Infer {
  inputs: { name: string; shape: number[]; datatype: string; data: number[] }[];
}

const app = Fastify({ logger: false });
app.get("/", () => ({ ready: true }));
app.post("/infer", async (request) => {
  const { inputs } = request.body as Infer;
  const [x] = inputs;
  const data = x?.data.slice(0, 3) ?? [];
  return {
    model_name: "tiny",
    model_version: "1",
    parameters: { request_id: "none", provider: "cpu" },
    outputs: [{ name: "y", datatype: "FP32", shape: [1, 3], data }],
  };
});
await app.listen({ port: Number(process.argv[2]), host: "127.0.0.1" });
