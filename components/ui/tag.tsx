import { IconCpu, IconServer } from "@tabler/icons-react";
import type { ReactNode } from "react";
import classes from "./tag.module.css";

type Tone = "neutral" | "strong" | "accent" | "watch";

/** A small word in an edge: names, flags, kinds. States use `StatusBadge`. */
export function Tag({ tone = "neutral", mono, children }: { tone?: Tone; mono?: boolean; children: ReactNode }) {
  return (
    <span className={classes.tag} data-tone={tone} data-mono={mono || undefined}>
      {children}
    </span>
  );
}

/** An alias: champion has a solid dark edge, challenger a dashed accent edge, others are plain. */
export function AliasTag({ alias }: { alias: string }) {
  return <Tag tone={aliasTone(alias)}>{alias}</Tag>;
}

/** The look of an alias, for a tag that says something else of it. */
export function aliasTone(alias: string): Tone {
  return alias === "champion" ? "strong" : alias === "challenger" ? "accent" : "neutral";
}

/** Where something ran: "CUDA, fp16", "CPU, fp32" or "remote triton". */
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
