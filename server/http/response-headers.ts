import { randomBytes } from "node:crypto";
import type { Config } from "#server/admin/settings/config.ts";

/** Headers by their lower-case names. */
export type ResponseHeaders = Readonly<Record<string, string>>;

type Policy = Record<string, readonly string[]>;

/** No guessing of content types, no framing by other sites, no addresses of ours to other sites. Gateways send these alone. */
export const safetyHeaders: ResponseHeaders = {
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "referrer-policy": "same-origin",
};

/** Features of browsers that no page uses. A page that is tricked into running foreign code cannot ask for them. */
const unusedFeatures = [
  "accelerometer",
  "autoplay",
  "bluetooth",
  "camera",
  "clipboard-read",
  "display-capture",
  "encrypted-media",
  "fullscreen",
  "geolocation",
  "gyroscope",
  "hid",
  "idle-detection",
  "local-fonts",
  "magnetometer",
  "microphone",
  "midi",
  "payment",
  "picture-in-picture",
  "publickey-credentials-get",
  "screen-wake-lock",
  "serial",
  "usb",
  "xr-spatial-tracking",
];

/** A year. Subdomains are not ours to decide about. */
const strictTransport = "max-age=31536000";

/** A response that is data: a browser that is led to it as a page runs and loads nothing. */
const dataPolicy: Policy = {
  "default-src": ["'none'"],
  "base-uri": ["'none'"],
  "form-action": ["'none'"],
  "frame-ancestors": ["'none'"],
  sandbox: [],
};

/**
 * Returns the headers of every response that is not a page: API, files, errors, redirects.
 * HSTS is sent only if the public URL uses TLS: a browser would not find an installation without TLS again. https://www.rfc-editor.org/rfc/rfc6797
 */
export function dataHeaders({ publicUrl }: Pick<Config, "publicUrl">): ResponseHeaders {
  const always = {
    ...safetyHeaders,
    "content-security-policy": formatPolicy(dataPolicy),
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": unusedFeatures.map((feature) => `${feature}=()`).join(", "),
  };
  return publicUrl.startsWith("https:") ? { ...always, "strict-transport-security": strictTransport } : always;
}

/** Returns a nonce for one response: 144 random bits, where CSP asks for at least 128. https://www.w3.org/TR/CSP3/#security-nonces */
export function newNonce(): string {
  return randomBytes(18).toString("base64");
}

/**
 * Returns the policy of a page of the console. Scripts run only with the nonce, or if one with the nonce loads them. Components set style
 * attributes; style elements need the nonce. Files that a user chose are shown from blob: addresses, logged images from data:.
 * @param isDevelopment whether Next's development server renders the page: it evaluates code and adds style elements
 */
export function pagePolicy(nonce: string, isDevelopment: boolean): string {
  const withNonce = `'nonce-${nonce}'`;
  return formatPolicy({
    ...ownOrigin,
    "script-src": [withNonce, "'strict-dynamic'", ...(isDevelopment ? ["'unsafe-eval'"] : [])],
    "style-src": isDevelopment ? ["'self'", "'unsafe-inline'"] : ["'self'", withNonce],
    "style-src-attr": ["'unsafe-inline'"],
    "img-src": ["'self'", "data:", "blob:"],
  });
}

/** Returns the policy of the API reference. Its code adds style elements without a nonce; its scripts need the nonce. */
export function referencePolicy(nonce: string): string {
  return formatPolicy({
    ...ownOrigin,
    "script-src": [`'nonce-${nonce}'`, "'strict-dynamic'"],
    "style-src": ["'self'", "'unsafe-inline'"],
    "img-src": ["'self'", "data:", "blob:"],
  });
}

/** What pages may load and send: everything from this origin only, and no plug-ins, frames, workers or media at all. */
const ownOrigin: Policy = {
  "default-src": ["'none'"],
  "connect-src": ["'self'"],
  "font-src": ["'self'"],
  "object-src": ["'none'"],
  "base-uri": ["'none'"],
  "form-action": ["'self'"],
  "frame-ancestors": ["'none'"],
};

function formatPolicy(policy: Policy): string {
  return Object.entries(policy)
    .map(([directive, sources]) => [directive, ...sources].join(" "))
    .join("; ");
}
