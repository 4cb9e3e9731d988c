import { IconCpu, IconServer } from "@tabler/icons-react";
import type { ReactNode } from "react";
import classes from "./tag.module.css";

type Tone = "neutral" | "strong" | "accent" | "watch";

/** Renders a short outlined label for names, flags and kinds. States use `StatusBadge`. */
export function Tag({ tone = "neutral", mono, children }: { tone?: Tone; mono?: boolean; children: ReactNode }) {
  return (
    <span className={classes.tag} data-tone={tone} data-mono={mono || undefined}>
      {children}
    </span>
  );
}

/** Renders an alias: champion has a solid dark edge, challenger a dashed accent edge, others are plain. */
export function AliasTag({ alias }: { alias: string }) {
  return <Tag tone={aliasTone(alias)}>{alias}</Tag>;
}

/** Returns the tone of an alias, for a tag with another text about it. */
export function aliasTone(alias: string): Tone {
  return alias === "champion" ? "strong" : alias === "challenger" ? "accent" : "neutral";
}

/** Shows the execution provider: "CUDA, fp16", "CPU, fp32" or "remote triton". */
export function ProviderBadge({ provider, precision }: { provider: string; precision?: string }) {
  const isRemote = provider.startsWith("remote");
  const name = isRemote ? provider : provider.toLowerCase() === "webgpu" ? "WebGPU" : provider.toUpperCase();
  const Icon = isRemote ? IconServer : IconCpu;
  return (
    <Tag>
      <Icon size={13} stroke={1.8} aria-hidden="true" />
      {precision ? `${name}, ${precision}` : name}
    </Tag>
  );
}
