/**
 * Variables with which libraries, time zones, temporary files and the GPU are found. CUDA caches compiled kernels below HOME; WebGPU
 * finds its driver with VK_, glibc reads MALLOC_.
 */
const names: ReadonlySet<string> = new Set(["PATH", "HOME", "LANG", "LD_LIBRARY_PATH", "TMPDIR", "TZ"]);
const prefixes = ["LC_", "CUDA_", "NVIDIA_", "ORT_", "VK_", "MALLOC_"];

/** Returns the environment of a process or thread that handles foreign content: no settings or secrets of Leeway. */
export function childEnvironment(env: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
  const passed = Object.entries(env).filter(
    ([name]) => names.has(name) || prefixes.some((prefix) => name.startsWith(prefix)),
  );
  // ONNX Runtime would report its use to Microsoft.
  return Object.fromEntries([...passed, ["ORT_DISABLE_TELEMETRY", "1"]]) as NodeJS.ProcessEnv;
}
