import { expect, test } from "vitest";
import { mergeEnvironments, parseEnvironment } from "./parse-environment.ts";

test("parses requirements into packages with versions, and skips comments, options and markers", () => {
  const text = [
    "# made by hand",
    "mlflow==2.22.0",
    "Torch_Vision == 0.19.1+cu121  # the GPU build",
    "numpy>=1.26,<3",
    'scipy==1.14.1; python_version >= "3.10"',
    "uvicorn[standard]===0.30",
    "pandas",
    "-r other.txt",
    "--index-url https://example.test",
    "",
  ].join("\n");
  expect(parseEnvironment("requirements.txt", text).packages).toEqual({
    mlflow: "2.22.0",
    "torch-vision": "0.19.1+cu121",
    numpy: ">=1.26,<3",
    scipy: "1.14.1",
    uvicorn: "0.30",
    pandas: "",
  });
});

test("parses Python, conda packages and pip packages from a conda file", () => {
  const text =
    "channels: [conda-forge]\ndependencies:\n- python=3.11.8\n- cudatoolkit=12.1\n- pip<=24.0\n- pip:\n  - torch==2.4.0\n";
  expect(parseEnvironment("conda.yaml", text)).toEqual({
    python: "3.11.8",
    packages: { cudatoolkit: "12.1", pip: "<=24.0", torch: "2.4.0" },
  });
});

test("parses Python from a python_env file, without build dependencies", () => {
  const text = "python: 3.11.8\nbuild_dependencies:\n- pip==24.0\ndependencies:\n- -r requirements.txt\n";
  expect(parseEnvironment("python_env.yaml", text)).toEqual({ python: "3.11.8", packages: {} });
});

test("returns an empty environment for an invalid file, without failing", () => {
  for (const text of ["", ": : :\n- [", "a: &a [*a]", "42", "dependencies: {pip: 1}", "&a [".repeat(50)]) {
    expect(parseEnvironment("conda.yaml", text)).toEqual({ packages: {} });
    expect(parseEnvironment("python_env.yaml", text)).toEqual({ packages: {} });
  }
});

test("takes each value from the first of several files that has it", () => {
  const merged = mergeEnvironments([
    { packages: { torch: "2.4.0" } },
    { python: "3.11", packages: { torch: "2.3.0", pip: "24" } },
    { python: "3.10", packages: {} },
  ]);
  expect(merged).toEqual({ python: "3.11", packages: { torch: "2.4.0", pip: "24" } });
});
