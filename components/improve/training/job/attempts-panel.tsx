"use client";

import { Fragment } from "react";
import { formatDuration } from "#components/ui/format-time.ts";
import { Link } from "#components/ui/link.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { ClockTime } from "#components/ui/relative-time.tsx";
import { jobHref } from "../addresses.ts";
import type { Strip, StripPart } from "./attempt-strip.ts";
import classes from "./job.module.css";

interface AttemptsPanelProps {
  jobId: string;
  strip: Strip;
  attempts: readonly { number: number; host: string }[];
  isOpen: boolean;
}

const words: Record<StripPart["kind"], string> = {
  queued: "queued",
  ran: "ran",
  running: "runs",
  lost: "lost work",
  expected: "expected",
};

const describePart = ({ kind, attempt, from, to }: StripPart) =>
  `${attempt === null ? "" : `Attempt ${attempt}: `}${words[kind]}, ${formatDuration(to - from)}`;

/** Shows the attempts of a job along the time, each a link to its log, with their checkpoints, and the same as a list for readers. */
export function AttemptsPanel({ jobId, strip, attempts, isOpen }: AttemptsPanelProps) {
  const { from, to, parts, ticks, ends, returns } = strip;
  const hasTorn = ticks.some(({ kind }) => kind === "torn");
  const place = (at: number) => `${((at - from) / (to - from)) * 100}%`;
  const hostOf = (number: number | null) => attempts.find((each) => each.number === number)?.host ?? "";
  return (
    <Panel
      title="Attempts"
      subtitle="ticks are checkpoints; each attempt resumes from the last one that is intact"
      right={
        <ul className={classes.legend}>
          {(["ran", "queued", "lost"] as const).map((kind) => (
            <li key={kind}>
              <span className={classes.swatch} data-kind={kind} aria-hidden="true" />
              {words[kind]}
            </li>
          ))}
          {hasTorn && (
            <li>
              <span className={classes.swatch} data-kind="torn" aria-hidden="true" />
              corrupt checkpoint
            </li>
          )}
        </ul>
      }
    >
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to take the focus */}
      <section className={classes.stripScroll} aria-label="Attempts along the time" tabIndex={0}>
        <div className={classes.strip}>
          <div className={classes.ends}>
            {ends.map(({ attempt, at, words: end, side }) => (
              <span style={{ left: place(at) }} data-side={side} title={end} key={attempt}>
                <ClockTime at={at} /> {end}
              </span>
            ))}
          </div>
          <div className={classes.bars}>
            {parts.map((part) => {
              const { kind, attempt } = part;
              const isNamed = kind === "ran" || kind === "running";
              const length = formatDuration(part.to - part.from);
              return (
                <span
                  className={classes.part}
                  data-kind={kind}
                  style={{ left: place(part.from), width: `${((part.to - part.from) / (to - from)) * 100}%` }}
                  title={describePart(part)}
                  aria-hidden={!isNamed || undefined}
                  key={`${kind}-${part.from}`}
                >
                  {isNamed && (
                    <Link href={jobHref(jobId, attempt ?? undefined)} scroll={false}>
                      <span className={classes.words}>
                        <strong>Attempt {attempt}</strong> {hostOf(attempt)}
                      </span>
                    </Link>
                  )}
                  {kind === "queued" && <span className={classes.words}>{length}</span>}
                </span>
              );
            })}
            {isOpen && (
              <span
                className={classes.now}
                aria-hidden="true"
                style={{ left: place(parts.findLast(({ kind }) => kind !== "expected")?.to ?? to) }}
              />
            )}
          </div>
          <div className={classes.ticks} aria-hidden="true">
            {ticks.map(({ id, at, kind }) => (
              <span data-kind={kind} style={{ left: place(at) }} key={id} />
            ))}
          </div>
          {returns.length > 0 && (
            <div className={classes.returns}>
              {returns.map(({ attempt, at, words: way, side, from: saved }) => (
                <Fragment key={attempt}>
                  {saved !== null && (
                    <span
                      className={classes.return}
                      style={{ left: place(saved), width: `${((at - saved) / (to - from)) * 100}%` }}
                      title={`Attempt ${attempt} resumes ${way}`}
                      aria-hidden="true"
                    />
                  )}
                  <span style={{ left: place(at) }} data-side={side}>
                    {way}
                  </span>
                </Fragment>
              ))}
            </div>
          )}
          <div className={classes.axis} aria-hidden="true">
            {[0, 0.25, 0.5, 0.75, 1].map((share) => (
              <span key={share}>
                <ClockTime at={from + (to - from) * share} seconds={to - from < 600_000} />
              </span>
            ))}
          </div>
        </div>
      </section>
      <ol className="lw-hidden">
        {parts.map((part) => (
          <li key={`${part.kind}-${part.from}`}>{describePart(part)}</li>
        ))}
      </ol>
    </Panel>
  );
}
