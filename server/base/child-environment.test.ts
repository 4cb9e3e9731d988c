import { expect, test } from "vitest";
import { childEnvironment } from "./child-environment.ts";

test("passes what libraries and the GPU need, and no secret, and disables ONNX Runtime's telemetry", () => {
  const needed = {
    PATH: "/bin",
    TZ: "UTC",
    LC_ALL: "C",
    CUDA_VISIBLE_DEVICES: "0",
    LD_LIBRARY_PATH: "/opt/cuda/lib64",
  };
  const secret = {
    DATABASE_URL: "postgres://",
    AUTH_SECRET: "s",
    AWS_SECRET_ACCESS_KEY: "s",
    NODE_OPTIONS: "--inspect",
  };
  expect(childEnvironment({ ...needed, ...secret } as unknown as NodeJS.ProcessEnv)).toEqual({
    ...needed,
    ORT_DISABLE_TELEMETRY: "1",
  });
});
