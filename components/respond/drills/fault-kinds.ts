import {
  IconAlertSquare,
  IconArrowsShuffle,
  IconBellOff,
  IconClockPause,
  IconCloudOff,
  IconColumnRemove,
  IconCpuOff,
  IconDatabaseOff,
  IconHistory,
  IconPlugConnectedX,
  IconServerOff,
  IconSnowflake,
  IconTool,
  type TablerIcon,
} from "@tabler/icons-react";
import type { FaultKind } from "#server/serve/faults/contract.ts";

interface FaultLook {
  label: string;
  icon: TablerIcon;
  /** What it does, in one line. */
  description: string;
}

/** Names and icons of faults, in the order of the form. */
export const faultLooks: Record<FaultKind, FaultLook> = {
  latency: { label: "Added latency", icon: IconClockPause, description: "responses wait before they are sent" },
  errors: { label: "Errors", icon: IconAlertSquare, description: "requests are rejected before the model" },
  "dropped-feature": {
    label: "Dropped feature",
    icon: IconColumnRemove,
    description: "an input is missing or has no value",
  },
  "shifted-input": { label: "Shifted input", icon: IconArrowsShuffle, description: "an input has another value" },
  "stale-feature": { label: "Stale feature", icon: IconHistory, description: "looked-up features appear older" },
  "model-worker-lost": { label: "Model worker lost", icon: IconCpuOff, description: "one worker of the version exits" },
  "engine-away": { label: "Engine away", icon: IconCloudOff, description: "the engine is treated as unreachable" },
  "cold-model": { label: "Cold model", icon: IconSnowflake, description: "the version is unloaded once" },
  "postgres-away": {
    label: "Postgres away",
    icon: IconDatabaseOff,
    description: "gateways serve without Postgres; affects all workspaces",
  },
  "gateway-lost": {
    label: "Gateway lost",
    icon: IconServerOff,
    description: "one gateway process is killed; affects all workspaces",
  },
  "worker-lost": {
    label: "Worker role lost",
    icon: IconTool,
    description: "the worker process is killed; affects all workspaces",
  },
  "job-preempted": { label: "Job preempted", icon: IconPlugConnectedX, description: "a training job loses its place" },
  "channel-dead": { label: "Channel dead", icon: IconBellOff, description: "a channel rejects every message" },
};
