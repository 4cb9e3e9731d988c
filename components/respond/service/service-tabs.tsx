"use client";

import { useRouter, useSearchParams } from "next/navigation";
import type { ReactNode } from "react";
import { rangeParameters } from "#components/serve/endpoints/time-range.ts";
import { hideParameter } from "#components/serve/endpoints/use-hidden-versions.ts";
import { usePageKeys } from "#components/shell/use-page-keys.ts";
import { StatusShape } from "#components/ui/status-shape.tsx";
import { Tabs } from "#components/ui/tabs.tsx";
import type { ServiceHead } from "#server/respond/service/contract.ts";
import { type EndpointTab, endpointTabHref, endpointTabs } from "#server/serve/endpoints/constants.ts";

const labels: Record<EndpointTab, string> = {
  health: "Health",
  traffic: "Traffic",
  releases: "Releases",
  quality: "Quality",
  drift: "Drift",
  data: "Data",
  features: "Features",
  predictions: "Predictions",
  debug: "Debug",
  cost: "Cost",
  settings: "Settings",
};

/** Tabs that have a key, the same one on every endpoint: only some read features. */
const keyedTabs = endpointTabs.filter((tab) => tab !== "features");

const markLabels = { missed: "needs action", watch: "needs attention" } as const;

interface ServiceTabsProps {
  endpoint: string;
  current: EndpointTab;
  marks: ServiceHead["marks"];
  /** Whether a version of the endpoint looks up features. */
  readsFeatures: boolean;
  right?: ReactNode;
}

/** Renders the tabs of an endpoint; keys 1 to 9 and 0 open them, but for Features, which only some have. The time range of the address and its hidden versions go along. */
export function ServiceTabs({ endpoint, current, marks, readsFeatures, right }: ServiceTabsProps) {
  const router = useRouter();
  const shown = useSearchParams();
  const range = new URLSearchParams(
    [...rangeParameters, hideParameter].flatMap((name) => {
      const value = shown.get(name);
      return value === null ? [] : [[name, value]];
    }),
  );
  const query = range.size > 0 ? `?${range}` : "";
  const shownTabs = endpointTabs.filter((tab) => tab !== "features" || readsFeatures || current === tab);
  const hrefOf = (tab: EndpointTab) => `${endpointTabHref(endpoint, tab)}${query}`;
  usePageKeys((key) => {
    const tab = /^[0-9]$/.test(key) ? keyedTabs[(Number(key) + 9) % 10] : undefined;
    if (!tab) return false;
    router.push(hrefOf(tab));
    return true;
  });
  return (
    <Tabs
      label={`Sections of ${endpoint}`}
      right={right}
      isRightBelow
      items={shownTabs.map((tab) => {
        const mark = marks[tab];
        return {
          href: hrefOf(tab),
          current: tab === current,
          label: mark ? (
            <>
              {labels[tab]} <StatusShape state={mark} />
              <span className="lw-hidden"> ({markLabels[mark]})</span>
            </>
          ) : (
            labels[tab]
          ),
        };
      })}
    />
  );
}
