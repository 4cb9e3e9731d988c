/** Body sent by a snippet: an Open Inference Protocol request. */
export interface SnippetRequest {
  inputs: {
    name: string;
    shape: number[];
    datatype: string;
    /** Present where text is base64 of files. */
    parameters?: { content_type: string };
    data: readonly (number | string | boolean)[];
  }[];
}

/** Address of an endpoint's inference. */
export function inferenceUrl(gatewayUrl: string, endpoint: string): string {
  return `${gatewayUrl}/v2/models/${encodeURIComponent(endpoint)}/infer`;
}

/** Returns a shell command that sends the request unchanged. The token is read from LEEWAY_TOKEN. @param header as "name: value" */
export function curlSnippet(gatewayUrl: string, endpoint: string, request: SnippetRequest, header?: string): string {
  return [
    `curl -sS -X POST ${shellWord(inferenceUrl(gatewayUrl, endpoint))} \\`,
    '  -H "Authorization: Bearer $LEEWAY_TOKEN" \\',
    "  -H 'Content-Type: application/json' \\",
    ...(header === undefined ? [] : [`  -H ${shellWord(header)} \\`]),
    `  -d ${shellWord(JSON.stringify(request))}`,
  ].join("\n");
}

/** Returns Python code that sends the same request with `requests`. */
export function requestsSnippet(gatewayUrl: string, endpoint: string, request: SnippetRequest): string {
  return [
    "import os",
    "import requests",
    "",
    "response = requests.post(",
    `    ${text(inferenceUrl(gatewayUrl, endpoint))},`,
    `    headers={"Authorization": f"Bearer {os.environ['LEEWAY_TOKEN']}"},`,
    `    json=${literal(request)},`,
    ")",
    "response.raise_for_status()",
    'print(response.json()["outputs"])',
  ].join("\n");
}

/** Returns Python code that sends the same request with Triton's client, the reference client of the Open Inference Protocol. */
export function tritonSnippet(gatewayUrl: string, endpoint: string, request: SnippetRequest): string {
  const { host, protocol } = new URL(gatewayUrl);
  const lines = request.inputs.flatMap(({ name, shape, datatype, parameters, data }) => [
    `inputs.append(http.InferInput(${text(name)}, ${JSON.stringify(shape)}, ${text(datatype)}))`,
    parameters
      ? `inputs[-1].set_data_from_numpy(np.array([open("picture.png", "rb").read()], dtype=np.object_))`
      : `inputs[-1].set_data_from_numpy(np.array(${literal(data)}, dtype=${numpyType(datatype)}).reshape(${JSON.stringify(shape)}), binary_data=False)`,
  ]);
  return [
    "import os",
    "import numpy as np",
    "import tritonclient.http as http",
    "",
    `client = http.InferenceServerClient(${text(host)}${protocol === "https:" ? ", ssl=True" : ""})`,
    "inputs = []",
    ...lines,
    "result = client.infer(",
    `    ${text(endpoint)},`,
    "    inputs,",
    `    headers={"Authorization": f"Bearer {os.environ['LEEWAY_TOKEN']}"},`,
    ")",
    "print(result.get_response())",
  ].join("\n");
}

/** Quotes a value as a POSIX shell word that preserves every character. */
export function shellWord(value: string): string {
  return `'${value.replaceAll("'", "'\\''")}'`;
}

/** Formats a Python string. JSON's escapes are Python's, except surrogate pairs, which JSON.stringify leaves unescaped. */
function text(value: string): string {
  return JSON.stringify(value);
}

function literal(value: unknown): string {
  if (typeof value === "boolean") return value ? "True" : "False";
  if (typeof value === "string") return text(value);
  if (Array.isArray(value)) return `[${value.map(literal).join(", ")}]`;
  if (value && typeof value === "object") {
    return `{${Object.entries(value)
      .map(([key, each]) => `${text(key)}: ${literal(each)}`)
      .join(", ")}}`;
  }
  return String(value);
}

const numpyTypes: Record<string, string> = {
  BOOL: "np.bool_",
  FP16: "np.float16",
  FP32: "np.float32",
  FP64: "np.float64",
  BYTES: "np.object_",
};

function numpyType(datatype: string): string {
  return numpyTypes[datatype] ?? `np.${datatype.toLowerCase()}`;
}
