import type { BundleHead } from "./contract.ts";

/** Returns the README.txt of a bundle, with instructions for checking and running it. */
export function readme({ model, version, seal, pipeline }: BundleHead, fileName: string): string {
  const onDevice = pipeline
    ? `   pipeline.json defines the steps before and after the model; PIPELINE.txt describes how each step is computed. sample/raw-request.json is a client request, sample/request.json the input of the model, and sample/final-response.json the response after all steps.
`
    : "";
  return `${model} version ${version}, sealed by Leeway for devices.

1. Check it, with Python 3.9 or newer (pip install cryptography for the seal, onnxruntime for the sample):
   unzip -p "${fileName}" verify.py > verify.py
   python3 verify.py "${fileName}" --key leeway-bundle-key.pem
   Get the key from the Leeway instance that created the bundle: Settings, Security, or GET /api/v1/bundle-key.pem.
   Its fingerprint is ${seal.keyFingerprint}.
   Without that key, the enclosed seal-key.pem only shows that nothing was damaged.
   The same without Python: manifest.json lists the SHA-256 of every file, and
   openssl pkeyutl -verify -pubin -inkey leeway-bundle-key.pem -rawin -in manifest.json -sigfile manifest.sig

2. Run it with any ONNX runtime that meets "requires" in manifest.json:
   python3 -c "import onnxruntime as o; print([i.name for i in o.InferenceSession('model.onnx').get_inputs()])"
   signature.json names its inputs and outputs. sample/request.json is a request that was run
   at sealing time, and sample/response.json is its result; yours must be within "tolerances".
${onDevice}
The sample contains synthetic values only, never real requests.
`;
}
