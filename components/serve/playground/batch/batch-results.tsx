"use client";

import { Button, Progress } from "@mantine/core";
import { IconDownload } from "@tabler/icons-react";
import { useState } from "react";
import { downloadText } from "#components/charts/download-text.ts";
import { Histogram } from "#components/charts/histogram.tsx";
import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { formatCount, formatCountOf, formatNumber, formatPercent, formatUnit, noValue } from "#components/ui/format.ts";
import { MetricStrip, MetricTile } from "#components/ui/metric-tile.tsx";
import { Panel, PanelSection } from "#components/ui/panel.tsx";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import { Segmented } from "#components/ui/tabs.tsx";
import type { BatchItem, ItemSide } from "#server/serve/playground/contract.ts";
import { batchCsv, summaryOf } from "./batch-summary.ts";

interface BatchResultsProps {
  source: string;
  total: number;
  items: BatchItem[];
  /** Names of the sides. */
  names: string[];
  /** Still running, done, or why it ended before its end. */
  end: "running" | "done" | { problem: string };
}

type Shown = "all" | "different" | "failed";
const maxShown = 200;

function describeEmpty(end: BatchResultsProps["end"], ran: number): string {
  if (ran > 0) return "No matching items.";
  return end === "running" ? "Results appear in a moment." : "Select files and run them. The results appear here.";
}

/** Shows the results of a batch: progress, share of equal predictions of both sides, duration, and every item. */
export function BatchResults({ source, total, items, names, end }: BatchResultsProps) {
  const [shown, setShown] = useState<Shown>("all");
  const summary = summaryOf(items, names.length);
  const rows = items.filter(({ result }) => {
    if (shown === "failed") return result.sides.some((side) => "problem" in side);
    return shown === "all" || result.agrees === false;
  });
  return (
    <Panel
      title={source}
      subtitle={`${formatCountOf(items.length, total)} run`}
      right={
        <Button
          variant="default"
          size="xs"
          leftSection={<IconDownload size={13} stroke={1.8} aria-hidden="true" />}
          disabled={items.length === 0}
          onClick={() => downloadText(`${source}-${names.join("-")}.csv`, batchCsv(items, names))}
        >
          CSV
        </Button>
      }
      flush
    >
      <div role="status">
        {end === "running" && (
          <Progress value={(items.length / total) * 100} size="sm" aria-label="Batch" transitionDuration={0} />
        )}
        {typeof end === "object" && (
          <PanelSection>
            <StatusBadge state="watch">Stopped early</StatusBadge> {end.problem}
          </PanelSection>
        )}
      </div>
      <MetricStrip>
        {names.length > 1 && (
          <MetricTile
            label="Agreement"
            value={summary.compared > 0 ? formatPercent(summary.agreeing / summary.compared) : null}
            comparison={`${formatCountOf(summary.agreeing, summary.compared)} predicted by both`}
          />
        )}
        {names.length > 1 && (
          <MetricTile
            label="Largest difference"
            value={summary.maxAbsolute === null ? null : formatNumber(summary.maxAbsolute)}
            comparison={
              summary.meanAbsolute === null ? undefined : `mean per item ${formatNumber(summary.meanAbsolute)}`
            }
          />
        )}
        {summary.sides.map((side, at) => (
          <MetricTile
            label={`${names[at]}, median latency`}
            value={side.latencyMsP50 === null ? null : formatNumber(side.latencyMsP50)}
            unit="ms"
            comparison={
              side.latencyMsP95 === null
                ? `${formatCount(side.failed)} failed`
                : `p95 ${formatUnit(side.latencyMsP95, "ms")}, max ${formatUnit(side.maxLatencyMs, "ms")}; ${formatCount(side.failed)} failed`
            }
            sparkline={
              <Histogram
                counts={side.latencyCounts}
                width={64}
                label={`Latency distribution of ${names[at]}, from 0 to the maximum`}
              />
            }
            key={names[at]}
          />
        ))}
      </MetricStrip>
      <PanelSection>
        <Segmented
          label="Filter items"
          value={shown}
          onChange={setShown}
          options={[
            { value: "all", label: "All" },
            ...(names.length > 1 ? [{ value: "different" as const, label: "Different" }] : []),
            { value: "failed", label: "Failed" },
          ]}
        />
      </PanelSection>
      <DataTable
        label="Batch items"
        density="dense"
        maxHeight="420px"
        rows={rows.slice(0, maxShown)}
        rowKey={({ place: index }) => String(index)}
        columns={columnsOf(names)}
        empty={<PanelSection>{describeEmpty(end, items.length)}</PanelSection>}
        foot={
          rows.length > maxShown ? `First ${maxShown} of ${formatCount(rows.length)}; the CSV contains all.` : undefined
        }
      />
    </Panel>
  );
}

function columnsOf(names: string[]): Column<BatchItem>[] {
  return [
    { key: "name", head: "Item", cell: ({ name }) => name, width: 160, isClipped: true },
    ...names.map((name, side) => ({
      key: `side ${side}`,
      head: name,
      cell: ({ result }: BatchItem) => <SideCell side={result.sides[side]} />,
    })),
    ...(names.length > 1
      ? [
          {
            key: "agrees",
            head: "",
            cell: ({ result }: BatchItem) =>
              result.agrees === false ? <StatusBadge state="watch">Different</StatusBadge> : "",
          },
          {
            key: "difference",
            head: "Largest difference",
            align: "right" as const,
            cell: ({ result }: BatchItem) => (result.maxAbsolute === null ? noValue : formatNumber(result.maxAbsolute)),
          },
        ]
      : []),
    ...names.map((name, side) => ({
      key: `latency ${side}`,
      head: `${name}, ms`,
      align: "right" as const,
      cell: ({ result }: BatchItem) => {
        const of = result.sides[side];
        return of && "answer" in of ? formatNumber(of.answer.latencyMs) : noValue;
      },
    })),
  ];
}

function SideCell({ side }: { side: ItemSide | undefined }) {
  if (!side) return <span className="lw-quiet">{noValue}</span>;
  if ("problem" in side) return <StatusBadge state="missed">{side.problem.message}</StatusBadge>;
  const { text, share } = side.answer;
  return (
    <>
      {text} {share !== null && <span className="lw-quiet">{formatPercent(share)}</span>}
    </>
  );
}
