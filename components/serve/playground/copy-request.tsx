"use client";

import { Button, Menu } from "@mantine/core";
import { IconChevronDown, IconTerminal2 } from "@tabler/icons-react";
import {
  curlSnippet,
  requestsSnippet,
  type SnippetRequest,
  tritonSnippet,
} from "#components/serve/endpoints/request-snippets.ts";
import { toast } from "#components/ui/toast.tsx";
import classes from "./copy-request.module.css";

/** An endpoint that serves a version of the model. */
export interface Served {
  endpoint: string;
  version: number;
}

interface CopyRequestProps {
  gatewayUrl: string;
  served: Served | undefined;
  version: number;
  /** Undefined while the input has mistakes. */
  request: SnippetRequest | undefined;
}

const ways = [
  { name: "Python, requests", write: requestsSnippet },
  { name: "Python, tritonclient", write: tritonSnippet },
];

/** Copies the present request as a call of the endpoint that serves the version; says when none does. */
export function CopyRequest({ gatewayUrl, served, version, request }: CopyRequestProps) {
  async function copy(name: string, write: typeof curlSnippet) {
    if (!served || !request) return;
    try {
      await navigator.clipboard.writeText(write(gatewayUrl, served.endpoint, request));
    } catch {
      toast.failed(
        "Could not copy the request.",
        "Browsers allow copying only over HTTPS or on localhost. Select the text and copy it manually.",
      );
      return;
    }
    toast.done(
      served.version === version
        ? `Copied as ${name}. The request goes to ${served.endpoint}; set LEEWAY_TOKEN to a token with the infer scope.`
        : `Copied as ${name}. Note: ${served.endpoint} serves v${served.version}, not v${version}.`,
    );
  }
  const off = !served || !request;
  return (
    <span className={classes.root}>
      {!served && <span className="lw-small lw-quiet">not deployed</span>}
      <Button.Group>
        <Button
          variant="default"
          disabled={off}
          leftSection={<IconTerminal2 size={15} stroke={1.8} aria-hidden="true" />}
          onClick={() => void copy("curl", curlSnippet)}
        >
          Copy as curl
        </Button>
        <Menu position="bottom-end" disabled={off}>
          <Menu.Target>
            <Button variant="default" disabled={off} className={classes.more} aria-label="More copy formats">
              <IconChevronDown size={13} stroke={1.8} aria-hidden="true" />
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            {ways.map(({ name, write }) => (
              <Menu.Item key={name} onClick={() => void copy(name, write)}>
                Copy as {name}
              </Menu.Item>
            ))}
          </Menu.Dropdown>
        </Menu>
      </Button.Group>
    </span>
  );
}
